// Matrix products by cuBLASLt, opened when it is first asked for: the file that INGOT_LIBCUBLASLT names, or the newest
// libcublasLt there is. Algorithms are found once for each class of products and device. All under the lock of turns.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "host/device/cublaslt_types.h"
#include "host/device/gpu.h"

namespace ingot::cuda {

/// Matrices as cuBLASLt has them: element (r, c) of the k-th is at r + c * leading + k * step.
struct Matrices {
  std::int64_t rows = 0, columns = 0, leading = 0, step = 0;
  bool transposed = false;  // before it is multiplied
  friend auto operator<=>(const Matrices&, const Matrices&) = default;
};

/// d = a b, of each of `count`.
struct Product {
  lt::Type type{};
  bool tf32 = false;  // of Float32: its operands may be rounded to it
  Matrices a, b, d;
  std::int64_t count = 1;
  friend auto operator<=>(const Product&, const Product&) = default;
};

/// Whether there is a cuBLASLt; why not, in `reason`.
bool has_cublaslt(std::string* reason = nullptr);

/// Begins a product on the device's stream. False where cuBLASLt has no algorithm for it, or its workspace no room.
/// DeviceError if a call fails; what was begun has then ended, unless the device is lost.
bool multiply(const Product& product, Address a, Address b, Address d, Gpu& gpu);

}  // namespace ingot::cuda
