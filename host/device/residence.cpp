#include "host/device/residence.h"

#include <memory>

#include "host/device/host_memory.h"

namespace ingot::cuda {
namespace {

class OnGpu : public DeviceCopy {
 public:
  explicit OnGpu(BlockRef block) : block_(std::move(block)) {}
  const Block& block() const { return *block_; }

  StorageRef to_host(std::size_t bytes) override {
    StorageRef host = device::allocate(bytes, [] { return std::string("values that a device computed"); });
    if (bytes != 0) block_->gpu().copy_out(host->data(), block_->address(), bytes);
    return host;
  }

 private:
  BlockRef block_;
};

}  // namespace

Gpu* gpu_of(const Storage& storage) {
  const auto* const copy = static_cast<const OnGpu*>(storage.device_copy());
  return copy != nullptr ? &copy->block().gpu() : nullptr;
}

Address on_device(Storage& storage, Gpu& gpu) {
  if (auto* const copy = static_cast<OnGpu*>(storage.device_copy()))
    if (&copy->block().gpu() == &gpu) return copy->block().address();
  BlockRef block = gpu.allocate(storage.bytes());
  if (!block) return 0;
  gpu.copy_in(block->address(), storage.data(), storage.bytes());
  const Address address = block->address();
  storage.set_device_copy(std::make_unique<OnGpu>(std::move(block)));
  return address;
}

StorageRef allocate_on(Gpu& gpu, std::size_t bytes) {
  BlockRef block = gpu.allocate(bytes);
  if (!block) return {};
  return StorageRef::adopt(new Storage(std::make_unique<OnGpu>(std::move(block)), bytes));
}

}  // namespace ingot::cuda
