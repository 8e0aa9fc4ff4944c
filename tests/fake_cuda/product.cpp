#include "product.h"

#include <bit>
#include <cstring>

namespace fake_cublaslt {
namespace {

template <class T>
T read(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

// To the nearest with `bits` fewer bits of the mantissa, ties to even; NaN is left alone.
std::uint32_t rounded(float value, int bits) {
  const auto whole = std::bit_cast<std::uint32_t>(value);
  if (value != value) return whole;
  const std::uint32_t half = std::uint32_t{1} << (bits - 1);
  return (whole + half - 1 + (whole >> bits & 1)) & ~(2 * half - 1);
}

double load(int type, const char* at) {
  switch (type) {
    case kFloat64: return read<double>(at);
    case kFloat16: return static_cast<double>(read<_Float16>(at));
    case kBFloat16: return std::bit_cast<float>(std::uint32_t{read<std::uint16_t>(at)} << 16);
    default: return read<float>(at);
  }
}

void store(int type, char* at, double value) {
  const auto put = [at](auto v) { std::memcpy(at, &v, sizeof v); };
  switch (type) {
    case kFloat64: return put(value);
    case kFloat16: return put(static_cast<_Float16>(static_cast<float>(value)));
    case kBFloat16: return put(static_cast<std::uint16_t>(rounded(static_cast<float>(value), 16) >> 16));
    default: return put(static_cast<float>(value));
  }
}

}  // namespace

std::size_t size_of(int type) {
  switch (type) {
    case kFloat32: return 4;
    case kFloat64: return 8;
    case kFloat16:
    case kBFloat16: return 2;
    default: return 0;
  }
}

std::size_t Layout::bytes() const {
  return (static_cast<std::size_t>(count - 1) * static_cast<std::size_t>(step) +
          (columns - 1) * static_cast<std::size_t>(leading) + rows) *
         size_of(type);
}

void Multiplication::run(const char* a_data, const char* b_data, const char* c_data, char* d_data) const {
  const std::uint64_t terms = operation.turn_a != 0 ? a.rows : a.columns;
  const auto value = [this](const Layout& m, const char* data, std::uint64_t row, std::uint64_t column, int k) {
    const auto at = row + column * static_cast<std::uint64_t>(m.leading) +
                    static_cast<std::uint64_t>(k) * static_cast<std::uint64_t>(m.step);
    const double read = load(m.type, data + at * size_of(m.type));
    return operation.compute == kAsTf32 ? std::bit_cast<float>(rounded(static_cast<float>(read), 13)) : read;
  };
  for (int k = 0; k < d.count; ++k)
    for (std::uint64_t column = 0; column < d.columns; ++column)
      for (std::uint64_t row = 0; row < d.rows; ++row) {
        double sum = 0;
        float narrow = 0;
        for (std::uint64_t t = terms; t-- > 0;) {
          const double x = operation.turn_a != 0 ? value(a, a_data, t, row, k) : value(a, a_data, row, t, k);
          const double y = operation.turn_b != 0 ? value(b, b_data, column, t, k) : value(b, b_data, t, column, k);
          if (operation.compute == kAsFloat64)
            sum += x * y;
          else
            narrow += static_cast<float>(x) * static_cast<float>(y);
        }
        const std::size_t at = (row + column * static_cast<std::uint64_t>(d.leading) +
                                static_cast<std::uint64_t>(k) * static_cast<std::uint64_t>(d.step)) *
                               size_of(d.type);
        double result = alpha * (operation.compute == kAsFloat64 ? sum : static_cast<double>(narrow));
        if (beta != 0) result += beta * load(d.type, c_data + at);
        store(d.type, d_data + at, result);
      }
}

}  // namespace fake_cublaslt
