#include "ingot/info.hpp"

#include <vector>

#include "host/api/record.h"
#include "host/base/config.h"
#include "host/device/host_memory.h"
#include "host/device/traffic.h"
#include "host/exec/evaluate.h"
#include "host/exec/stats.h"
#include "host/jit/kernels.h"
#include "ingot/config.hpp"

namespace ingot {

Stats stats() {
  const exec::Counters run = exec::counted();
  const jit::Counters& code = jit::counters();
  Stats s;
  s.launches = run.launches;
  s.interpreted = run.interpreted;
  s.calls = run.calls;
  s.compiles = code.compiles;
  s.cache_hits = code.cache_hits;
  s.bytes_read = run.bytes_read;
  s.bytes_written = run.bytes_written;
  s.bytes_to_device = device::traffic().to_device;
  s.bytes_to_host = device::traffic().to_host;
  s.peak_bytes = device::peak_bytes();
  return s;
}

void reset_stats() {
  exec::reset_counters();
  jit::Counters& code = jit::counters();
  device::Traffic& copied = device::traffic();
  for (std::atomic<std::int64_t>* counter : {&code.compiles, &code.cache_hits, &copied.to_device, &copied.to_host})
    *counter = 0;
  device::reset_peak();
}

std::string explain(std::span<const Array> arrays, bool code, Location where) {
  std::vector<graph::Node*> nodes;
  for (const Array& array : arrays) nodes.push_back(api::node_of(array, where));
  return exec::explain(nodes, code);
}

void set_num_threads(int count, Location where) {
  if (count < 1) fail<ValueError>(where, "set_num_threads: ", count, " threads given; expected at least 1");
  config().threads = count;
}

int num_threads() { return config().forked ? 1 : config().threads.load(); }

void set_device_products(Products who) { config().device_products = who; }
Products device_products() { return config().device_products; }

void set_tf32(bool allowed) { config().tf32 = allowed; }
bool tf32() { return config().tf32; }

}  // namespace ingot
