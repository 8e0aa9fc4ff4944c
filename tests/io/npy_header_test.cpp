#include "host/io/npy_header.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/io/npy_files.h"

namespace ingot::io {
namespace {

using namespace std::string_view_literals;
using tests::as_bytes;
using tests::NumpyFile;

NpyHeader parse(std::string_view file) {
  const auto size = static_cast<std::int64_t>(file.size());
  const auto prefix = file.substr(0, std::min<std::size_t>(kPrefix, file.size()));
  const auto start = static_cast<std::size_t>(data_offset(as_bytes(prefix), size));
  return parse_npy_header(as_bytes(file.substr(0, start)), size);
}

// "12: reason"
std::string refusal(std::string_view file) {
  try {
    parse(file);
  } catch (const Fault& fault) {
    return std::to_string(fault.offset()) + ": " + fault.what();
  }
  return "accepted";
}

// A file of version 1.0 with a given dict and so many bytes of data.
std::string file_of(std::string_view dict, std::size_t data = 0) {
  return NumpyFile{"", 1, dict, 0, {}}.bytes() + std::string(data, '\0');
}

// Refusal of a dict, with offsets counted from its first byte.
std::string refused_dict(std::string_view dict, std::size_t data = 0) {
  const std::string message = refusal(file_of(dict, data));
  const std::size_t colon = message.find(':');
  if (colon == std::string::npos) return message;
  return std::to_string(std::stoll(message.substr(0, colon)) - 10) + message.substr(colon);
}

TEST(NpyHeader, ReadsWhatNumpyWrites) {
  const NpyHeader f8 = parse(tests::kNumpyFiles[0].bytes());
  EXPECT_EQ(f8.dtype, DType::Float64);
  EXPECT_EQ(f8.shape, (Shape{2, 3}));
  EXPECT_FALSE(f8.fortran_order);
  EXPECT_EQ(f8.data_offset, 128);
  for (const NumpyFile& file : tests::kNumpyFiles) {
    const NpyHeader header = parse(file.bytes());
    EXPECT_EQ(header.data_offset, 128) << file.what;
    EXPECT_EQ(header.fortran_order, file.what == "fortran"sv) << file.what;
    EXPECT_EQ(header.shape.numel() * static_cast<std::int64_t>(itemsize(header.dtype)),
              static_cast<std::int64_t>(file.data.size()))
        << file.what;
  }
}

TEST(NpyHeader, WritesNumpysBytes) {
  for (const NumpyFile& file : tests::kNumpyFiles) {
    const NpyHeader header = parse(file.bytes());
    if (file.version != 1 || header.fortran_order) continue;
    EXPECT_EQ(npy_header(header.dtype, header.shape) + std::string(file.data), file.bytes()) << file.what;
  }
}

TEST(NpyHeader, GrowsAtTheRanksWhereNumpysDoes) {
  struct Step {
    std::int64_t first;
    int rank;
    std::size_t size;
  };
  constexpr Step kSteps[] = {{1, 1, 128},       {1, 15, 192},       {1, 36, 256},       {1, 58, 320},
                             {1234567, 1, 128}, {1234567, 15, 192}, {1234567, 36, 256}, {1234567, 58, 320}};
  for (std::int64_t first : {std::int64_t{1}, std::int64_t{1234567}}) {
    for (int rank = 1; rank <= kMaxRank; ++rank) {
      std::size_t expected = 0;
      for (const Step& step : kSteps) {
        if (step.first == first && rank >= step.rank) expected = step.size;
      }
      Shape shape(Dims(rank, 1));
      shape[0] = first;
      EXPECT_EQ(npy_header(DType::Float64, shape).size(), expected) << shape;
    }
  }
}

TEST(NpyHeader, ReadsEveryDtypeItWrites) {
  for (int i = 0; i < kDTypeCount; ++i) {
    const auto dtype = static_cast<DType>(i);
    EXPECT_EQ(parse(npy_header(dtype, {3, 2}) + std::string(6 * itemsize(dtype), '\0')).dtype, dtype);
  }
}

TEST(NpyHeader, ReadsWhateverPythonWouldReadTheSame) {
  for (std::string_view dict : {
           "{'descr':'<f8','fortran_order':False,'shape':(2,3)}"sv,
           "{\"shape\": (2, 3), \"descr\": \"<f8\", \"fortran_order\": False,}"sv,
           "\n { 'shape' : ( 2 , 3 , ) ,\n'fortran_order' : False , 'descr' : '<f8' }  "sv,
           "{'descr': '<f8', 'fortran_order': False, 'shape': (2L, 3L), }"sv,
       }) {
    const NpyHeader header = parse(file_of(dict, 48));
    EXPECT_EQ(header.shape, (Shape{2, 3})) << dict;
    EXPECT_EQ(header.dtype, DType::Float64) << dict;
  }
  EXPECT_EQ(parse(file_of("{'descr': '<i1', 'fortran_order': False, 'shape': (7,)}", 7)).dtype, DType::Int8);
}

TEST(NpyHeader, NeedsNoPadding) {
  EXPECT_EQ(parse(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", 8)).data_offset, 64);
  EXPECT_EQ(parse(file_of("{'descr': '<f8', 'fortran_order': False, 'shape': () }", 8)).data_offset, 65);
}

TEST(NpyHeader, RefusesWhatIsNoNpyFile) {
  EXPECT_EQ(refusal(""), "0: the file is empty; expected the bytes \\x93NUMPY");
  EXPECT_EQ(refusal("PK\3\4 a zip file"), "0: not a .npy file; expected the bytes \\x93NUMPY");
  EXPECT_EQ(refusal("\x93NUM"), "4: not a .npy file; expected the bytes \\x93NUMPY");
  EXPECT_EQ(refusal("\x93NUMPZ"), "5: not a .npy file; expected the bytes \\x93NUMPY");
}

TEST(NpyHeader, RefusesOtherVersions) {
  EXPECT_EQ(refusal("\x93NUMPY\4\0\0\0\0\0"sv), "6: format version 4.0; supported are 1.0, 2.0 and 3.0");
  EXPECT_EQ(refusal("\x93NUMPY\1\1\0\0\0\0"sv), "6: format version 1.1; supported are 1.0, 2.0 and 3.0");
  EXPECT_EQ(refusal("\x93NUMPY\0\0\0\0\0\0"sv), "6: format version 0.0; supported are 1.0, 2.0 and 3.0");
}

TEST(NpyHeader, RefusesTruncation) {
  const std::string whole = tests::kNumpyFiles[0].bytes();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const std::string message = refusal(whole.substr(0, length));
    EXPECT_TRUE(message.starts_with(std::to_string(length == 0 ? 0 : length) + ": ")) << length << ": " << message;
  }
  EXPECT_EQ(refusal(whole.substr(0, 9)), "9: the file ends within its header");
  EXPECT_EQ(refusal(whole.substr(0, 100)), "100: the file ends within its header, which takes 128 bytes");
  EXPECT_EQ(refusal(whole.substr(0, 170)),
            "170: shape (2, 3) of float64 takes 48 bytes from byte 128 on, the file has 42");
}

TEST(NpyHeader, RefusesExtraData) {
  EXPECT_EQ(refusal(tests::kNumpyFiles[0].bytes() + "x"),
            "176: shape (2, 3) of float64 takes 48 bytes from byte 128 on, the file has 49");
}

TEST(NpyHeader, RefusesHugeHeaders) {
  EXPECT_EQ(refusal("\x93NUMPY\2\0\xff\xff\xff\xff and more"sv),
            "8: a header of 4294967295 bytes; at most 10000 are read");
  EXPECT_EQ(refusal("\x93NUMPY\1\0\x11\x27"sv), "8: a header of 10001 bytes; at most 10000 are read");
}

TEST(NpyHeader, RefusesUnsupportedDtypes) {
  const auto with = [](std::string_view descr) {
    return refused_dict("{'descr': " + std::string(descr) + ", 'fortran_order': False, 'shape': (1,), }", 16);
  };
  const std::string wanted = "; supported are little-endian bool, integers, floats and complex numbers";
  EXPECT_EQ(with("'>i4'"),
            "10: dtype '>i4' is big-endian" + wanted + "; in NumPy, save x.astype(x.dtype.newbyteorder('<'))");
  EXPECT_EQ(with("'|O'"), "10: dtype '|O' holds pickled Python objects, which are never loaded" + wanted);
  for (const char* descr :
       {"'<f16'", "'<U5'", "'|S3'", "'<M8[ns]'", "'|V2'", "'f8'", "'=f8'", "'|f8'", "''", "'<'", "'<i3'"}) {
    EXPECT_EQ(with(descr), "10: dtype " + std::string(descr) + " is not supported" + wanted);
  }
  EXPECT_EQ(with("[('a', '<i4')]"), "10: structured dtypes are not supported; save each field as an array of its own");
  EXPECT_EQ(with("8"), "10: expected the dtype, such as '<f8', in quotes, found '8'");
}

TEST(NpyHeader, RefusesHostileShapes) {
  const auto with = [](std::string_view shape, std::size_t data = 0) {
    return refused_dict("{'shape': " + std::string(shape) + ", 'fortran_order': False, 'descr': '<f8'}", data);
  };
  EXPECT_EQ(with("(-1,)"), "11: a negative extent");
  EXPECT_EQ(with("(9223372036854775808,)"), "11: an extent that does not fit 63 bits");
  EXPECT_EQ(with("(99999999999999999999999999999999,)"), "11: an extent that does not fit 63 bits");
  EXPECT_EQ(with("(9223372036854775807,)"),
            "74: shape (9223372036854775807,) is too large; an array holds less than 2^59 elements");
  EXPECT_EQ(with("(4294967296, 4294967296)"),
            "76: shape (4294967296, 4294967296) is too large; an array holds less than 2^59 elements");
  EXPECT_EQ(with("(0, 4294967296, 4294967296)"),
            "79: shape (0, 4294967296, 4294967296) is too large; an array holds less than 2^59 elements");
  EXPECT_EQ(with("(0, 2305843009213693952)"),
            "76: shape (0, 2305843009213693952) is too large; an array holds less than 2^59 elements");
  EXPECT_EQ(with("(3)", 24), "12: a tuple of one extent has a comma, as in (3,)");
  EXPECT_EQ(with("3", 24), "10: expected '(', found '3'; the shape is a tuple of extents");
  EXPECT_EQ(with("(2, 03)", 48), "14: an extent with a leading zero");
  EXPECT_EQ(with("(1_0,)", 80), "12: expected ',' or ')' in the shape, found '_'");
  EXPECT_EQ(with("(1.0,)", 8), "12: expected ',' or ')' in the shape, found '.'");
  EXPECT_EQ(with("(,)"), "11: expected an extent, found ','");
  EXPECT_EQ(with("(1,,)"), "13: expected an extent, found ','");
  EXPECT_EQ(with("(1 2)"), "13: expected ',' or ')' in the shape, found '2'");
  EXPECT_EQ(with("(True,)"), "11: expected an extent, found 'T'");
  std::string many = "(";
  for (int i = 0; i <= kMaxRank; ++i) many += "1,";
  EXPECT_EQ(with(many + ")"), "139: more than 64 axes");
}

TEST(NpyHeader, RefusesMalformedDicts) {
  EXPECT_EQ(refused_dict(""), "1: expected '{', found the end of the header; the header must be a Python dict");
  EXPECT_EQ(refused_dict("[1]"), "0: expected '{', found '['; the header must be a Python dict");
  EXPECT_EQ(refused_dict("{}"), "2: the dict has no descr; expected descr, fortran_order and shape");
  EXPECT_EQ(refused_dict("{'descr': '<f8', 'shape': ()}"),
            "29: the dict has no fortran_order; expected descr, fortran_order and shape");
  EXPECT_EQ(refused_dict("{'descr': '<f8', 'descr': '<f8'}"), "17: key 'descr' is there twice");
  EXPECT_EQ(refused_dict("{'descr': '<f8', 'colour': 3}"),
            "17: unknown key 'colour'; expected descr, fortran_order and shape");
  EXPECT_EQ(refused_dict("{'descr' '<f8'}"), "9: expected ':', found '''; a key is followed by a colon");
  EXPECT_EQ(refused_dict("{'descr': '<f8' 'shape': ()}"),
            "16: expected ',', found '''; entries of the dict are separated by commas");
  EXPECT_EQ(refused_dict("{'descr': '<f8"), "14: found '\\x0a' in a string");
  EXPECT_EQ(refused_dict("{'descr': '<\\x668'}"), "12: found '\\' in a string");
  EXPECT_EQ(refused_dict("{'fortran_order': 0}"), "18: fortran_order must be True or False, found '0'");
  EXPECT_EQ(refused_dict("{,}"), "1: expected a key of the dict in quotes, found ','");
  EXPECT_EQ(refused_dict("{'descr': '<f8', 'fortran_order': False, 'shape': ()} + 1", 8),
            "54: found '+' after the dict; only spaces and a newline may follow it");
  EXPECT_EQ(refused_dict("{'\xff\0': 1}"sv), "1: unknown key '\\xff\\x00'; expected descr, fortran_order and shape");
}

}  // namespace
}  // namespace ingot::io
