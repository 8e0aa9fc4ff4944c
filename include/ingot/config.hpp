#pragma once

#include "ingot/array.hpp"

namespace ingot {

/// Threads that one evaluation may use, from the next one on; results do not depend on it. At first OMP_NUM_THREADS, or
/// the cores that the process may use, by its affinity and by the processor time that its control group (cgroup) gives
/// it, rounded up. A child after fork uses one, whatever is set. ValueError below 1.
INGOT_API void set_num_threads(int count, Location where = Location::current());
INGOT_API int num_threads();

/// Who multiplies matrices on a CUDA device.
enum class Products : std::uint8_t {
  Own,     // Ingot's kernels: the bits of the host
  Vendor,  // NVIDIA's cuBLASLt: tensor cores, and sums in an order of its own
};

/// Who multiplies matrices of floats and complex numbers on devices, from the next evaluation on; at first what
/// INGOT_DEVICE_PRODUCTS = own | vendor says, or Own. Other products, and what the host computes, stay Ingot's.
///
/// With Vendor a result may differ in its last bits from the host's, and between kinds of devices, versions of cuBLASLt
/// and alignments in memory; in one process equal operands that lie alike give equal bits, as long as the device has
/// room for a workspace of up to 32 MiB. float64 and float32 are multiplied and added in their own precision, float16
/// and bfloat16 added in float32 and rounded once: the error of an element is at most about k u sum(|a| |b|) for k
/// terms, where u is 2^-53 for float64 and 2^-24 for others, and half an ULP of the 16 bits. An expression that was
/// computed before keeps its values, which an equal one shares that is recorded while it lives.
///
/// cuBLASLt is opened at the first such product: the file that INGOT_LIBCUBLASLT names, or libcublasLt.so.13, .so.12 or
/// .so. Ingot's kernels compute what it does not take (a matrix without a contiguous axis, such as every other column),
/// what it fails at, and everything where it cannot be opened; of failures the first is told on the standard error,
/// others with INGOT_LOG=warn.
INGOT_API void set_device_products(Products who);
INGOT_API Products device_products();

/// Whether such products by cuBLASLt round operands of float32 to TF32, 11 bits, on tensor cores; sums stay float32. At
/// first what INGOT_TF32 = 0 | 1 says, or not. That adds up to 2^-9 sum(|a| |b|) to the error. No effect with
/// Products::Own.
INGOT_API void set_tf32(bool allowed);
INGOT_API bool tf32();

}  // namespace ingot
