// Files as NumPy 2.4.6 writes them, taken from numpy.save: the dict, the number of spaces after it, and the data.
#pragma once

#include <cstddef>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ingot::tests {

struct NumpyFile {
  const char* what;
  int version;
  std::string_view dict;
  int spaces;
  std::string_view data;

  std::string bytes() const {
    const std::size_t length = dict.size() + static_cast<std::size_t>(spaces) + 1;
    std::string out = "\x93NUMPY";
    out += {static_cast<char>(version), '\0', static_cast<char>(length & 255), static_cast<char>(length >> 8)};
    if (version > 1) out += std::string(2, '\0');
    return out + std::string(dict) + std::string(static_cast<std::size_t>(spaces), ' ') + '\n' + std::string(data);
  }
};

using namespace std::string_view_literals;

// np.arange(6.).reshape(2, 3) / 2, np.asfortranarray(np.arange(6, dtype='i2').reshape(2, 3)), np.array(2.5, 'f4'),
// np.array([True, False, True]), np.zeros((0, 4), 'i8'), [1, 2] as 'u4' in version 2.0 and as 'u1' in version 3.0,
// np.arange(-8, 8, dtype='i1').reshape(2, 2, 1, 4).
inline constexpr NumpyFile kNumpyFiles[] = {
    {"f8", 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", 58,
     "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xe0?\x00\x00\x00\x00\x00\x00\xf0?"
     "\x00\x00\x00\x00\x00\x00\xf8?\x00\x00\x00\x00\x00\x00\x00@\x00\x00\x00\x00\x00\x00\x04@"sv},
    {"fortran", 1, "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3), }", 59,
     "\x00\x00\x03\x00\x01\x00\x04\x00\x02\x00\x05\x00"sv},
    {"scalar", 1, "{'descr': '<f4', 'fortran_order': False, 'shape': (), }", 62, "\x00\x00 @"sv},
    {"bool", 1, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,), }", 60, "\x01\x00\x01"sv},
    {"empty", 1, "{'descr': '<i8', 'fortran_order': False, 'shape': (0, 4), }", 58, ""sv},
    {"version2", 2, "{'descr': '<u4', 'fortran_order': False, 'shape': (2,), }", 58, "\x01\0\0\0\x02\0\0\0"sv},
    {"version3", 3, "{'descr': '|u1', 'fortran_order': False, 'shape': (2,), }", 58, "\x01\x02"sv},
    {"int8", 1, "{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2, 1, 4), }", 52,
     "\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff\x00\x01\x02\x03\x04\x05\x06\x07"sv},
};

inline void write_file(const std::string& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

inline std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

}  // namespace ingot::tests
