// One run of a plan.
#pragma once

#include <vector>

#include "host/base/storage.h"
#include "host/exec/gpu.h"
#include "host/exec/on_gpu/routine.h"
#include "host/exec/prepare.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

/// Writes the values of a Constant or Index, which have no storage.
void fill(const graph::Node* node, std::byte* out);

/// A run on the host or a device. A thread has one object, whose memory is reused.
class Execution {
 public:
  /// A run on the host. Outline and plan are used until finish().
  void start(const plan::Outline& outline, Prepared& prepared);

  /// Whether the run concerns this thread alone: neither the team of threads nor a device.
  bool is_alone() const;

  /// Chooses where the plan runs.
  void choose_place() {
    gpu_ = gpu_for([this] { return demand(); });
  }

  /// The device chosen; null for the host.
  cuda::Gpu* gpu() const { return gpu_; }
  /// Whether the device has the kernels; if not, they are being compiled, and the host runs the plan meanwhile.
  bool prepare_gpu() { return prepare_on_gpu(prepared_->launches, prepared_->calls, *gpu_, may_wait()); }
  /// Forgets what the device has done of the evaluation: the next run() is the host's.
  void leave_gpu();

  /// Whether the values were there before: another evaluation may have stored a root that was pending when it was
  /// chosen.
  bool exists(int value) const { return prepared_->values[static_cast<std::size_t>(value)].stored; }

  /// Puts a root's values into memory of the caller's choosing.
  void direct(int value, StorageRef storage) { storage_[static_cast<std::size_t>(value)] = std::move(storage); }
  void run();
  StorageRef take(int value) { return std::move(storage_[static_cast<std::size_t>(value)]); }
  /// Lets go of everything, also after an error.
  void finish() {
    storage_.clear();
    faults_.forget();
  }

 private:
  const graph::Node* node(int item) const { return outline_->nodes[static_cast<std::size_t>(item)]; }
  void run(Bound& launch);
  void run(BoundCall& bound);
  void bind(BoundCall& bound, cuda::Gpu* gpu);
  void run(RowBlocks& region);
  void release(std::size_t step);
  void generate(int value);
  void bind(Region& region, const Dims& extents, cuda::Gpu* gpu);
  bool may_wait() const;
  Demand demand() const;
  Storage& storage_of(int value) const;

  const plan::Outline* outline_ = nullptr;
  Prepared* prepared_ = nullptr;
  cuda::Gpu* gpu_ = nullptr;
  std::vector<StorageRef> storage_;  // of values that do not exist before
  Faults faults_;
};

}  // namespace ingot::exec
