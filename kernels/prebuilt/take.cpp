#include "kernels/prebuilt/take.h"

#include <algorithm>
#include <type_traits>

namespace ingot::prebuilt {
namespace {

// ---- take

template <class I>
std::int64_t resolve(const void* indices, std::int64_t n, std::int64_t extent, std::int64_t* positions) {
  const I* const given = static_cast<const I*>(indices);
  const auto end = static_cast<std::uint64_t>(extent);
  bool outside = false;
  for (std::int64_t i = 0; i < n; ++i) {
    auto at = static_cast<std::uint64_t>(given[i]);
    if constexpr (std::is_signed_v<I>) at += given[i] < 0 ? end : 0;
    outside |= at >= end;
    positions[i] = static_cast<std::int64_t>(at);
  }
  if (!outside) return n;
  return std::find_if(positions, positions + n,
                      [&](std::int64_t at) { return static_cast<std::uint64_t>(at) >= end; }) -
         positions;
}

// Elements of one size, which the compiler moves in registers.
template <std::int64_t kBytes>
void gather_elements(const char* from, std::int64_t step, const std::int64_t* positions, std::int64_t n, char* to,
                     std::int64_t to_step) {
  for (std::int64_t i = 0; i < n; ++i) __builtin_memcpy(to + i * to_step, from + positions[i] * step, kBytes);
}

void gather_slices(const char* from, std::int64_t step, const std::int64_t* positions, std::int64_t n,
                   std::int64_t bytes, char* to, std::int64_t to_step) {
  for (std::int64_t i = 0; i < n; ++i)
    __builtin_memcpy(to + i * to_step, from + positions[i] * step, static_cast<std::size_t>(bytes));
}

// ---- searchsorted

// In the order of sort, zeros alike: NaN above all numbers.
template <class T>
bool less(T a, T b) {
  if constexpr (std::is_floating_point_v<T>) return a < b || (b != b && a == a);
  return a < b;
}

// Several values at a time go down the same number of levels, so that their loads overlap.
template <class T>
void search(const void* sorted, std::int64_t size, const void* values, std::int64_t n, bool not_greater,
            std::int64_t* counts) {
  constexpr std::int64_t kTogether = 8;
  const T* const x = static_cast<const T*>(sorted);
  const T* const v = static_cast<const T*>(values);
  for (std::int64_t first = 0; first < n; first += kTogether) {
    const std::int64_t together = std::min(kTogether, n - first);
    std::int64_t below[kTogether] = {};  // so many are counted already
    for (std::int64_t left = size; left > 0;) {
      const std::int64_t half = (left + 1) / 2;
      for (std::int64_t k = 0; k < together; ++k) {
        const T at = x[below[k] + half - 1], value = v[first + k];
        below[k] += (not_greater ? !less(value, at) : less(at, value)) ? half : 0;
      }
      left -= half;
    }
    std::copy_n(below, together, counts + first);
  }
}

}  // namespace

Resolve* resolving(DType dtype) {
  switch (dtype) {
    case DType::Int8: return resolve<std::int8_t>;
    case DType::Int16: return resolve<std::int16_t>;
    case DType::Int32: return resolve<std::int32_t>;
    case DType::UInt8: return resolve<std::uint8_t>;
    case DType::UInt16: return resolve<std::uint16_t>;
    case DType::UInt32: return resolve<std::uint32_t>;
    case DType::UInt64: return resolve<std::uint64_t>;
    default: return resolve<std::int64_t>;
  }
}

void gather(const void* from, std::int64_t step, const std::int64_t* positions, std::int64_t n, std::int64_t bytes,
            void* to, std::int64_t to_step) {
  const char* const x = static_cast<const char*>(from);
  char* const out = static_cast<char*>(to);
  switch (bytes) {
    case 1: return gather_elements<1>(x, step, positions, n, out, to_step);
    case 2: return gather_elements<2>(x, step, positions, n, out, to_step);
    case 4: return gather_elements<4>(x, step, positions, n, out, to_step);
    case 8: return gather_elements<8>(x, step, positions, n, out, to_step);
    case 16: return gather_elements<16>(x, step, positions, n, out, to_step);
    case 32: return gather_elements<32>(x, step, positions, n, out, to_step);
    case 64: return gather_elements<64>(x, step, positions, n, out, to_step);
    default: return gather_slices(x, step, positions, n, bytes, out, to_step);
  }
}

Search* searching(DType dtype) {
  switch (dtype) {
    case DType::Int8: return search<std::int8_t>;
    case DType::Int16: return search<std::int16_t>;
    case DType::Int32: return search<std::int32_t>;
    case DType::Int64: return search<std::int64_t>;
    case DType::UInt16: return search<std::uint16_t>;
    case DType::UInt32: return search<std::uint32_t>;
    case DType::UInt64: return search<std::uint64_t>;
    case DType::Float32: return search<float>;
    case DType::Float64: return search<double>;
    default: return search<std::uint8_t>;  // and bool
  }
}

}  // namespace ingot::prebuilt
