#include "host/io/npy_header.h"

#include <algorithm>
#include <limits>

#include "host/base/error.h"
#include "host/base/limits.h"

namespace ingot::io {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::int64_t kMaxExtent = std::numeric_limits<std::int64_t>::max();

struct Name {
  std::string_view descr;
  DType dtype;
};

// The first name of a dtype is the one NumPy writes (for bfloat16, with ml_dtypes). Byte order says nothing about one
// byte.
constexpr Name kNames[] = {
    {"|b1", DType::Bool},        {"|i1", DType::Int8},     {"<i2", DType::Int16},   {"<i4", DType::Int32},
    {"<i8", DType::Int64},       {"|u1", DType::UInt8},    {"<u2", DType::UInt16},  {"<u4", DType::UInt32},
    {"<u8", DType::UInt64},      {"<f2", DType::Float16},  {"<f4", DType::Float32}, {"<c8", DType::Complex64},
    {"<c16", DType::Complex128}, {"<b1", DType::Bool},     {"<i1", DType::Int8},    {"<u1", DType::UInt8},
    {"<f8", DType::Float64},     {"<V2", DType::BFloat16},
};

template <class... Parts>
[[noreturn]] void fault(std::int64_t offset, const Parts&... parts) {
  throw Fault(offset, text(parts...));
}

std::string quoted(std::string_view bytes) {
  constexpr std::size_t kShown = 40;
  std::string out = "'";
  for (char c : bytes.substr(0, kShown)) {
    if (c >= ' ' && c <= '~') {
      out += c;
    } else {
      constexpr char kHex[] = "0123456789abcdef";
      const auto byte = static_cast<unsigned char>(c);
      out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out + (bytes.size() > kShown ? "...'" : "'");
}

[[noreturn]] void refuse_descr(std::int64_t offset, std::string_view descr) {
  constexpr std::string_view kWanted = "; supported are little-endian bool, integers, floats and complex numbers";
  const std::string_view type = descr.substr(std::min<std::size_t>(1, descr.size()));
  if (type.starts_with('O')) {
    fault(offset, "dtype ", quoted(descr), " holds pickled Python objects, which are never loaded", kWanted);
  }
  if (descr.starts_with('>')) {
    fault(offset, "dtype ", quoted(descr), " is big-endian", kWanted,
          "; in NumPy, save x.astype(x.dtype.newbyteorder('<'))");
  }
  fault(offset, "dtype ", quoted(descr), " is not supported", kWanted);
}

// Reads the one Python literal that a header may be: a dict of descr, fortran_order and shape, once each, in any order.
class Reader {
 public:
  Reader(std::string_view bytes, std::int64_t start) : bytes_(bytes), at_(static_cast<std::size_t>(start)) {}

  void read(NpyHeader& header) {
    skip_space();
    expect('{', "the header must be a Python dict");
    bool have_descr = false, have_order = false, have_shape = false;
    for (bool first = true;; first = false) {
      skip_space();
      if (take('}')) break;
      if (!first) {
        expect(',', "entries of the dict are separated by commas");
        skip_space();
        if (take('}')) break;
      }
      const std::int64_t key_at = offset();
      const std::string_view key = string("a key of the dict");
      bool* seen = key == "descr"           ? &have_descr
                   : key == "fortran_order" ? &have_order
                   : key == "shape"         ? &have_shape
                                            : nullptr;
      if (seen == nullptr) fault(key_at, "unknown key ", quoted(key), "; expected descr, fortran_order and shape");
      if (*seen) fault(key_at, "key ", quoted(key), " is there twice");
      *seen = true;
      skip_space();
      expect(':', "a key is followed by a colon");
      skip_space();
      if (key == "descr") header.dtype = descr();
      if (key == "fortran_order") header.fortran_order = boolean();
      if (key == "shape") header.shape = shape();
    }
    const char* missing = !have_descr ? "descr" : !have_order ? "fortran_order" : !have_shape ? "shape" : nullptr;
    if (missing != nullptr) fault(offset(), "the dict has no ", missing, "; expected descr, fortran_order and shape");
    skip_space();
    if (!ends()) fault(offset(), "found ", found(), " after the dict; only spaces and a newline may follow it");
  }

 private:
  std::int64_t offset() const { return static_cast<std::int64_t>(at_); }
  bool ends() const { return at_ == bytes_.size(); }
  std::string found() const { return ends() ? "the end of the header" : quoted(bytes_.substr(at_, 1)); }

  void skip_space() {
    constexpr std::string_view kSpace = " \t\r\n";
    while (!ends() && kSpace.find(bytes_[at_]) != std::string_view::npos) ++at_;
  }

  bool take(char c) {
    if (ends() || bytes_[at_] != c) return false;
    ++at_;
    return true;
  }

  void expect(char c, const char* law) {
    if (!take(c)) fault(offset(), "expected '", c, "', found ", found(), "; ", law);
  }

  bool take_word(std::string_view word) {
    if (!bytes_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  // No escapes: none of the strings that mean something needs one.
  std::string_view string(const char* what) {
    const std::int64_t start = offset();
    const char quote = ends() ? '\0' : bytes_[at_];
    if (quote != '\'' && quote != '"') fault(start, "expected ", what, " in quotes, found ", found());
    ++at_;
    const std::size_t begin = at_;
    while (!ends() && bytes_[at_] != quote) {
      if (bytes_[at_] == '\\' || bytes_[at_] == '\n') fault(offset(), "found ", found(), " in a string");
      ++at_;
    }
    if (ends()) fault(start, "the string that starts here does not end");
    return bytes_.substr(begin, at_++ - begin);
  }

  DType descr() {
    const std::int64_t start = offset();
    if (!ends() && (bytes_[at_] == '[' || bytes_[at_] == '(')) {
      fault(start, "structured dtypes are not supported; save each field as an array of its own");
    }
    const std::string_view descr = string("the dtype, such as '<f8',");
    for (const Name& name : kNames) {
      if (name.descr == descr) return name.dtype;
    }
    refuse_descr(start, descr);
  }

  bool boolean() {
    if (take_word("True")) return true;
    if (take_word("False")) return false;
    fault(offset(), "fortran_order must be True or False, found ", found());
  }

  Shape shape() {
    Shape shape;
    expect('(', "the shape is a tuple of extents");
    for (bool comma = true;;) {
      skip_space();
      if (take(')')) {
        // In Python (3) is a number.
        if (shape.ndim() == 1 && !comma) fault(offset() - 1, "a tuple of one extent has a comma, as in (3,)");
        return shape;
      }
      if (!comma) fault(offset(), "expected ',' or ')' in the shape, found ", found());
      if (shape.ndim() == kMaxRank) fault(offset(), "more than ", kMaxRank, " axes");
      shape.push_back(extent());
      skip_space();
      comma = take(',');
    }
  }

  std::int64_t extent() {
    const std::size_t start = at_;
    const std::int64_t start_offset = offset();
    if (!ends() && bytes_[at_] == '-') fault(start_offset, "a negative extent");
    std::int64_t value = 0;
    while (!ends() && bytes_[at_] >= '0' && bytes_[at_] <= '9') {
      const std::int64_t digit = bytes_[at_] - '0';
      if (value > (kMaxExtent - digit) / 10) fault(start_offset, "an extent that does not fit 63 bits");
      value = 10 * value + digit;
      ++at_;
    }
    if (at_ == start) fault(offset(), "expected an extent, found ", found());
    if (bytes_[start] == '0' && at_ - start > 1) fault(start_offset, "an extent with a leading zero");
    // Python 2 wrote long integers so, and NumPy still reads them.
    take('L');
    return value;
  }

  std::string_view bytes_;
  std::size_t at_;
};

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

std::int64_t data_offset(std::span<const std::byte> prefix, std::int64_t file_size) {
  const std::string_view bytes = as_text(prefix);
  const auto magic = bytes.substr(0, kMagic.size());
  if (magic != kMagic) {
    const auto differs = std::mismatch(magic.begin(), magic.end(), kMagic.begin(), kMagic.end()).first - magic.begin();
    fault(differs, magic.empty() ? "the file is empty" : "not a .npy file", "; expected the bytes \\x93NUMPY");
  }
  const auto byte = [&](std::size_t i) -> std::int64_t {
    if (i >= bytes.size()) fault(static_cast<std::int64_t>(bytes.size()), "the file ends within its header");
    return static_cast<unsigned char>(bytes[i]);
  };
  const std::int64_t major = byte(6), minor = byte(7);
  if (major < 1 || major > 3 || minor != 0) {
    fault(6, "format version ", major, ".", minor, "; supported are 1.0, 2.0 and 3.0");
  }
  std::int64_t length = byte(8) | byte(9) << 8, start = 10;
  if (major > 1) {
    length |= byte(10) << 16 | byte(11) << 24;
    start = 12;
  }
  if (length > kMaxHeader) fault(8, "a header of ", length, " bytes; at most ", kMaxHeader, " are read");
  if (start + length > file_size) {
    fault(file_size, "the file ends within its header, which takes ", start + length, " bytes");
  }
  return start + length;
}

NpyHeader parse_npy_header(std::span<const std::byte> bytes, std::int64_t file_size) {
  NpyHeader header;
  header.data_offset = static_cast<std::int64_t>(bytes.size());
  const bool long_prefix = bytes[6] != std::byte{1};
  Reader(as_text(bytes), long_prefix ? 12 : 10).read(header);

  if (is_too_large(header.shape)) {
    fault(header.data_offset, "shape ", to_string(header.shape),
          " is too large; an array holds less than 2^59 elements");
  }
  const std::int64_t size = header.shape.numel() * static_cast<std::int64_t>(itemsize(header.dtype));
  const std::int64_t present = file_size - header.data_offset;
  if (present != size) {
    fault(header.data_offset + std::min(size, present), "shape ", to_string(header.shape), " of ", name(header.dtype),
          " takes ", size, " bytes from byte ", header.data_offset, " on, the file has ", present);
  }
  return header;
}

std::string npy_header(DType dtype, const Shape& shape) {
  std::string dict = text("{'descr': '", npy_descr(dtype), "', 'fortran_order': False, 'shape': (");
  for (int i = 0; i < shape.ndim(); ++i) dict += text(i == 0 ? "" : ", ", shape[i]);
  dict += shape.ndim() == 1 ? ",), }" : "), }";
  // NumPy leaves room for the first extent to grow to 21 digits in place, and one space or more up to a multiple of 64.
  constexpr std::size_t kGrowth = 21, kAlign = 64, kShortPrefix = 10;
  if (shape.ndim() > 0) dict.append(kGrowth - std::to_string(shape[0]).size(), ' ');
  dict.append(kAlign - (kShortPrefix + dict.size() + 1) % kAlign, ' ');
  dict += '\n';
  const std::size_t length = dict.size();
  std::string header(kMagic);
  header += {'\1', '\0', static_cast<char>(length & 255), static_cast<char>(length >> 8)};
  return header + dict;
}

std::string_view npy_descr(DType dtype) noexcept {
  for (const Name& name : kNames) {
    if (name.dtype == dtype) return name.descr;
  }
  return {};
}

}  // namespace ingot::io
