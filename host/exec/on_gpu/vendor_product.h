// Matrix products on a device by cuBLASLt, for those who asked for it (set_device_products): it adds in an order of its
// own, so that results are not the host's to the bit.
#pragma once

#include "host/device/gpu.h"
#include "host/exec/routine.h"

namespace ingot::exec {

/// Whether cuBLASLt was asked for and is there, and takes the dtype and the strides of the call.
bool vendor_takes(const RoutineCall& call);

/// Begins the product; false where Ingot's kernels have to, since cuBLASLt does not take it or failed, which is logged.
/// DeviceError where the device was lost.
bool multiply_by_vendor(const RoutineCall& call, cuda::Gpu& gpu);

}  // namespace ingot::exec
