// The header of a .npy file: parsed without trust, written as NumPy 2 writes it.
// Format: numpy/lib/_format_impl.py (NEP 1): six bytes of magic, version, length of the header, then a Python dict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>

#include "ingot/dtype.hpp"
#include "ingot/shape.hpp"

namespace ingot::io {

/// What is wrong with a file, and where. Whoever knows the file's name makes an IOError of it.
class Fault : public std::runtime_error {
 public:
  Fault(std::int64_t offset, const std::string& reason) : std::runtime_error(reason), offset_(offset) {}
  std::int64_t offset() const noexcept { return offset_; }

 private:
  std::int64_t offset_;
};

/// NumPy 2 allows no more axes.
inline constexpr int kMaxRank = 64;
/// The dict of 64 extents of 19 digits takes less than 1,500 bytes; NumPy refuses more than 10,000.
inline constexpr std::int64_t kMaxHeader = 10'000;
/// Magic, version and a four-byte length.
inline constexpr std::int64_t kPrefix = 12;

struct NpyHeader {
  DType dtype = DType::Float64;
  bool fortran_order = false;
  Shape shape;
  std::int64_t data_offset = 0;
};

/// Where the data starts, from the first min(kPrefix, file size) bytes. Throws Fault.
std::int64_t data_offset(std::span<const std::byte> prefix, std::int64_t file_size);

/// The header, from the file's bytes before data_offset(). The data is then known to be complete, and the size in bytes
/// to fit 63 bits even without the shape's zero extents. Throws Fault.
NpyHeader parse_npy_header(std::span<const std::byte> bytes, std::int64_t file_size);

/// The bytes before the data of a C-order array.
std::string npy_header(DType dtype, const Shape& shape);

/// NumPy's name of a supported dtype ("<f8"), or "" for the others.
std::string_view npy_descr(DType dtype) noexcept;

}  // namespace ingot::io
