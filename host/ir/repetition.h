// Repetition in a region's code: a loop that recorded the same steps again and again leaves them behind unrolled.
#pragma once

#include <vector>

#include "host/ir/kernel.h"

namespace ingot::ir {

/// `times` groups of `period` instructions, from `first` on, that do the same. What a group reads lies in itself, or in
/// the group before it, or before all groups and is then the same for all.
struct Repetition {
  int first = 0, period = 0, times = 0;

  bool empty() const { return times == 0; }
  int end() const { return first + period * times; }
  int last() const { return end() - period; }  // where the last group starts
  /// Whether a group takes argument k of instruction i, one of the first group, from the group before it. What the
  /// first group has in its place is the argument; what the next one has is `period` further on.
  bool carries(const Region& region, int i, int k) const {
    const int argument = region.code[i].args[k];
    return argument < first && region.code[i + period].args[k] != argument;
  }
};

/// The repetition that covers most, of at least three groups; nothing but the last of them is read from outside. Groups
/// at the start of a longer one that others read, or that begin differently, are left out.
/// Instructions alike have the same label; `results` are values that are wanted besides the region's stores.
Repetition find_repetition(const Region& region, const std::vector<int>& labels, const std::vector<int>& results);

}  // namespace ingot::ir
