#include "host/exec/plan_cache.h"

#include <unordered_map>

#include "host/base/hash.h"
#include "host/plan/lower.h"

namespace ingot::exec {
namespace {

// A plan takes a few kilobytes. When there are this many, all go: what is in use comes back at the cost of planning it again.
constexpr std::size_t kMaxPlans = 1024;

using Key = std::vector<std::uint64_t>;

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    std::uint64_t h = key.size();
    for (std::uint64_t word : key) h = mix(h, word);
    return h;
  }
};

std::unordered_map<Key, std::shared_ptr<const Prepared>, KeyHash>& table() {
  static auto* const instance = new std::unordered_map<Key, std::shared_ptr<const Prepared>, KeyHash>;
  return *instance;
}

}  // namespace

std::shared_ptr<const Prepared> prepared(const plan::Snapshot& snapshot) {
  if (const auto found = table().find(snapshot.key); found != table().end()) return found->second;
  auto fresh = std::make_shared<Prepared>();
  fresh->plan = plan::lower(snapshot);
  for (const plan::Launch& launch : fresh->plan.launches) fresh->codes.push_back(jit::code_for(launch.kernel));
  if (table().size() >= kMaxPlans) table().clear();
  table().emplace(snapshot.key, fresh);
  return fresh;
}

void forget_plans() { table().clear(); }

}  // namespace ingot::exec
