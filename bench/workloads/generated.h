// Workloads whose input is a random generator: what changes between repeats is the seed, and the results that each seed
// must give are computed once, by plain scalar code on the numbers that it stands for.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "../harness/case.h"

namespace bench {

/// A seed that differs from that of the repeat before, and few of them, since each costs a reference.
class Seeds {
 public:
  using Results = std::vector<Expected>;

  std::shared_ptr<std::int64_t> current() const { return current_; }
  void change(std::int64_t repeat) { *current_ = 1 + repeat % kSeeds; }

  /// What `compute` says of the current seed, remembered. `who` tells apart those who draw different numbers from a
  /// seed.
  Results results(int who, const std::function<Results(std::uint64_t seed)>& compute) {
    Results& known = known_[{who, *current_}];
    if (known.empty()) known = compute(static_cast<std::uint64_t>(*current_));
    return known;
  }

 private:
  static constexpr std::int64_t kSeeds = 3;
  std::shared_ptr<std::int64_t> current_ = std::make_shared<std::int64_t>(1);
  std::map<std::pair<int, std::int64_t>, Results> known_;
};

inline constexpr int kIngotNumbers = 0, kPlainNumbers = 1;

}  // namespace bench
