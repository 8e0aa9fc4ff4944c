#include "ingot/device.hpp"

#include "host/api/record.h"
#include "host/base/config.h"
#include "host/exec/evaluate.h"
#include "host/exec/gpu.h"

namespace ingot {

std::string to_string(Device device) { return device.is_cpu() ? "cpu" : text("cuda(", device.index(), ")"); }

bool is_available(Device device) { return device.is_cpu() || exec::is_usable(device.index()); }

void set_default_device(Device device, Location where) {
  if (device.is_cuda()) exec::require_gpu(device.index(), where);
  config().device = device.index();
}

Device default_device() {
  const int device = config().device;
  const int used = device == kAutomatic ? exec::first_usable() : device;
  return used == kHost ? Device::cpu() : Device::cuda(used);
}

void set_memory_budget(Device device, std::int64_t bytes, Location where) {
  if (device.is_cpu()) fail<ValueError>(where, "set_memory_budget: the cpu has no budget; expected a CUDA device");
  exec::require_gpu(device.index(), where);
  exec::set_gpu_budget(device.index(), bytes);
}

Array to(const Array& x, Device device, Location where) {
  graph::Node* const node = api::node_of(x, where);
  if (device.is_cuda()) exec::require_gpu(device.index(), where);
  exec::move_to(node, device.index());
  return x;
}

}  // namespace ingot
