#include "host/exec/on_gpu/vendor_product.h"

#include <limits>
#include <optional>
#include <string>
#include <utility>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/base/log.h"
#include "host/device/cublaslt.h"
#include "host/exec/on_gpu/batch_axes.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kMostCalls = 64;  // for one product; our kernels take any batch in a launch or a few

cuda::lt::Type type_of(DType dtype) {
  switch (dtype) {
    case DType::Float64: return cuda::lt::Type::Float64;
    case DType::Float16: return cuda::lt::Type::Float16;
    case DType::BFloat16: return cuda::lt::Type::BFloat16;
    default: return cuda::lt::Type::Float32;
  }
}

std::optional<cuda::Matrices> columns_of(std::int64_t rows, std::int64_t columns, std::int64_t row_step,
                                         std::int64_t column_step, std::int64_t step) {
  const std::int64_t leading = columns == 1 ? rows : column_step;
  if ((rows != 1 && row_step != 1) || leading < rows || step < 0) return {};
  return cuda::Matrices{rows, columns, leading, step};
}

// As columns one after another, or as rows, which are those of the transposed matrix.
std::optional<cuda::Matrices> matrices_of(std::int64_t rows, std::int64_t columns, std::int64_t row_step,
                                          std::int64_t column_step, std::int64_t step) {
  if (const auto matrices = columns_of(rows, columns, row_step, column_step, step)) return matrices;
  auto turned = columns_of(columns, rows, column_step, row_step, step);
  if (turned) turned->transposed = true;
  return turned;
}

// A product by as many calls as the axes have places beyond the innermost.
struct Calls {
  cuda::Product product;
  std::vector<BatchAxis> axes;
  std::int64_t count = 1;
};

// C = A B in rows is C' = B' A' in columns, and rows of a matrix are columns of the transposed one.
std::optional<Calls> calls_for(const RoutineCall& call) {
  if (!is_floating(call.result.dtype)) return {};
  const int rank = call.result.shape.ndim();
  const Whole &left = call.inputs[0], &right = call.inputs[1];
  const std::int64_t m = call.result.shape[rank - 2], n = call.result.shape[rank - 1], k = left.shape[rank - 1];
  if (k == 0) return {};
  Calls calls{.product = {}, .axes = batch_axes(call)};
  const BatchAxis inner = calls.axes.empty() ? BatchAxis{} : calls.axes[0];
  for (std::size_t axis = 1; axis < calls.axes.size(); ++axis) calls.count *= calls.axes[axis].extent;
  const auto a = matrices_of(n, k, right.strides[rank - 1], right.strides[rank - 2], inner.right);
  const auto b = matrices_of(k, m, left.strides[rank - 1], left.strides[rank - 2], inner.left);
  if (!a || !b || calls.count > kMostCalls || inner.extent > std::numeric_limits<std::int32_t>::max()) return {};
  calls.product = {.type = type_of(call.result.dtype),
                   .tf32 = call.result.dtype == DType::Float32 && config().tf32,
                   .a = *a,
                   .b = *b,
                   .d = {n, m, n, m * n},
                   .count = inner.extent};
  return calls;
}

// Once to everybody: who asked wants to know.
void decline(const std::string& reason) {
  static bool told = false;  // under the lock of turns
  log(std::exchange(told, true) ? Log::Warn : Log::Always, reason, "; Ingot's kernels multiply instead");
}

}  // namespace

bool vendor_takes(const RoutineCall& call) {
  if (config().device_products != Products::Vendor || !calls_for(call)) return false;
  std::string reason;
  if (cuda::has_cublaslt(&reason)) return true;
  decline(reason);
  return false;
}

bool multiply_by_vendor(const RoutineCall& call, cuda::Gpu& gpu) {
  if (!vendor_takes(call)) return false;
  const Calls calls = *calls_for(call);
  const auto itemsize = static_cast<std::int64_t>(ingot::itemsize(call.result.dtype));
  const auto address = [&](const Whole& array, std::int64_t offset) {
    return reinterpret_cast<cuda::Address>(array.data + offset * itemsize);
  };
  try {
    for (std::int64_t k = 0; k < calls.count; ++k) {
      const auto [left, right] = batch_offsets(calls.axes, 1, k);
      if (!cuda::multiply(calls.product, address(call.inputs[1], right), address(call.inputs[0], left),
                          address(call.result, k * calls.product.count * calls.product.d.step), gpu))
        return false;
    }
  } catch (const DeviceError& error) {
    if (gpu.is_lost()) throw;
    decline(error.what());
    return false;
  }
  return true;
}

}  // namespace ingot::exec
