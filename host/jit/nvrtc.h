// NVRTC, opened when a CUDA program is first compiled: the file that INGOT_LIBNVRTC names, or the newest libnvrtc there
// is.
#pragma once

#include <string>

#include "host/emit/cuda/program.h"

namespace ingot::cuda {

/// "NVRTC 13.0", or empty where there is none; why, in `reason`.
std::string nvrtc_version(std::string* reason = nullptr);
/// Whether that is known without opening anything, which takes 20 ms.
bool nvrtc_is_open();

/// The machine code of a program for a compute capability (90 for 9.0); where NVRTC does not know it, PTX of the newest
/// one before it, which the driver then compiles. Thread-safe: NVRTC compiles several at once.
/// DeviceError with NVRTC's messages, or where there is no NVRTC.
std::string compile(const Program& program, int capability);

}  // namespace ingot::cuda
