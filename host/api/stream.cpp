#include "ingot/stream.hpp"

#include "host/api/record.h"
#include "host/base/log.h"
#include "host/exec/evaluate.h"
#include "host/exec/gpu.h"

namespace ingot {
namespace {

void require_cuda(const char* op, Device device, const Location& where) {
  if (device.is_cpu()) fail<ValueError>(where, op, ": the cpu was given; expected a CUDA device");
  exec::require_gpu(device.index(), where);
}

}  // namespace

StreamScope::StreamScope(Device device, void* stream, Location where) : device_(device), stream_(stream) {
  require_cuda("StreamScope", device, where);
  exec::come_after(device.index(), stream);
}

// A stream that cannot wait is on a device that is lost, where no work comes after any.
StreamScope::~StreamScope() {
  try {
    exec::come_before(device_.index(), stream_);
  } catch (const Error& error) {
    log(Log::Warn, error.what());
  }
}

Array detail::borrow_from_device(DType dtype, const void* data, const Shape& shape, Device device, Owner owner,
                                 Location where) {
  require_cuda("from_device", device, where);
  api::require_shape("from_device", shape, where);
  if (shape.numel() == 0) return zeros(shape, dtype, where);
  if (data == nullptr)
    fail<ValueError>(where, "from_device: data is null, and shape ", shape, " has ", shape.numel(), " elements");
  const std::size_t size = itemsize(dtype);
  if (reinterpret_cast<std::uintptr_t>(data) % size != 0)
    fail<ValueError>(where, "from_device: data is not aligned to the ", size, " bytes of a ", dtype);
  StorageRef storage =
      exec::borrow_from_gpu(exec::gpu(device.index()), data, static_cast<std::size_t>(shape.numel()) * size,
                            std::make_shared<Owner>(std::move(owner)));
  return api::wrap(graph::buffer(dtype, shape, std::move(storage)));
}

const void* detail::device_data(const Array& x, DType dtype, Device device, Location where) {
  graph::Node* const node = api::node_of(x, where);
  require_cuda("device_data", device, where);
  if (node->dtype != dtype)
    fail<TypeError>(where, "device_data: the array is ", node->dtype, ", and its values were asked for as ", dtype,
                    "; ask for ", node->dtype, ", or convert with astype");
  return node->numel() != 0 ? exec::device_address(node, device.index()) : nullptr;
}

}  // namespace ingot
