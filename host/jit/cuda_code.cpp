#include "host/jit/cuda_code.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <unordered_map>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/base/log.h"
#include "host/jit/background.h"
#include "host/jit/disk_cache.h"
#include "host/jit/kernels.h"
#include "host/jit/nvrtc.h"

namespace ingot::jit {
namespace {

struct Table {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<CudaKernel>> kernels;
};

Table& table() {
  static Table* const instance = new Table;  // plans in static storage may outlive any other static object
  return *instance;
}

std::string key_of(const ir::Kernel& kernel, const cuda::Options& options, int capability) {
  std::string key = text(ir::print(kernel), "sm_", capability, options.wide ? " wide" : "",
                         options.schedule == cuda::Schedule::Warp ? " warp" : "", options.whole_units ? " whole" : "",
                         ' ', options.bytes_in_flight, ' ');
  for (const bool vector : options.vectors) key += vector ? 'v' : '-';
  if (options.tile_axis >= 0) key += text(" tiled ", options.tile_axis, ' ');
  for (const bool tiled : options.tiled) key += tiled ? 't' : '-';
  return key;
}

// The kernel of a key, made of the program that emit() gives if there is none.
template <class Emit>
std::shared_ptr<CudaKernel> known(std::string key, int capability, Emit&& emit) {
  Table& t = table();
  const std::scoped_lock guard(t.mutex);
  if (const auto found = t.kernels.find(key); found != t.kernels.end()) return found->second;
  return t.kernels.emplace(std::move(key), std::make_shared<CudaKernel>(emit(), capability)).first->second;
}

}  // namespace

const std::string& CudaKernel::code() const {
  static const std::string& none = *new std::string;
  return ready_.load(std::memory_order_acquire) ? code_ : none;
}

// The prelude is 155 KB, five times what else a file on disk has. Its digest outlives static objects that evaluate when
// the process ends.
std::string CudaKernel::key() const {
  static const std::string& prelude = *new std::string(digest(cuda::prelude()));
  return cache_key(text(prelude, program_.text), text("sm_", capability_), cuda::nvrtc_version());
}

bool CudaKernel::find_locked() {
  if (ready_) return true;
  if (std::exchange(sought_, true)) return false;
  std::optional<std::string> found = load_cached(key());
  if (!found) return false;
  ++counters().cache_hits;
  code_ = *std::move(found);
  ready_.store(true, std::memory_order_release);
  return true;
}

bool CudaKernel::find() {
  if (ready_.load(std::memory_order_acquire)) return true;
  const std::unique_lock guard(compiling_, std::try_to_lock);  // held: a thread compiles it
  return guard && find_locked();
}

void CudaKernel::compile() {
  const std::scoped_lock guard(compiling_);
  if (find_locked()) return;
  try {
    code_ = cuda::compile(program_, capability_);
  } catch (...) {
    failed_ = true;
    claimed_ = false;
    throw;
  }
  failed_ = false;
  ++counters().compiles;
  store_cached(key(), code_);
  ready_.store(true, std::memory_order_release);
}

std::shared_ptr<CudaKernel> cuda_kernel(const ir::Kernel& kernel, const cuda::Options& options, int capability) {
  return known(key_of(kernel, options, capability), capability, [&] { return cuda::emit(kernel, options); });
}

std::shared_ptr<CudaKernel> cuda_kernel(const cuda::RoutineKernel& kernel, int capability) {
  return known(text("sm_", capability, ' ', static_cast<int>(kernel.source), ' ', kernel.function), capability,
               [&] { return cuda::emit(kernel); });
}

void compile(std::span<const std::shared_ptr<CudaKernel>> kernels) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr first;
  const auto work = [&] {
    for (std::size_t k; (k = next++) < kernels.size();) {
      try {
        kernels[k]->compile();
      } catch (...) {
        const std::scoped_lock guard(mutex);
        if (!first) first = std::current_exception();
      }
    }
  };
  std::vector<std::thread> others;
  const std::size_t threads = std::min<std::size_t>(kernels.size(), static_cast<std::size_t>(config().threads.load()));
  try {
    while (others.size() + 1 < threads) others.emplace_back(work);
  } catch (const std::system_error&) {  // no more threads to be had: those that there are do it
  }
  work();
  for (std::thread& thread : others) thread.join();
  if (first) std::rethrow_exception(first);
}

void compile_later(std::vector<std::shared_ptr<CudaKernel>> kernels) {
  std::erase_if(kernels, [](const auto& kernel) { return !kernel->claim(); });
  if (kernels.empty()) return;
  stop_background_at_exit();
  in_background([kernels = std::move(kernels)] {
    cuda::nvrtc_version();
    stop_background_at_exit();  // what was opened later is closed earlier
    try {
      compile(kernels);
    } catch (const std::exception& error) {
      log(Log::Warn, "a kernel cannot be compiled in the background: ", error.what());
    }
  });
}

}  // namespace ingot::jit
