#include "host/device/staging.h"

#include <algorithm>
#include <cstring>

#include "host/base/config.h"
#include "host/base/team.h"
#include "host/device/gpu.h"

namespace ingot::cuda {
namespace {

constexpr unsigned kNoTiming = 2;  // CU_EVENT_DISABLE_TIMING

// By several cores: one is expected to be slower than the link to the device.
void copy_bytes(std::byte* to, const std::byte* from, std::size_t bytes) {
  constexpr std::size_t kPart = std::size_t{512} << 10;
  const auto parts = static_cast<std::ptrdiff_t>((bytes + kPart - 1) / kPart);
  const int threads = config().forked ? 1 : config().threads.load();
  if (parts <= 1 || threads <= 1) {
    std::memcpy(to, from, bytes);
    return;
  }
  with_team([&] {
#pragma omp parallel for num_threads(threads)
    for (std::ptrdiff_t i = 0; i < parts; ++i) {
      const std::size_t begin = static_cast<std::size_t>(i) * kPart;
      std::memcpy(to + begin, from + begin, std::min(kPart, bytes - begin));
    }
  });
}

}  // namespace

Staging::Staging(Gpu& gpu) : gpu_(gpu) {
  for (Slot& slot : slots_) {
    gpu_.call(&Driver::host_allocate, "cuMemHostAlloc", slot.memory.out(), kSlotBytes, 0U);
    gpu_.call(&Driver::event_create, "cuEventCreate", slot.done.out(), kNoTiming);
  }
}

void Staging::copy_in(Address to, const std::byte* from, std::size_t bytes, Stream stream) {
  for (std::size_t at = 0; at < bytes; at += kSlotBytes) {
    Slot& slot = slots_[next_++ % slots_.size()];
    const std::size_t n = std::min(kSlotBytes, bytes - at);
    gpu_.call(&Driver::event_synchronize, "cuEventSynchronize", slot.done.get());
    copy_bytes(slot.bytes(), from + at, n);
    gpu_.call(&Driver::copy_in, "cuMemcpyHtoDAsync", to + at, static_cast<const void*>(slot.bytes()), n, stream);
    gpu_.call(&Driver::event_record, "cuEventRecord", slot.done.get(), stream);
  }
}

void Staging::copy_out(std::byte* to, Address from, std::size_t bytes, Stream stream) {
  const std::size_t pieces = (bytes + kSlotBytes - 1) / kSlotBytes, ahead = slots_.size() - 1;
  const std::size_t first = next_;
  const auto length = [&](std::size_t piece) { return std::min(kSlotBytes, bytes - piece * kSlotBytes); };
  for (std::size_t i = 0; i < pieces + ahead; ++i) {
    if (i < pieces) {
      Slot& slot = slots_[(first + i) % slots_.size()];
      gpu_.call(&Driver::event_synchronize, "cuEventSynchronize", slot.done.get());
      gpu_.call(&Driver::copy_out, "cuMemcpyDtoHAsync", static_cast<void*>(slot.bytes()), from + i * kSlotBytes,
                length(i), stream);
      gpu_.call(&Driver::event_record, "cuEventRecord", slot.done.get(), stream);
    }
    if (i < ahead) continue;
    const std::size_t piece = i - ahead;
    Slot& slot = slots_[(first + piece) % slots_.size()];
    gpu_.call(&Driver::event_synchronize, "cuEventSynchronize", slot.done.get());
    copy_bytes(to + piece * kSlotBytes, slot.bytes(), length(piece));
  }
  next_ = first + pieces;
}

}  // namespace ingot::cuda
