// How an exported function of the driver begins.
#pragma once

#include <cstdio>
#include <exception>
#include <new>

#include "calls.h"
#include "device.h"
#include "result.h"

#define FAKE_CUDA_API extern "C" __attribute__((visibility("default")))

namespace fake_cuda {

/// Books the call and runs `body`, unless the call is to fail. In the child of a fork nothing is booked: a thread that
/// is no more may hold the ledger.
template <class Body>
int api(const char* name, Body body) noexcept {
  try {
    if (!state().forked) {
      const Failure ordered = count_call(name);
      if (Device* const device = current_device(); ordered.lasting && device != nullptr)
        device->sticky = static_cast<Result>(ordered.code);
      if (ordered.code != 0) return ordered.code;
    }
    return static_cast<int>(body());
  } catch (const std::bad_alloc&) {
    return static_cast<int>(Result::OutOfMemory);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fake_cuda: %s: %s\n", name, error.what());
    return static_cast<int>(Result::OutOfMemory);
  }
}

/// The same for what needs cuInit.
template <class Body>
int api_after_init(const char* name, Body body) noexcept {
  return api(name, [&] { return !state().initialized || state().forked ? Result::NotInitialized : body(); });
}

/// The same for what needs a context. `body` gets the current device, which no error has stopped.
template <class Body>
int api_in_context(const char* name, Body body) noexcept {
  return api_after_init(name, [&] {
    Device* const device = current_device();
    if (device == nullptr) return Result::InvalidContext;
    const Result sticky = device->sticky;
    return sticky != Result::Success ? sticky : body(*device);
  });
}

/// The stream behind a handle: null, or 1, is the default stream of the current device. Null for a bad handle or one of
/// another device.
inline std::shared_ptr<StreamHandle> stream_of(Device& device, const void* handle) {
  if (reinterpret_cast<std::uintptr_t>(handle) <= 1) return device.default_stream();
  auto found = state().streams.find(handle);
  return found != nullptr && found->device == &device ? found : nullptr;
}

}  // namespace fake_cuda
