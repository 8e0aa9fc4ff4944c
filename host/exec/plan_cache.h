// Plans by the structure of the graph they compute. Each thread has those that it used last to itself; behind them is a
// table for all threads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>

#include "host/exec/prepare.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

struct PlanSlot;  // where a thread keeps a plan

/// A plan, to be written into by one evaluation until the lease ends.
class Lease {
 public:
  Lease(PlanSlot& slot, std::unique_ptr<Prepared> plan) noexcept;
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  Prepared& operator*() const noexcept { return *plan_; }
  Prepared* operator->() const noexcept { return plan_.get(); }

 private:
  PlanSlot& slot_;
  const std::uint64_t hash_;
  std::unique_ptr<Prepared> plan_;
};

/// A plan for the graph of the roots, which `outline` describes: kept from an earlier evaluation of a graph of equal
/// structure, or planned now. In the latter case the outline is made again, since the graph may have lost nodes to
/// evaluations meanwhile.
Lease lease(std::span<graph::Node* const> roots, plan::Outline& outline);

/// Forgets the plans of the calling thread and those that no thread has. For tests, which change what plans depend on.
void forget_plans();

/// Held around a fork, so that the child finds it free.
std::mutex& plans_lock();

}  // namespace ingot::exec
