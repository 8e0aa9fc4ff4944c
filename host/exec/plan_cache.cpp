#include "host/exec/plan_cache.h"

#include <array>
#include <new>
#include <unordered_map>

#include "host/base/hash.h"
#include "host/base/per_thread.h"
#include "host/graph/intern.h"
#include "host/plan/lower.h"

namespace ingot::exec {
namespace {

// A plan takes a few kilobytes. When there are this many, all go: what is in use comes back at the cost of planning it
// again.
constexpr std::size_t kMaxPlans = 1024;

using Key = std::vector<std::uint64_t>;

struct KeyHash {
  std::size_t operator()(const Key& key) const { return hash_of(key); }
};

// What no thread has to itself: several plans of one structure, if several threads have used it at once.
struct Table {
  std::mutex mutex;
  std::unordered_multimap<Key, std::unique_ptr<Prepared>, KeyHash> plans;
};

Table& table() {
  static auto* const instance = new Table;
  return *instance;
}

std::unique_ptr<Prepared> take(const Key& key) {
  const std::scoped_lock guard(table().mutex);
  auto& plans = table().plans;
  const auto found = plans.find(key);
  if (found == plans.end()) return nullptr;
  std::unique_ptr<Prepared> plan = std::move(found->second);
  plans.erase(found);
  return plan;
}

// Where there is no memory to keep a plan it goes: it can be planned again.
void put(Key key, std::unique_ptr<Prepared> plan) noexcept {
  if (!plan) return;
  const std::scoped_lock guard(table().mutex);
  if (table().plans.size() >= kMaxPlans) table().plans.clear();
  try {
    table().plans.emplace(std::move(key), std::move(plan));
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace

struct PlanSlot {
  std::uint64_t hash = 0;
  Key key;
  std::unique_ptr<Prepared> plan;  // null while it is leased
};

namespace {

// By the low bits of the hash of the key: a structure that comes to a slot sends what was there to the table.
class PlanSlots {
 public:
  PlanSlots() = default;
  ~PlanSlots() {
    for (PlanSlot& slot : slots_) put(std::move(slot.key), std::move(slot.plan));
  }
  void clear() {
    for (PlanSlot& slot : slots_) slot = {};
  }
  PlanSlot& at(std::uint64_t hash) { return slots_[hash % slots_.size()]; }

 private:
  std::array<PlanSlot, 256> slots_;
};

}  // namespace

Lease::Lease(PlanSlot& slot, std::unique_ptr<Prepared> plan) noexcept
    : slot_(slot), hash_(slot.hash), plan_(std::move(plan)) {}

Lease::~Lease() {
  if (slot_.hash == hash_) slot_.plan = std::move(plan_);
}

Lease lease(std::span<graph::Node* const> roots, plan::Outline& outline) {
  const std::uint64_t hash = hash_of(outline.key);
  PlanSlots& slots = per_thread<PlanSlots, PlanSlots>();
  if (PlanSlot& slot = slots.at(hash); slot.hash == hash && slot.plan && slot.key == outline.key)
    return {slot, std::move(slot.plan)};
  std::unique_ptr<Prepared> plan = take(outline.key);
  if (!plan) {
    const plan::Snapshot snapshot = [&] {
      const std::scoped_lock guard(graph::lock());
      plan::outline(roots, outline);
      plan::hold_leaves(outline);
      return plan::snapshot(roots);
    }();
    plan = prepare(snapshot, plan::lower(snapshot));
  }
  const std::uint64_t now = hash_of(outline.key);
  PlanSlot& slot = slots.at(now);
  put(std::move(slot.key), std::move(slot.plan));
  slot.hash = now;
  slot.key = outline.key;
  return {slot, std::move(plan)};
}

void forget_plans() {
  per_thread<PlanSlots, PlanSlots>().clear();
  const std::scoped_lock guard(table().mutex);
  table().plans.clear();
}

std::mutex& plans_lock() { return table().mutex; }

}  // namespace ingot::exec
