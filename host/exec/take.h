// What the host's and the device's forms of take share.
#pragma once

#include "host/exec/routine.h"

namespace ingot::exec {

/// The geometry of a call: slices of `width` elements of `element` bytes, `extent` of them in each of `batches`.
struct Taking {
  int axis;
  bool along;  // every element has an index
  std::int64_t parts, element, extent, batches = 1, width = 1;

  explicit Taking(const RoutineCall& call);
};

/// IndexError for the index at a position, `indices` being the values of all.
[[noreturn]] void fail_outside(const RoutineCall& call, std::int64_t position, const std::byte* indices);

}  // namespace ingot::exec
