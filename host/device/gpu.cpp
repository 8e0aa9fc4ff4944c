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

struct Devices {
  std::mutex mutex;
  std::vector<std::unique_ptr<Gpu>> list;
  std::vector<char> failed;  // could not be set up when last asked for
};

// Never destroyed: arrays in static storage may outlive any other static object, and the driver ends with the process.
Devices& devices() {
  static auto* const instance = [] {
    auto* made = new Devices;
    made->list.resize(static_cast<std::size_t>(device_count()));
    made->failed.resize(made->list.size());
    return made;
  }();
  return *instance;
}

// The context that the thread had before a Gpu was used.
struct CallersContext {
  Context context = nullptr;
  bool is_set_aside = false;
};
thread_local CallersContext callers;

[[noreturn]] void fail_in_child(int ordinal) {
  throw DeviceError(text("cuda(", ordinal,
                         ") cannot be used in a child after fork: a driver works in the process that opened it only; "
                         "start a new process, or compute on the cpu"));
}

}  // namespace

void give_back_context() noexcept {
  if (!callers.is_set_aside) return;
  callers.is_set_aside = false;
  driver()->context_set(callers.context);
}

void Block::release() noexcept {
  if (refs_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  if (!owner_) gpu_.put(address_, bytes_);
  delete this;
}

Gpu& Gpu::get(int ordinal) {
  if (config().forked) fail_in_child(ordinal);
  std::string reason;
  if (driver(&reason) == nullptr) throw DeviceError(text("cuda(", ordinal, ") cannot be used: ", reason));
  const int count = device_count();
  if (ordinal < 0 || ordinal >= count)
    throw DeviceError(
        text("there is no cuda(", ordinal, "); the driver has ", count, count == 1 ? " device" : " devices"));
  Devices& all = devices();
  const auto k = static_cast<std::size_t>(ordinal);
  const std::scoped_lock guard(all.mutex);
  if (!all.list[k]) {
    all.failed[k] = 1;
    all.list[k].reset(new Gpu(ordinal));
    all.failed[k] = 0;
  }
  if (all.list[k]->is_lost()) all.list[k]->fail_as_lost();
  return *all.list[k];
}

bool Gpu::is_usable(int ordinal) {
  if (ordinal < 0 || ordinal >= device_count() || config().forked) return false;
  Devices& all = devices();
  const auto k = static_cast<std::size_t>(ordinal);
  const std::scoped_lock guard(all.mutex);
  return all.failed[k] == 0 && (!all.list[k] || !all.list[k]->is_lost());
}

Gpu::Gpu(int ordinal) : ordinal_(ordinal), context_{ordinal}, budget_(config().device_memory) {
  char name[256] = {};
  call(&Driver::device_name, "cuDeviceGetName", name, int{sizeof name}, ordinal);
  properties_.name = name;
  properties_.capability = 10 * attribute(Attribute::CapabilityMajor) + attribute(Attribute::CapabilityMinor);
  properties_.multiprocessors = attribute(Attribute::Multiprocessors);
  const double transfers = 2e3 * attribute(Attribute::MemoryClockRate);  // a second, on each line of the bus
  properties_.bandwidth = transfers * attribute(Attribute::MemoryBusWidth) / 8 / 1e9;
  call(&Driver::device_memory, "cuDeviceTotalMem", &properties_.memory, ordinal);

  call(&Driver::context_retain, "cuDevicePrimaryCtxRetain", &context_.context, ordinal);
  use();
  for (OwnedStream* stream : {&compute_, &in_, &out_})
    call(&Driver::stream_create, "cuStreamCreate", stream->out(), kNonBlocking);
  for (OwnedEvent* event : {&computed_, &copied_})
    call(&Driver::event_create, "cuEventCreate", event->out(), kNoTiming);
  log(Log::Info, "cuda(", ordinal, ") is ", properties_.name, ", ", properties_.multiprocessors, " multiprocessors, ",
      properties_.bandwidth, " GB/s");
}

int Gpu::attribute(Attribute which) {
  int value = 0;
  call(&Driver::device_attribute, "cuDeviceGetAttribute", &value, which, ordinal_);
  return value;
}

void Gpu::use() {
  if (config().forked) [[unlikely]]
    fail_in_child(ordinal_);
  if (is_lost()) [[unlikely]]
    fail_as_lost();
  if (!callers.is_set_aside) callers.is_set_aside = driver()->context_get(&callers.context) == Result::Success;
  call(&Driver::context_set, "cuCtxSetCurrent", context_.context);
}

void Gpu::fail(Result result, std::string_view name) {
  settle(result, name);
  if (is_lost()) fail_as_lost();
  const std::string failure = text("cuda(", ordinal_, "): ", name, " failed with ", describe(result));
  if (result == Result::OutOfMemory)
    throw MemoryError(text(failure, "; free arrays that are no longer needed, or compute on the host"));
  throw DeviceError(failure);
}

void Gpu::fail_as_lost() {
  throw DeviceError(text("cuda(", ordinal_, ") is lost to this process: ", why_lost_,
                         "; arrays that only it had are gone, others can be computed on the host: "
                         "set_default_device(Device::cpu())"));
}

// Nothing of what was begun may touch memory that is handed out again.
void Gpu::settle(Result failure, std::string_view name) {
  if (context_.context == nullptr) return;
  Result result = driver()->context_set(context_.context);
  for (const OwnedStream* stream : {&compute_, &in_, &out_})
    if (result == Result::Success && stream->get() != nullptr) result = driver()->stream_synchronize(stream->get());
  if (result == Result::Success) return;
  const std::scoped_lock guard(mutex_);
  if (is_lost()) return;
  why_lost_ = text(name, " failed with ", describe(failure));
  if (result != failure) why_lost_ += text(", and then its streams with ", describe(result));
  in_cache_ = 0;
  cached_.clear();
  lost_.store(true, std::memory_order_release);
  log(Log::Warn, "cuda(", ordinal_, ") is lost: ", why_lost_);
}

Address Gpu::take(std::size_t bytes) {
  const auto count = static_cast<std::int64_t>(bytes);
  {
    const std::scoped_lock guard(mutex_);
    if (budget_ >= 0 && in_use_ + in_cache_ > budget_) return 0;  // it was larger before
    for (std::size_t i = cached_.size(); i-- > 0;) {
      if (cached_[i].bytes != bytes) continue;
      const Address address = cached_[i].address;
      cached_.erase(cached_.begin() + static_cast<std::ptrdiff_t>(i));
      in_cache_ -= count;
      in_use_ += count;
      return address;
    }
    if (budget_ >= 0 && in_use_ + in_cache_ + count > budget_) return 0;
  }
  Address address = 0;
  const Result result = driver()->allocate(&address, bytes);
  if (result == Result::OutOfMemory) return 0;
  if (result != Result::Success) fail(result, "cuMemAlloc");
  const std::scoped_lock guard(mutex_);
  in_use_ += count;
  return address;
}

BlockRef Gpu::allocate(std::size_t bytes) {
  const std::size_t size = device::size_class(bytes, kSmallestBlock);
  if (size < bytes) return {};
  use();
  Address address = take(size);
  for (const std::size_t enough : {size, std::numeric_limits<std::size_t>::max()}) {
    if (address != 0) break;
    release_cached(enough);
    address = take(size);
  }
  return address != 0 ? BlockRef::adopt(new Block(*this, address, size)) : BlockRef();
}

void Gpu::put(Address address, std::size_t bytes) {
  if (config().forked) return;  // the memory is the parent's
  const std::scoped_lock guard(mutex_);
  in_use_ -= static_cast<std::int64_t>(bytes);
  if (is_lost()) return;
  try {
    cached_.push_back({address, bytes});
    in_cache_ += static_cast<std::int64_t>(bytes);
  } catch (const std::bad_alloc&) {  // the host has no room to remember it
    if (driver()->context_set(context_.context) == Result::Success) driver()->free(address);
  }
}

void Gpu::release_cached(std::size_t enough) {
  use();
  std::size_t released = 0;
  Result failure = Result::Success;
  std::unique_lock guard(mutex_);
  std::erase_if(cached_, [&](const Cached& block) {
    if (released >= enough || failure != Result::Success) return false;
    failure = driver()->free(block.address);
    if (failure != Result::Success) return false;
    in_cache_ -= static_cast<std::int64_t>(block.bytes);
    released += block.bytes;
    return true;
  });
  guard.unlock();
  if (failure == Result::Success) return;
  settle(failure, "cuMemFree");  // what was not freed stays cached, unless the device is lost
  if (is_lost()) fail_as_lost();
}

MemoryUse Gpu::memory_use() {
  MemoryUse use;
  std::size_t total = 0;
  if (!is_lost() && driver()->context_set(context_.context) == Result::Success)
    driver()->memory_info(&use.available, &total);
  const std::scoped_lock guard(mutex_);
  use.in_use = in_use_;
  use.cached = in_cache_;
  use.budget = budget_;
  return use;
}

void Gpu::set_budget(std::int64_t bytes) {
  const std::scoped_lock guard(mutex_);
  budget_ = bytes;
}

// Null where there is no pinned memory: the driver then copies through its own.
Staging* Gpu::staging() {
  if (staging_) return staging_.get();
  try {
    staging_ = std::make_unique<Staging>(*this);
  } catch (const Error& error) {
    if (is_lost()) throw;
    log(Log::Warn, error.what(), "; copies are slower without pinned memory");
  }
  return staging_.get();
}

void Gpu::copy_in(Address to, const void* from, std::size_t bytes) {
  use();
  if (bytes == 0) return;
  Staging* const staged = bytes < kStaged ? nullptr : staging();
  if (staged == nullptr) {
    call(&Driver::copy_in, "cuMemcpyHtoDAsync", to, from, bytes, compute_.get());
  } else {
    // The memory may have been another's, whom a kernel still reads.
    call(&Driver::event_record, "cuEventRecord", computed_.get(), compute_.get());
    call(&Driver::stream_wait, "cuStreamWaitEvent", in_.get(), computed_.get(), 0U);
    staged->copy_in(to, static_cast<const std::byte*>(from), bytes, in_.get());
    call(&Driver::event_record, "cuEventRecord", copied_.get(), in_.get());
    call(&Driver::stream_wait, "cuStreamWaitEvent", compute_.get(), copied_.get(), 0U);
  }
  device::traffic().to_device += static_cast<std::int64_t>(bytes);
}

void Gpu::copy_out(void* to, Address from, std::size_t bytes) {
  use();
  if (bytes == 0) return;
  Staging* const staged = bytes < kStaged ? nullptr : staging();
  if (staged == nullptr) {
    call(&Driver::copy_out, "cuMemcpyDtoHAsync", to, from, bytes, compute_.get());
    call(&Driver::stream_synchronize, "cuStreamSynchronize", compute_.get());
  } else {
    call(&Driver::event_record, "cuEventRecord", computed_.get(), compute_.get());
    call(&Driver::stream_wait, "cuStreamWaitEvent", out_.get(), computed_.get(), 0U);
    staged->copy_out(static_cast<std::byte*>(to), from, bytes, out_.get());
  }
  device::traffic().to_host += static_cast<std::int64_t>(bytes);
}

void Gpu::clear(Address at, std::size_t bytes) {
  use();
  call(&Driver::set_bytes, "cuMemsetD8Async", at, static_cast<unsigned char>(0), bytes, compute_.get());
}

Function Gpu::load(const std::string& cubin, const std::string& name) {
  use();
  Module module = nullptr;
  Function function = nullptr;
  call_with_room(&Driver::module_load, "cuModuleLoadData", &module, static_cast<const void*>(cubin.data()));
  const Result found = driver()->module_function(&function, module, name.c_str());
  if (found != Result::Success) {
    driver()->module_unload(module);
    fail(found, "cuModuleGetFunction");
  }
  return function;
}

void Gpu::launch(Function function, std::uint32_t blocks, std::uint32_t threads, void* parameter) {
  use();
  void* parameters[] = {parameter};
  call_with_room(&Driver::launch, "cuLaunchKernel", function, blocks, 1U, 1U, threads, 1U, 1U, 0U, compute_.get(),
                 parameters, nullptr);
}

void Gpu::come_after(Stream stream) {
  use();
  call(&Driver::event_record, "cuEventRecord", computed_.get(), stream);
  call(&Driver::stream_wait, "cuStreamWaitEvent", compute_.get(), computed_.get(), 0U);
}

void Gpu::come_before(Stream stream) {
  use();
  call(&Driver::event_record, "cuEventRecord", computed_.get(), compute_.get());
  call(&Driver::stream_wait, "cuStreamWaitEvent", stream, computed_.get(), 0U);
}

void Gpu::synchronize() {
  use();
  call(&Driver::stream_synchronize, "cuStreamSynchronize", compute_.get());
}

}  // namespace ingot::cuda
