// What a piece of work does on the software GPU: by Ingot's own counters, and by the books of the driver's stand-in.
#pragma once

#include <string>

#include "ingot/ingot.hpp"
#include "tests/fake_cuda/fake_cuda.h"

namespace ingot::tests {

struct Work {
  Stats stats;
  FakeCudaBooks books;

  double least_sectors() const { return static_cast<double>(books.sectors_least) / static_cast<double>(books.sectors); }
  double lanes() const { return static_cast<double>(books.lanes_active) / static_cast<double>(books.lane_slots); }
  std::uint64_t bank_conflicts() const { return books.wavefronts - books.wavefronts_least; }
};

/// For messages.
std::string to_string(const Work& work);

namespace detail {
void begin();
Work end();
}  // namespace detail

template <class F>
Work measured(F&& work) {
  detail::begin();
  work();
  return detail::end();
}

/// The values of numbers from 0 on, scaled to stay between 0 and 10, as an array whose values are on the device.
Array on_device(const Shape& shape, DType dtype = DType::Float64);

}  // namespace ingot::tests
