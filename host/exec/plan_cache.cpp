#include "host/exec/plan_cache.h"

#include <unordered_map>

#include "host/base/hash.h"
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

std::unordered_map<Key, std::shared_ptr<Prepared>, KeyHash>& table() {
  static auto* const instance = new std::unordered_map<Key, std::shared_ptr<Prepared>, KeyHash>;
  return *instance;
}

}  // namespace

std::shared_ptr<Prepared> prepared(std::span<graph::Node* const> roots, const plan::Outline& outline) {
  if (const auto found = table().find(outline.key); found != table().end()) return found->second;
  const plan::Snapshot snapshot = plan::snapshot(roots);
  std::shared_ptr<Prepared> fresh = prepare(snapshot, plan::lower(snapshot));
  if (table().size() >= kMaxPlans) table().clear();
  table().emplace(outline.key, fresh);
  return fresh;
}

void forget_plans() { table().clear(); }

}  // namespace ingot::exec
