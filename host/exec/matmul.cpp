// Matrix products on the host.
#include <cmath>
#include <type_traits>

#include "host/exec/blocks.h"
#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "ingot/half.hpp"
#include "kernels/prebuilt/gemm.h"

namespace ingot::exec {
namespace {

template <class T, class Sum>
Sum multiply_add(T a, T b, Sum sum) {
  if constexpr (std::is_same_v<T, bool>)
    return sum || (a && b);
  else if constexpr (std::is_integral_v<Sum>)
    return static_cast<Sum>(sum + static_cast<Sum>(a) * static_cast<Sum>(b));
  else
    return std::fma(static_cast<Sum>(a), static_cast<Sum>(b), sum);
}

template <class T, class Sum = T>
void multiply(const RoutineCall& call) {
  const Whole &a = call.inputs[0], &b = call.inputs[1], &c = call.result;
  const int rank = c.shape.ndim();
  const std::int64_t n = c.shape.back(), k = a.shape.back();
  const std::int64_t a_step = a.strides[rank - 1], b_step = b.strides[rank - 2];
  parallel_for(c.shape.numel() / n, call.threads, [&](std::int64_t row) {
    Dims index;
    unravel(c.shape, row * n, index);
    index[rank - 1] = 0;
    const T* const a_row = reinterpret_cast<const T*>(a.data) + dot(a.strides, index);
    index[rank - 2] = 0;
    const T* const b_column = reinterpret_cast<const T*>(b.data) + dot(b.strides, index);
    T* const out = reinterpret_cast<T*>(c.data) + row * n;
    for (std::int64_t j = 0; j < n; ++j) {
      Sum total{};
      for (std::int64_t begin = 0; begin < k; begin += prebuilt::kBlock) {
        Sum sum{};
        for (std::int64_t i = begin; i < std::min(begin + prebuilt::kBlock, k); ++i)
          sum = multiply_add(a_row[i * a_step], b_column[i * b_step + j * b.strides[rank - 1]], sum);
        total = begin == 0 ? sum : static_cast<Sum>(total + sum);
      }
      out[j] = static_cast<T>(total);
    }
  });
}

}  // namespace

void run_matmul(const RoutineCall& call) {
  switch (call.result.dtype) {
    case DType::Bool: return multiply<bool>(call);
    case DType::Int8:
    case DType::UInt8: return multiply<std::uint8_t, std::uint32_t>(call);
    case DType::Int16:
    case DType::UInt16: return multiply<std::uint16_t, std::uint32_t>(call);
    case DType::Int32:
    case DType::UInt32: return multiply<std::uint32_t>(call);
    case DType::Int64:
    case DType::UInt64: return multiply<std::uint64_t>(call);
    case DType::Float16: return multiply<float16, float>(call);
    case DType::BFloat16: return multiply<bfloat16, float>(call);
    case DType::Float32: return multiply<float>(call);
    default: return multiply<double>(call);
  }
}

}  // namespace ingot::exec
