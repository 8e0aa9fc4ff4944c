#include "library.h"

#include "api.h"

namespace fake_cuda {

int book_call_of_library(const char* name) {
  const Failure ordered = count_call(name);
  if (Device* const device = current_device(); ordered.lasting && device != nullptr)
    device->sticky = static_cast<Result>(ordered.code);
  return ordered.code;
}

int current_device_number() {
  const auto& devices = state().devices;
  for (std::size_t k = 0; k < devices.size(); ++k)
    if (devices[k].get() == current_device()) return static_cast<int>(k);
  return -1;
}

char* memory_at(int device, std::uint64_t address, std::size_t bytes) {
  const Device* const found = state().device(device);
  return found != nullptr ? found->memory.find(address, bytes) : nullptr;
}

bool is_allocated(int device, std::uint64_t address, std::size_t bytes) {
  return memory_at(device, address, bytes) != nullptr;
}

int push_work(void* stream, std::function<int()> work) {
  Device* const device = current_device();
  if (device == nullptr) return static_cast<int>(Result::InvalidContext);
  if (const Result sticky = device->sticky; sticky != Result::Success) return static_cast<int>(sticky);
  const auto to = stream_of(*device, stream);
  if (to == nullptr) return static_cast<int>(Result::InvalidHandle);
  device->push(*to, [work = std::move(work)] { return static_cast<Result>(work()); });
  return 0;
}

}  // namespace fake_cuda
