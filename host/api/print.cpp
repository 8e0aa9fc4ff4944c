// Text of arrays, as NumPy 2 writes it (numpy/_core/arrayprint.py with its default options), so that what a user knows
// how to read stays readable.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <complex>
#include <cstring>
#include <limits>
#include <memory>
#include <ostream>
#include <vector>

#include "host/api/record.h"
#include "host/exec/evaluate.h"
#include "host/exec/float_state.h"

namespace ingot {
namespace api {
namespace {

constexpr int kPrecision = 8;              // digits after the point
constexpr std::int64_t kThreshold = 1000;  // elements beyond which an array is summarised
constexpr std::int64_t kEdge = 3;          // then shown at either end of an axis
constexpr int kLineWidth = 75;

template <class T, class... Format>
std::string chars(T value, Format... format) {
  char buffer[512];  // the longest fixed notation of a double takes 327
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format...).ptr);
}

// A number split at its point and exponent: "-1", "25", "e-05" without the e. The fraction has no trailing zeros unless
// asked for.
struct Digits {
  std::string whole, fraction, exponent;
};

Digits split(const std::string& text, bool trim) {
  Digits d;
  const std::size_t e = std::min(text.find('e'), text.size());
  const std::size_t point = std::min(text.find('.'), e);
  d.whole = text.substr(0, point);
  if (point < e) d.fraction = text.substr(point + 1, e - point - 1);
  if (e < text.size()) d.exponent = text.substr(e + 1);
  if (trim) d.fraction.erase(d.fraction.find_last_not_of('0') + 1);
  return d;
}

template <class T>
constexpr bool kIsHalf = std::is_same_v<T, float16> || std::is_same_v<T, bfloat16>;

// What std::to_chars takes: the number itself, and one whose shortest text has the fewest digits that read back.
template <class T>
auto exact(T value) {
  if constexpr (kIsHalf<T>)
    return static_cast<double>(value);
  else
    return value;
}
template <class T>
auto decimal(T value) {
  if constexpr (kIsHalf<T>)
    return decimal_of(value);
  else
    return value;
}

// The fewest digits that read back, or correctly rounded to kPrecision where those are more.
template <class T>
Digits shortest(T value, std::chars_format format) {
  Digits d = split(chars(decimal(value), format), true);
  if (d.fraction.size() > kPrecision) d = split(chars(exact(value), format, kPrecision), true);
  return d;
}

std::string pad_left(std::size_t width, std::string text) {
  if (text.size() < width) text.insert(0, width - text.size(), ' ');
  return text;
}

class Format {
 public:
  virtual ~Format() = default;
  virtual std::string operator()(std::size_t element) const = 0;
};

template <class T>
class FloatFormat final : public Format {
 public:
  /// `plus` puts the sign of positive numbers, too.
  explicit FloatFormat(std::vector<T> values, bool plus = false) : values_(std::move(values)), plus_(plus) {
    fit(values_);
  }

  std::string operator()(std::size_t element) const override {
    const auto v = exact(values_[element]);
    if (!std::isfinite(v))
      return pad_left(left_ + right_ + 1, std::isnan(v) ? with_plus("nan", false)
                                          : v < 0       ? "-inf"
                                                        : with_plus("inf", false));
    if (exponent_) {
      Digits d = split(chars(v, std::chars_format::scientific, static_cast<int>(fraction_)), false);
      if (d.exponent.size() - 1 < exponent_digits_)
        d.exponent.insert(1, exponent_digits_ - (d.exponent.size() - 1), '0');
      return pad_left(left_, with_plus(d.whole, std::signbit(v))) + "." + d.fraction + "e" + d.exponent;
    }
    Digits d = shortest(values_[element], std::chars_format::fixed);
    d.fraction.resize(right_, ' ');
    return pad_left(left_, with_plus(d.whole, std::signbit(v))) + "." + d.fraction;
  }

 private:
  std::string with_plus(const std::string& text, bool negative) const { return plus_ && !negative ? "+" + text : text; }

  void fit(const std::vector<T>& values) {
    using Number = decltype(exact(T()));
    Number largest = 0, smallest = std::numeric_limits<Number>::infinity();
    bool any_finite = false;
    for (T value : values) {
      const Number v = exact(value);
      if (!std::isfinite(v)) continue;
      any_finite = true;
      if (v == 0) continue;
      largest = std::max(largest, std::abs(v));
      smallest = std::min(smallest, std::abs(v));
    }
    // Digits that the dtype can tell apart, at most 8.
    constexpr Number kCutoff = kIsHalf<T> ? Number(1e3) : std::is_same_v<T, float> ? Number(1e6) : Number(1e8);
    exponent_ =
        largest != 0 && (largest >= kCutoff || smallest < Number(0.0001) || exact(T(largest / smallest)) > 1000);

    for (T v : values) {
      if (!std::isfinite(exact(v))) continue;
      const Digits d = shortest(v, exponent_ ? std::chars_format::scientific : std::chars_format::fixed);
      left_ = std::max(left_, with_plus(d.whole, std::signbit(exact(v))).size());
      fraction_ = std::max(fraction_, d.fraction.size());
      if (exponent_) exponent_digits_ = std::max(exponent_digits_, d.exponent.size() - 1);
    }
    right_ = exponent_ ? exponent_digits_ + 2 + fraction_ : fraction_;
    if (!any_finite) left_ = right_ = 0;
    for (T value : values) {
      const Number v = exact(value);
      if (std::isfinite(v)) continue;
      const std::size_t length = v < 0 || plus_ ? 4 : 3;  // "-inf", "+nan", "nan"
      if (length > left_ + right_ + 1) left_ = length - right_ - 1;
    }
  }

  const std::vector<T> values_;
  const bool plus_;
  bool exponent_ = false;
  std::size_t left_ = 0, right_ = 0;  // widths before and after the point
  std::size_t fraction_ = 0, exponent_digits_ = 0;
};

template <class T>
class ComplexFormat final : public Format {
 public:
  explicit ComplexFormat(const std::vector<std::complex<T>>& values)
      : real_(parts(values, [](const std::complex<T>& z) { return z.real(); })),
        imag_(parts(values, [](const std::complex<T>& z) { return z.imag(); }), true) {}

  std::string operator()(std::size_t element) const override {
    std::string imag = imag_(element);
    imag.insert(imag.find_last_not_of(' ') + 1, "j");
    return real_(element) + imag;
  }

 private:
  template <class Part>
  static std::vector<T> parts(const std::vector<std::complex<T>>& values, Part part) {
    std::vector<T> list;
    for (const std::complex<T>& z : values) list.push_back(part(z));
    return list;
  }

  FloatFormat<T> real_, imag_;
};

template <class T>
class IntegerFormat final : public Format {
 public:
  explicit IntegerFormat(const std::vector<T>& values) : values_(values) {
    for (T v : values) width_ = std::max(width_, chars(v).size());
  }
  std::string operator()(std::size_t element) const override { return pad_left(width_, chars(values_[element])); }

 private:
  const std::vector<T>& values_;
  std::size_t width_ = 0;
};

class BoolFormat final : public Format {
 public:
  explicit BoolFormat(const std::vector<std::uint8_t>& values) : values_(values) {}
  std::string operator()(std::size_t element) const override { return values_[element] != 0 ? " True" : "False"; }

 private:
  const std::vector<std::uint8_t>& values_;
};

// Nested brackets around the elements of `sample`, whose axes are those of the array without the middles left out.
class Writer {
 public:
  Writer(const Format& format, const Shape& shape, const Shape& sample)
      : format_(format), shape_(shape), sample_(sample) {}

  std::string write(int axis, std::size_t first, const std::string& indent, int width) const {
    const auto extent = static_cast<std::size_t>(sample_[axis]);
    const bool cut = sample_[axis] != shape_[axis];
    const std::size_t stride = static_cast<std::size_t>(c_strides(sample_)[axis]);
    std::string text;
    if (axis + 1 == shape_.ndim()) {
      std::string line = indent;
      const auto put = [&](const std::string& word) {
        if (line.size() + word.size() > static_cast<std::size_t>(width - 1) && line.size() > indent.size()) {
          line.erase(line.find_last_not_of(' ') + 1);
          text += line + "\n";
          line = indent;
        }
        line += word;
      };
      for (std::size_t i = 0; i < extent; ++i) {
        if (cut && i == kEdge) {
          put("...");
          line += ' ';
        }
        put(format_(first + i));
        if (i + 1 < extent) line += ' ';
      }
      text += line;
    } else {
      const std::string separator(static_cast<std::size_t>(shape_.ndim() - axis - 1), '\n');
      for (std::size_t i = 0; i < extent; ++i) {
        if (cut && i == kEdge) text += indent + "..." + separator;
        text += indent + write(axis + 1, first + i * stride, indent + ' ', width - 1);
        if (i + 1 < extent) text += separator;
      }
    }
    return "[" + text.substr(indent.size()) + "]";
  }

 private:
  const Format& format_;
  const Shape& shape_;
  const Shape& sample_;
};

// Copies what is shown of axes `axis` and on to `out`, whose strides are those of the sample.
template <class T>
void copy_sample(const Array& x, int axis, const Strides& strides, T* out) {
  if (axis == x.ndim()) {
    exec::evaluate_into(x.node(), out, strides);
    return;
  }
  const std::int64_t extent = x.shape()[axis];
  if (x.size() <= kThreshold && axis == 0) return copy_sample(x, x.ndim(), strides, out);
  if (extent <= 2 * kEdge) return copy_sample(x, axis + 1, strides, out);
  std::vector<Index> indices(static_cast<std::size_t>(axis), Slice());
  for (const bool front : {true, false}) {
    indices.resize(static_cast<std::size_t>(axis));
    indices.push_back(front ? Slice(none, kEdge) : Slice(-kEdge, none));
    copy_sample(x(indices), axis + 1, strides, front ? out : out + kEdge * strides[axis]);
  }
}

template <class T, class F>
std::string write_array(const Array& x) {
  Shape sample = x.shape();
  if (x.size() > kThreshold)
    for (std::int64_t& extent : sample) extent = std::min(extent, 2 * kEdge);
  std::vector<T> values(static_cast<std::size_t>(sample.numel()));
  copy_sample(x, 0, c_strides(sample), values.data());
  const F format(values);
  return Writer(format, x.shape(), sample).write(0, 0, " ", kLineWidth);
}

// A 0-d float: all digits that it takes to read it back, with an exponent outside [1e-4, cutoff).
template <class T>
std::string write_float(T value, bool point = true) {
  const auto v = decimal(value);
  if (!std::isfinite(v)) return std::isnan(v) ? "nan" : v < 0 ? "-inf" : "inf";
  constexpr double kCutoff = kIsHalf<T> ? 1e3 : std::is_same_v<T, float> ? 1e6 : 1e16;
  const double magnitude = std::abs(v);
  if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= kCutoff)) return chars(v, std::chars_format::scientific);
  const std::string text = chars(v, std::chars_format::fixed);
  return point && text.find('.') == std::string::npos ? text + ".0" : text;
}

template <class T>
std::string write_complex(std::complex<T> z) {
  const std::string imag = write_float(z.imag(), false) + "j";
  if (z.real() == 0 && !std::signbit(z.real())) return imag;
  return "(" + write_float(z.real(), false) + (imag.front() == '-' ? "" : "+") + imag + ")";
}

std::string write_scalar(const Array& x) {
  switch (x.dtype()) {
    case DType::Bool: return x.item<bool>() ? "True" : "False";
    case DType::Float16: return write_float(x.item<float16>());
    case DType::BFloat16: return write_float(x.item<bfloat16>());
    case DType::Float32: return write_float(x.item<float>());
    case DType::Float64: return write_float(x.item<double>());
    case DType::Complex64: return write_complex(x.item<std::complex<float>>());
    case DType::Complex128: return write_complex(x.item<std::complex<double>>());
    case DType::UInt64: return chars(x.item<std::uint64_t>());
    default: return chars(x.item<std::int64_t>());
  }
}

}  // namespace
}  // namespace api

std::string to_string(const Array& array, Location where) {
  using namespace api;
  const exec::DefaultFloatState guard;
  node_of(array, where);
  array.eval(where);
  if (array.size() == 0) return "[]";
  if (array.ndim() == 0) return write_scalar(array);
  switch (array.dtype()) {
    case DType::Bool: return write_array<std::uint8_t, BoolFormat>(array);
    case DType::Int8: return write_array<std::int8_t, IntegerFormat<std::int8_t>>(array);
    case DType::Int16: return write_array<std::int16_t, IntegerFormat<std::int16_t>>(array);
    case DType::Int32: return write_array<std::int32_t, IntegerFormat<std::int32_t>>(array);
    case DType::Int64: return write_array<std::int64_t, IntegerFormat<std::int64_t>>(array);
    case DType::UInt8: return write_array<std::uint8_t, IntegerFormat<std::uint8_t>>(array);
    case DType::UInt16: return write_array<std::uint16_t, IntegerFormat<std::uint16_t>>(array);
    case DType::UInt32: return write_array<std::uint32_t, IntegerFormat<std::uint32_t>>(array);
    case DType::UInt64: return write_array<std::uint64_t, IntegerFormat<std::uint64_t>>(array);
    case DType::Float16: return write_array<float16, FloatFormat<float16>>(array);
    case DType::BFloat16: return write_array<bfloat16, FloatFormat<bfloat16>>(array);
    case DType::Float32: return write_array<float, FloatFormat<float>>(array);
    case DType::Complex64: return write_array<std::complex<float>, ComplexFormat<float>>(array);
    case DType::Complex128: return write_array<std::complex<double>, ComplexFormat<double>>(array);
    default: return write_array<double, FloatFormat<double>>(array);
  }
}

std::ostream& operator<<(std::ostream& out, const Array& array) { return out << to_string(array); }

}  // namespace ingot
