// What another library that works on the software GPU needs of libfake_cuda.so, which it is linked with: the calling
// thread's device, its memory and its streams.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace fake_cuda {

/// Books the call of a function, and gives the code of the failure that was ordered for it, or 0.
__attribute__((visibility("default"))) int book_call_of_library(const char* name);

/// The device whose context is current; -1 for none.
__attribute__((visibility("default"))) int current_device_number();

/// Whether all of the bytes lie in one allocation of that device.
__attribute__((visibility("default"))) bool is_allocated(int device, std::uint64_t address, std::size_t bytes);

/// Where work that runs on a stream finds them; null unless they are allocated then.
__attribute__((visibility("default"))) char* memory_at(int device, std::uint64_t address, std::size_t bytes);

/// Adds work to a stream of the current device, as a launch does; what it returns, other than 0, stays with the device.
/// Gives an error of the driver's, or 0.
__attribute__((visibility("default"))) int push_work(void* stream, std::function<int()> work);

}  // namespace fake_cuda
