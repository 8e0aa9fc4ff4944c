// Which nodes share a kernel.
//
// Some items are *cut*: their values are materialised. Every cut item starts as a group of its own, with everything
// between it and the cuts below; then groups are merged as long as that saves a pass over data or a launch.
#pragma once

#include <vector>

#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::plan {

inline constexpr int kMaxKernelOps = 256;  // instructions of one body: beyond, registers spill and compile time grows

/// One future kernel, or one call. Body outputs and reductions run over one linear space; epilogue outputs over the
/// kept part of it.
struct Group {
  std::vector<int> outputs;     // cut items computed by the body
  std::vector<int> reductions;  // cut items of kind Reduce, all with one domain
  std::vector<int> epilogue;    // cut items computed from the reductions
  int call = -1;                // an item of kind Call, alone
};

/// Groups in an order in which each one's inputs come before it. Items of `alone` share their kernel with no other cut
/// item.
std::vector<Group> fuse(const Snapshot& graph, const std::vector<bool>& cut, const std::vector<bool>& alone);

/// What a call reads as its input `item`: through a view, if the routine takes strides, or if the view is a piece of
/// stored values as they lie in memory.
Binding call_input(const Snapshot& graph, const Item& call, int item);

/// The items that must be cut before anything is known of maps: roots, reductions, calls and what these read, and links
/// of chains too long for a kernel.
std::vector<bool> first_cuts(const Snapshot& graph);

/// Time of computing an item from leaves and cut items, once, in additions per element.
std::vector<int> costs(const Snapshot& graph, const std::vector<bool>& cut);

}  // namespace ingot::plan
