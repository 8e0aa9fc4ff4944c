#pragma once

#include <functional>
#include <string>
#include <vector>

#include <ingot/info.hpp>

#include "case.h"

namespace bench {

struct Quartiles {
  double q1 = 0, median = 0, q3 = 0;
};
Quartiles quartiles(std::vector<double> values);

/// Seconds of every contestant in every round; NaN in rounds that it sat out.
struct Measured {
  std::vector<std::vector<double>> seconds;
  std::vector<ingot::Stats> stats;  ///< of one more repeat after the rounds, for contestants of ours

  Quartiles time(std::size_t contestant) const;
  /// Quartiles over rounds of numerator / the slowest of the denominators.
  Quartiles ratio(std::size_t numerator, const std::vector<std::size_t>& denominators) const;
};

/// The bar of a case and how it went.
struct Verdict {
  std::string text;
  Quartiles ratio;
  double limit = 1;
  bool pass = false;
};

/// Runs all contestants in turn, `rounds` times, each round from another first one. Within a round a contestant repeats
/// until about a millisecond is timed, and its time is the median of those repeats. Whoever no bar judges and takes
/// more than 0.25 s has three rounds. Every repeat changes the input and checks the result. `progress` is told the
/// rounds done.
Measured measure(Case& work, int rounds, const std::function<void(int)>& progress);

std::vector<Verdict> judge(const Case& work, const Measured& measured);

std::size_t find(const Case& work, const std::string& name);

/// Makes measure() throw Interrupted at the next repeat. Async-signal-safe.
void interrupt() noexcept;
bool was_interrupted() noexcept;

}  // namespace bench
