#include "tests/oracle/tensor.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "host/exec/evaluate.h"

namespace ingot::oracle {
namespace {

// The two formats of 16 bits: a sign, an exponent with this bias, a mantissa.
struct Format {
  int mantissa, bias;
};
Format format(DType dtype) { return dtype == DType::Float16 ? Format{10, 15} : Format{7, 127}; }

double round_to_half(DType dtype, double value) {
  if (!std::isfinite(value) || value == 0) return value;
  const Format f = format(dtype);
  const double unit = std::ldexp(1.0, std::max(std::ilogb(value), 1 - f.bias) - f.mantissa);
  const double rounded = std::nearbyint(value / unit) * unit, limit = std::ldexp(1.0, f.bias + 1);
  return std::fabs(rounded) < limit ? rounded : std::copysign(std::numeric_limits<double>::infinity(), value);
}

double from_half(DType dtype, std::uint16_t bits) {
  const Format f = format(dtype);
  const int exponent = (bits & 0x7FFF) >> f.mantissa, mantissa = bits & ((1 << f.mantissa) - 1);
  double value =
      std::ldexp(mantissa + (exponent != 0 ? 1 << f.mantissa : 0), std::max(exponent, 1) - f.bias - f.mantissa);
  if (exponent == 2 * f.bias + 1)
    value = mantissa != 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  return (bits & 0x8000) != 0 ? -value : value;
}

std::uint16_t to_half(DType dtype, double value) {
  const Format f = format(dtype);
  const int sign = std::signbit(value) ? 0x8000 : 0, infinity = (2 * f.bias + 1) << f.mantissa;
  const double size = std::fabs(round_to_half(dtype, value));
  if (std::isnan(size)) return static_cast<std::uint16_t>(sign | infinity | 1 << (f.mantissa - 1));
  if (std::isinf(size)) return static_cast<std::uint16_t>(sign | infinity);
  if (size < std::ldexp(1.0, 1 - f.bias))
    return static_cast<std::uint16_t>(sign | static_cast<int>(std::ldexp(size, f.bias - 1 + f.mantissa)));
  const int exponent = std::ilogb(size);
  const auto significand = static_cast<int>(std::ldexp(size, f.mantissa - exponent));
  return static_cast<std::uint16_t>(sign | (((exponent + f.bias) << f.mantissa) + significand - (1 << f.mantissa)));
}

int bits_of(DType dtype) { return 8 * static_cast<int>(itemsize(dtype)); }

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

}  // namespace

Element fit(DType dtype, const Element& value) {
  if (dtype == DType::Float64) return value;
  if (dtype == DType::Float32) return Element::real(static_cast<float>(value.f));
  if (is_half(dtype)) return Element::real(round_to_half(dtype, value.f));
  if (is_bool(dtype)) return value;
  const int bits = bits_of(dtype);
  Wide low = value.i & ((Wide{1} << bits) - 1);
  if (is_signed_integer(dtype) && (low >> (bits - 1)) != 0) low -= Wide{1} << bits;
  return Element::integer(low);
}

Tensor::Tensor(DType type, Shape extents) : dtype(type), shape(std::move(extents)) {
  bytes.resize(static_cast<std::size_t>(shape.numel()) * itemsize(dtype));
}

Element Tensor::operator[](std::int64_t i) const {
  const std::byte* at = bytes.data() + static_cast<std::size_t>(i) * itemsize(dtype);
  switch (dtype) {
    case DType::Bool: return Element::integer(load<std::uint8_t>(at));
    case DType::Int8: return Element::integer(load<std::int8_t>(at));
    case DType::Int16: return Element::integer(load<std::int16_t>(at));
    case DType::Int32: return Element::integer(load<std::int32_t>(at));
    case DType::Int64: return Element::integer(load<std::int64_t>(at));
    case DType::UInt8: return Element::integer(load<std::uint8_t>(at));
    case DType::UInt16: return Element::integer(load<std::uint16_t>(at));
    case DType::UInt32: return Element::integer(load<std::uint32_t>(at));
    case DType::UInt64: return Element::integer(load<std::uint64_t>(at));
    case DType::Float16:
    case DType::BFloat16: return Element::real(from_half(dtype, load<std::uint16_t>(at)));
    case DType::Float32: return Element::real(load<float>(at));
    case DType::Float64: return Element::real(load<double>(at));
    default: throw std::logic_error("the oracle has no such dtype");
  }
}

void Tensor::set(std::int64_t i, const Element& value) {
  std::byte* at = bytes.data() + static_cast<std::size_t>(i) * itemsize(dtype);
  if (is_half(dtype)) return store(at, to_half(dtype, value.f));
  if (dtype == DType::Float32) return store(at, static_cast<float>(value.f));
  if (dtype == DType::Float64) return store(at, value.f);
  const auto low = static_cast<std::uint64_t>(value.i);
  switch (itemsize(dtype)) {
    case 1: return store(at, static_cast<std::uint8_t>(low));
    case 2: return store(at, static_cast<std::uint16_t>(low));
    case 4: return store(at, static_cast<std::uint32_t>(low));
    case 8: return store(at, low);
    default: throw std::logic_error("the oracle has no such dtype");
  }
}

bool same(DType dtype, const Element& a, const Element& b) {
  if (!is_floating(dtype)) return a.i == b.i;
  if (std::isnan(a.f) || std::isnan(b.f)) return std::isnan(a.f) && std::isnan(b.f);
  return a.f == b.f && std::signbit(a.f) == std::signbit(b.f);
}

std::int64_t first_difference(const Tensor& a, const Tensor& b) {
  if (a.dtype == b.dtype && a.bytes == b.bytes) return -1;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    if (a.dtype != b.dtype || !same(a.dtype, a[i], b[i])) return i;
  }
  return -1;
}

std::string to_string(DType dtype, const Element& value) {
  char text[64];
  if (is_floating(dtype)) {
    const int digits = itemsize(dtype) <= 4 ? 9 : 17;
    std::snprintf(text, sizeof text, "%.*g (%a)", digits, value.f, value.f);
  } else if (value.i > std::numeric_limits<std::int64_t>::max()) {
    std::snprintf(text, sizeof text, "%llu", static_cast<unsigned long long>(value.i));
  } else {
    std::snprintf(text, sizeof text, "%lld", static_cast<long long>(value.i));
  }
  return text;
}

Tensor values(graph::Node* node) {
  const StorageRef storage = exec::contiguous(node);
  Tensor tensor(node->dtype, node->shape);
  if (!tensor.bytes.empty()) std::memcpy(tensor.bytes.data(), storage->data(), tensor.bytes.size());
  return tensor;
}

Tensor values(const Array& array) { return values(array.node()); }

}  // namespace ingot::oracle
