#include "host/jit/cuda_code.h"

#include <mutex>
#include <unordered_map>

#include "host/base/error.h"
#include "host/jit/disk_cache.h"
#include "host/jit/kernels.h"
#include "host/jit/nvrtc.h"

namespace ingot::jit {
namespace {

struct Table {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<const CudaCode>> codes;
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

std::string obtain(const cuda::Program& program, int capability) {
  const std::string key =
      cache_key(text(cuda::prelude(), program.text), text("sm_", capability), cuda::nvrtc_version());
  if (std::optional<std::string> cubin = load_cached(key)) {
    ++counters().cache_hits;
    return *std::move(cubin);
  }
  std::string cubin = cuda::compile(program, capability);
  ++counters().compiles;
  store_cached(key, cubin);
  return cubin;
}

}  // namespace

std::shared_ptr<const CudaCode> cuda_code(const ir::Kernel& kernel, const cuda::Options& options, int capability) {
  const std::string key = key_of(kernel, options, capability);
  Table& t = table();
  {
    const std::scoped_lock guard(t.mutex);
    if (const auto found = t.codes.find(key); found != t.codes.end()) return found->second;
  }
  auto code = std::make_shared<CudaCode>();
  code->program = cuda::emit(kernel, options);
  code->cubin = obtain(code->program, capability);
  const std::scoped_lock guard(t.mutex);
  return t.codes.emplace(key, std::move(code)).first->second;
}

}  // namespace ingot::jit
