#include "host/exec/plan_cache.h"

#include <mutex>
#include <unordered_map>

#include "host/base/hash.h"
#include "host/base/spin_lock.h"
#include "host/graph/intern.h"
#include "host/plan/lower.h"

namespace ingot::exec {

struct Shelf {
  SpinLock lock;
  std::vector<std::unique_ptr<Prepared>> plans;
};

namespace {

// A plan takes a few kilobytes. When there are this many structures, all go: what is in use comes back at the cost of
// planning it again.
constexpr std::size_t kMaxShelves = 1024;

using Key = std::vector<std::uint64_t>;

struct KeyHash {
  std::size_t operator()(const Key& key) const { return hash_of(key); }
};

struct Table {
  std::mutex mutex;
  std::unordered_map<Key, std::shared_ptr<Shelf>, KeyHash> shelves;
};

Table& table() {
  static auto* const instance = new Table;
  return *instance;
}

std::shared_ptr<Shelf> find(const Key& key) {
  Table& t = table();
  const std::scoped_lock guard(t.mutex);
  const auto found = t.shelves.find(key);
  return found != t.shelves.end() ? found->second : nullptr;
}

std::shared_ptr<Shelf> find_or_add(const Key& key) {
  Table& t = table();
  const std::scoped_lock guard(t.mutex);
  if (t.shelves.size() >= kMaxShelves) t.shelves.clear();
  std::shared_ptr<Shelf>& shelf = t.shelves[key];
  if (!shelf) shelf = std::make_shared<Shelf>();
  return shelf;
}

std::unique_ptr<Prepared> take(Shelf& shelf) {
  const std::scoped_lock guard(shelf.lock);
  if (shelf.plans.empty()) return nullptr;
  std::unique_ptr<Prepared> plan = std::move(shelf.plans.back());
  shelf.plans.pop_back();
  return plan;
}

}  // namespace

Lease::~Lease() {
  const std::scoped_lock guard(shelf_->lock);
  shelf_->plans.push_back(std::move(plan_));
}

Lease lease(std::span<graph::Node* const> roots, plan::Outline& outline) {
  if (std::shared_ptr<Shelf> shelf = find(outline.key))
    if (std::unique_ptr<Prepared> plan = take(*shelf)) return {std::move(shelf), std::move(plan)};
  const plan::Snapshot snapshot = [&] {
    const std::scoped_lock guard(graph::lock());
    plan::outline(roots, outline);
    return plan::snapshot(roots);
  }();
  std::unique_ptr<Prepared> plan = prepare(snapshot, plan::lower(snapshot));
  return {find_or_add(outline.key), std::move(plan)};
}

}  // namespace ingot::exec
