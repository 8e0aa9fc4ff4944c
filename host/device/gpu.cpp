#include "host/device/gpu.h"

#include <algorithm>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/base/log.h"
#include "host/device/size_class.h"
#include "host/device/traffic.h"

namespace ingot::cuda {
namespace {

constexpr unsigned kNonBlocking = 1;  // CU_STREAM_NON_BLOCKING
constexpr unsigned kNoTiming = 2;     // CU_EVENT_DISABLE_TIMING

constexpr std::size_t kSmallestBlock = 512;

// Smaller copies go through the driver's own staging.
constexpr std::size_t kStaged = std::size_t{256} << 10;

int attribute(Attribute which, int ordinal) {
  int value = 0;
  call(&Driver::device_attribute, "cuDeviceGetAttribute", &value, which, ordinal);
  return value;
}

struct Devices {
  std::mutex mutex;
  std::vector<std::unique_ptr<Gpu>> list;
};

// Never destroyed: arrays in static storage may outlive any other static object, and the driver ends with the process.
Devices& devices() {
  static auto* const instance = new Devices;
  return *instance;
}

}  // namespace

void Block::release() noexcept {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  gpu_.put(address_, bytes_);
  delete this;
}

int Gpu::count() {
  static const int number = [] {
    int found = 0;
    if (const Driver* d = driver()) d->device_count(&found);
    return found;
  }();
  return number;
}

Gpu& Gpu::get(int ordinal) {
  std::string reason;
  if (driver(&reason) == nullptr) throw DeviceError(text("cuda(", ordinal, ") cannot be used: ", reason));
  if (ordinal < 0 || ordinal >= count())
    throw DeviceError(
        text("there is no cuda(", ordinal, "); the driver has ", count(), count() == 1 ? " device" : " devices"));
  Devices& all = devices();
  const std::scoped_lock guard(all.mutex);
  all.list.resize(static_cast<std::size_t>(count()));
  std::unique_ptr<Gpu>& gpu = all.list[static_cast<std::size_t>(ordinal)];
  if (!gpu) gpu.reset(new Gpu(ordinal));
  return *gpu;
}

Gpu::Gpu(int ordinal) : ordinal_(ordinal) {
  char name[256] = {};
  call(&Driver::device_name, "cuDeviceGetName", name, int{sizeof name}, ordinal);
  properties_.name = name;
  properties_.capability =
      10 * attribute(Attribute::CapabilityMajor, ordinal) + attribute(Attribute::CapabilityMinor, ordinal);
  properties_.multiprocessors = attribute(Attribute::Multiprocessors, ordinal);
  const double transfers = 2e3 * attribute(Attribute::MemoryClockRate, ordinal);  // a second, on each line of the bus
  properties_.bandwidth = transfers * attribute(Attribute::MemoryBusWidth, ordinal) / 8 / 1e9;
  call(&Driver::device_memory, "cuDeviceTotalMem", &properties_.memory, ordinal);

  call(&Driver::context_retain, "cuDevicePrimaryCtxRetain", &context_, ordinal);
  use();
  for (Stream* stream : {&compute_, &in_, &out_}) call(&Driver::stream_create, "cuStreamCreate", stream, kNonBlocking);
  for (Event* event : {&computed_, &copied_}) call(&Driver::event_create, "cuEventCreate", event, kNoTiming);
  log(Log::Info, "cuda(", ordinal, ") is ", properties_.name, ", ", properties_.multiprocessors, " multiprocessors, ",
      properties_.bandwidth, " GB/s");
}

void Gpu::use() const { call(&Driver::context_set, "cuCtxSetCurrent", context_); }

Address Gpu::take(std::size_t bytes) {
  {
    const std::scoped_lock guard(mutex_);
    for (std::size_t i = cached_.size(); i-- > 0;) {
      if (cached_[i].bytes != bytes) continue;
      const Address address = cached_[i].address;
      cached_.erase(cached_.begin() + static_cast<std::ptrdiff_t>(i));
      return address;
    }
  }
  Address address = 0;
  const Result result = driver()->allocate(&address, bytes);
  if (result == Result::OutOfMemory) return 0;
  check(result, "cuMemAlloc");
  return address;
}

BlockRef Gpu::allocate(std::size_t bytes) {
  const std::size_t size = device::size_class(bytes, kSmallestBlock);
  if (size < bytes) return {};
  use();
  Address address = take(size);
  if (address == 0) {
    release_cached();
    address = take(size);
  }
  return address != 0 ? BlockRef::adopt(new Block(*this, address, size)) : BlockRef();
}

void Gpu::put(Address address, std::size_t bytes) {
  if (config().forked) return;  // the memory is the parent's
  const std::scoped_lock guard(mutex_);
  cached_.push_back({address, bytes});
}

void Gpu::release_cached() {
  use();
  const std::scoped_lock guard(mutex_);
  for (const Cached& block : cached_) driver()->free(block.address);
  cached_.clear();
}

void Gpu::copy_in(Address to, const void* from, std::size_t bytes) {
  use();
  device::traffic().to_device += static_cast<std::int64_t>(bytes);
  if (bytes < kStaged) {
    call(&Driver::copy_in, "cuMemcpyHtoDAsync", to, from, bytes, compute_);
    return;
  }
  if (!staging_) staging_ = std::make_unique<Staging>();
  // The memory may have been another's, whom a kernel still reads.
  call(&Driver::event_record, "cuEventRecord", computed_, compute_);
  call(&Driver::stream_wait, "cuStreamWaitEvent", in_, computed_, 0U);
  staging_->copy_in(to, static_cast<const std::byte*>(from), bytes, in_);
  call(&Driver::event_record, "cuEventRecord", copied_, in_);
  call(&Driver::stream_wait, "cuStreamWaitEvent", compute_, copied_, 0U);
}

void Gpu::copy_out(void* to, Address from, std::size_t bytes) {
  use();
  device::traffic().to_host += static_cast<std::int64_t>(bytes);
  if (bytes < kStaged) {
    call(&Driver::copy_out, "cuMemcpyDtoHAsync", to, from, bytes, compute_);
    call(&Driver::stream_synchronize, "cuStreamSynchronize", compute_);
    return;
  }
  if (!staging_) staging_ = std::make_unique<Staging>();
  call(&Driver::event_record, "cuEventRecord", computed_, compute_);
  call(&Driver::stream_wait, "cuStreamWaitEvent", out_, computed_, 0U);
  staging_->copy_out(static_cast<std::byte*>(to), from, bytes, out_);
}

void Gpu::clear(Address at, std::size_t bytes) {
  use();
  call(&Driver::set_bytes, "cuMemsetD8Async", at, static_cast<unsigned char>(0), bytes, compute_);
}

Function Gpu::load(const std::string& cubin, const std::string& name) {
  use();
  Module module = nullptr;
  Function function = nullptr;
  call(&Driver::module_load, "cuModuleLoadData", &module, static_cast<const void*>(cubin.data()));
  call(&Driver::module_function, "cuModuleGetFunction", &function, module, name.c_str());
  return function;
}

void Gpu::launch(Function function, std::uint32_t blocks, std::uint32_t threads, void* parameter) {
  use();
  void* parameters[] = {parameter};
  call(&Driver::launch, "cuLaunchKernel", function, blocks, 1U, 1U, threads, 1U, 1U, 0U, compute_, parameters, nullptr);
}

void Gpu::synchronize() {
  use();
  call(&Driver::stream_synchronize, "cuStreamSynchronize", compute_);
}

}  // namespace ingot::cuda
