// Plans by the structure of the graph they compute.
#pragma once

#include <memory>
#include <span>

#include "host/exec/prepare.h"
#include "host/plan/snapshot.h"

namespace ingot::exec {

/// Prepared plans of one structure that nobody uses at the moment.
struct Shelf;

/// A plan, to be written into by one evaluation until the lease ends.
class Lease {
 public:
  Lease(std::shared_ptr<Shelf> shelf, std::unique_ptr<Prepared> plan) noexcept
      : shelf_(std::move(shelf)), plan_(std::move(plan)) {}
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

  Prepared& operator*() const noexcept { return *plan_; }
  Prepared* operator->() const noexcept { return plan_.get(); }

 private:
  std::shared_ptr<Shelf> shelf_;
  std::unique_ptr<Prepared> plan_;
};

/// A plan for the graph of the roots, which `outline` describes: kept from an earlier evaluation of a graph of equal
/// structure, or planned now. In the latter case the outline is made again, since the graph may have lost nodes to
/// evaluations meanwhile.
Lease lease(std::span<graph::Node* const> roots, plan::Outline& outline);

}  // namespace ingot::exec
