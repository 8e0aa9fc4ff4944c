#include "host/device/staging.h"

#include <algorithm>
#include <cstring>

#include "host/base/config.h"

namespace ingot::cuda {
namespace {

constexpr unsigned kNoTiming = 2;  // CU_EVENT_DISABLE_TIMING

// By several cores: one is expected to be slower than the link to the device.
void copy_bytes(std::byte* to, const std::byte* from, std::size_t bytes) {
  constexpr std::size_t kPart = std::size_t{512} << 10;
  const auto parts = static_cast<std::ptrdiff_t>((bytes + kPart - 1) / kPart);
  const int threads = config().forked ? 1 : config().threads.load();
#pragma omp parallel for num_threads(threads) if (parts > 1)
  for (std::ptrdiff_t i = 0; i < parts; ++i) {
    const std::size_t begin = static_cast<std::size_t>(i) * kPart;
    std::memcpy(to + begin, from + begin, std::min(kPart, bytes - begin));
  }
}

}  // namespace

Staging::Staging() {
  for (Slot& slot : slots_) {
    void* memory = nullptr;
    call(&Driver::host_allocate, "cuMemHostAlloc", &memory, kSlotBytes, 0U);
    slot.memory = static_cast<std::byte*>(memory);
    call(&Driver::event_create, "cuEventCreate", &slot.done, kNoTiming);
  }
}

void Staging::copy_in(Address to, const std::byte* from, std::size_t bytes, Stream stream) {
  for (std::size_t at = 0; at < bytes; at += kSlotBytes) {
    Slot& slot = slots_[next_++ % slots_.size()];
    const std::size_t n = std::min(kSlotBytes, bytes - at);
    call(&Driver::event_synchronize, "cuEventSynchronize", slot.done);
    copy_bytes(slot.memory, from + at, n);
    call(&Driver::copy_in, "cuMemcpyHtoDAsync", to + at, static_cast<const void*>(slot.memory), n, stream);
    call(&Driver::event_record, "cuEventRecord", slot.done, stream);
  }
}

void Staging::copy_out(std::byte* to, Address from, std::size_t bytes, Stream stream) {
  const std::size_t pieces = (bytes + kSlotBytes - 1) / kSlotBytes, ahead = slots_.size() - 1;
  const std::size_t first = next_;
  const auto length = [&](std::size_t piece) { return std::min(kSlotBytes, bytes - piece * kSlotBytes); };
  for (std::size_t i = 0; i < pieces + ahead; ++i) {
    if (i < pieces) {
      Slot& slot = slots_[(first + i) % slots_.size()];
      call(&Driver::event_synchronize, "cuEventSynchronize", slot.done);
      call(&Driver::copy_out, "cuMemcpyDtoHAsync", static_cast<void*>(slot.memory), from + i * kSlotBytes, length(i),
           stream);
      call(&Driver::event_record, "cuEventRecord", slot.done, stream);
    }
    if (i < ahead) continue;
    const std::size_t piece = i - ahead;
    Slot& slot = slots_[(first + piece) % slots_.size()];
    call(&Driver::event_synchronize, "cuEventSynchronize", slot.done);
    copy_bytes(to + piece * kSlotBytes, slot.memory, length(piece));
  }
  next_ = first + pieces;
}

}  // namespace ingot::cuda
