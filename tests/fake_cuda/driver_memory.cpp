// The driver's functions for memory and copies.
#include <cstring>
#include <vector>

#include "api.h"

using namespace fake_cuda;

namespace {

// Looked for when the copy is done, too: another thread may have freed the memory, which a device would not survive.
char* find(std::uint64_t address, std::size_t bytes) {
  Device* const owner = state().owner(address);
  return owner != nullptr ? owner->memory.find(address, bytes) : nullptr;
}

Result lost(std::uint64_t address) {
  std::fprintf(stderr, "fake_cuda: the memory at 0x%llx was freed before what was to use it was done\n",
               static_cast<unsigned long long>(address));
  return Result::IllegalAddress;
}

Result copy(void* to, const void* from, std::size_t bytes, std::uint64_t FakeCudaBooks::* counted) {
  std::memcpy(to, from, bytes);
  book(counted, bytes);
  return Result::Success;
}

}  // namespace

FAKE_CUDA_API int cuMemGetInfo_v2(std::size_t* available, std::size_t* total) {
  return api_in_context("cuMemGetInfo_v2", [&](Device& device) {
    if (available == nullptr || total == nullptr) return Result::InvalidValue;
    *available = device.memory.available();
    *total = device.memory.total();
    return Result::Success;
  });
}

FAKE_CUDA_API int cuMemAlloc_v2(std::uint64_t* address, std::size_t bytes) {
  return api_in_context("cuMemAlloc_v2", [&](Device& device) {
    if (address == nullptr || bytes == 0) return Result::InvalidValue;
    const Result result = device.memory.allocate(address, bytes);
    if (result != Result::Success) return result;
    book(&FakeCudaBooks::allocations);
    book_live(&FakeCudaBooks::allocations_live, 1);
    book_live(&FakeCudaBooks::bytes_live, static_cast<std::int64_t>(bytes));
    return result;
  });
}

FAKE_CUDA_API int cuMemFree_v2(std::uint64_t address) {
  return api_in_context("cuMemFree_v2", [&](Device&) {
    if (address == 0) return Result::Success;
    Device* const owner = state().owner(address);
    if (owner == nullptr) return Result::InvalidValue;
    owner->drain();
    std::size_t bytes = 0;
    const Result result = owner->memory.free(address, &bytes);
    if (result != Result::Success) return result;
    book(&FakeCudaBooks::frees);
    book_live(&FakeCudaBooks::allocations_live, -1);
    book_live(&FakeCudaBooks::bytes_live, -static_cast<std::int64_t>(bytes));
    return result;
  });
}

FAKE_CUDA_API int cuMemsetD8Async(std::uint64_t to, unsigned char value, std::size_t bytes, void* stream) {
  return api_in_context("cuMemsetD8Async", [&](Device& device) {
    const auto in = stream_of(device, stream);
    if (in == nullptr) return Result::InvalidHandle;
    if (bytes == 0) return Result::Success;
    if (find(to, bytes) == nullptr) return Result::InvalidValue;
    device.push(*in, [=] {
      char* const at = find(to, bytes);
      if (at == nullptr) return lost(to);
      std::memset(at, value, bytes);
      book(&FakeCudaBooks::bytes_set, bytes);
      return Result::Success;
    });
    return Result::Success;
  });
}

FAKE_CUDA_API int cuMemcpyHtoDAsync_v2(std::uint64_t to, const void* from, std::size_t bytes, void* stream) {
  return api_in_context("cuMemcpyHtoDAsync_v2", [&](Device& device) {
    const auto in = stream_of(device, stream);
    if (in == nullptr) return Result::InvalidHandle;
    if (bytes == 0) return Result::Success;
    if (from == nullptr || find(to, bytes) == nullptr) return Result::InvalidValue;
    // Pageable memory is the caller's again when the call returns.
    std::vector<char> snapshot;
    const bool pinned = state().pinned.contains(from, bytes);
    if (!pinned) snapshot.assign(static_cast<const char*>(from), static_cast<const char*>(from) + bytes);
    device.push(*in, [=, snapshot = std::move(snapshot)] {
      char* const at = find(to, bytes);
      return at != nullptr ? copy(at, pinned ? from : snapshot.data(), bytes, &FakeCudaBooks::bytes_in) : lost(to);
    });
    return Result::Success;
  });
}

FAKE_CUDA_API int cuMemcpyDtoHAsync_v2(void* to, std::uint64_t from, std::size_t bytes, void* stream) {
  return api_in_context("cuMemcpyDtoHAsync_v2", [&](Device& device) {
    const auto in = stream_of(device, stream);
    if (in == nullptr) return Result::InvalidHandle;
    if (bytes == 0) return Result::Success;
    if (to == nullptr || find(from, bytes) == nullptr) return Result::InvalidValue;
    const MarkPtr mark = device.push(*in, [=] {
      const char* const at = find(from, bytes);
      return at != nullptr ? copy(to, at, bytes, &FakeCudaBooks::bytes_out) : lost(from);
    });
    if (state().pinned.contains(to, bytes)) return Result::Success;
    mark->wait();
    return device.sticky.load();
  });
}

FAKE_CUDA_API int cuMemcpyDtoDAsync_v2(std::uint64_t to, std::uint64_t from, std::size_t bytes, void* stream) {
  return api_in_context("cuMemcpyDtoDAsync_v2", [&](Device& device) {
    const auto in = stream_of(device, stream);
    if (in == nullptr) return Result::InvalidHandle;
    if (bytes == 0) return Result::Success;
    if (find(to, bytes) == nullptr || find(from, bytes) == nullptr) return Result::InvalidValue;
    device.push(*in, [=] {
      char* const at = find(to, bytes);
      const char* const source = find(from, bytes);
      if (at == nullptr || source == nullptr) return lost(at == nullptr ? to : from);
      return copy(at, source, bytes, &FakeCudaBooks::bytes_within);
    });
    return Result::Success;
  });
}

FAKE_CUDA_API int cuMemHostAlloc(void** at, std::size_t bytes, unsigned flags) {
  return api_in_context("cuMemHostAlloc", [&](Device&) {
    constexpr unsigned known = 1 | 2 | 4;  // portable, mapped, write-combined
    if (at == nullptr || bytes == 0 || (flags & ~known) != 0) return Result::InvalidValue;
    *at = state().pinned.allocate(bytes);
    return *at != nullptr ? Result::Success : Result::OutOfMemory;
  });
}

FAKE_CUDA_API int cuMemFreeHost(void* at) {
  return api_in_context("cuMemFreeHost", [&](Device&) {
    state().drain();
    return at == nullptr || state().pinned.free(at) ? Result::Success : Result::InvalidValue;
  });
}
