// From a plan to launches that lack nothing but addresses and the values of parameters: what depends on structure
// alone is found once per plan, not once per evaluation.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "host/exec/launch.h"
#include "host/exec/rows.h"
#include "host/plan/plan.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

/// An array that launches and calls read or write: values that exist, a root, or a temporary.
struct Value {
  int item = 0;         // of the outline
  bool stored = false;  // exists before the evaluation
  DType dtype{};
  Shape shape;
  std::size_t bytes = 0;
};

struct Traffic {
  std::int64_t read = 0, written = 0;
};

struct Prepared {
  plan::Plan plan;
  std::vector<Value> values;
  std::vector<Bound> launches;               // parallel to plan.launches
  std::vector<BoundCall> calls;              // parallel to plan.calls
  std::vector<std::vector<int>> last_reads;  // per step: temporaries that no later one reads
  std::vector<RowBlocks> regions;            // parallel to plan.regions
  std::vector<int> roots;                    // as values
  Traffic on_host, on_device;                // a device runs the launches of a region one after another
  std::int64_t work = 0;
  bool serial = false;  // one thread runs all of it
};

std::unique_ptr<Prepared> prepare(const plan::Snapshot& snapshot, plan::Plan plan);

}  // namespace ingot::exec
