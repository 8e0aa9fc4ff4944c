#pragma once

#include "ingot/creation.hpp"
#include "ingot/device.hpp"

// Ingot beside other users of a CUDA device. Streams are cudaStream_t or CUstream, of the context that the CUDA runtime
// uses (the device's primary one); null is its default stream. Device addresses are plain pointers. Every function here
// throws DeviceError if the device is not available, and ValueError for the cpu.
namespace ingot {

/// Orders Ingot's work on a device with that of a stream, without a wait on the host. What Ingot begins there during
/// the object's life, in any thread, comes after the work that the stream had before; work that the stream is given
/// after the object's life comes after Ingot's. Around a call from another library, or from a handler that was given a
/// stream:
///     StreamScope scope(Device::cuda(), stream);
///     eval_into(...)
/// eval() and its like still return when the values are there. DeviceError if it is no stream of the device.
class INGOT_API StreamScope {
 public:
  StreamScope(Device device, void* stream, Location where = Location::current());
  ~StreamScope();
  StreamScope(const StreamScope&) = delete;
  StreamScope& operator=(const StreamScope&) = delete;

 private:
  Device device_;
  void* stream_;
};

namespace detail {
INGOT_API Array borrow_from_device(DType dtype, const void* data, const Shape& shape, Device device, Owner owner,
                                   Location where);
INGOT_API const void* device_data(const Array& x, DType dtype, Device device, Location where);
}  // namespace detail

/// Borrows memory of a device, in C order, without a copy. As for from_host it must live, and must not be written,
/// while an array made from it lives: `owner` is kept until then. Values that a stream is still to write are waited for
/// by a StreamScope made after that work was given to the stream. ValueError for null or unaligned data.
template <Element E>
Array from_device(const E* data, const Shape& shape, Device device, Owner owner = {},
                  Location where = Location::current()) {
  return detail::borrow_from_device(dtype_of<E>(), data, shape, device, std::move(owner), where);
}

/// The values in C order in the memory of a device, computed and copied there if they are not; E must be the dtype's
/// C++ type (TypeError). Good as long as the array, or a copy of it, lives; it then stays there whatever the budget.
/// Null for an array without elements.
template <Element E>
const E* device_data(const Array& x, Device device, Location where = Location::current()) {
  return static_cast<const E*>(detail::device_data(x, dtype_of<E>(), device, where));
}
template <Element E>
const E* device_data(Array&&, Device, Location = Location::current()) = delete;  // it would outlive its array

}  // namespace ingot
