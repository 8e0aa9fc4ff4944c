#include "measure.h"

#include <fmt/core.h>
#include <omp.h>
#include <sched.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <csignal>
#include <thread>

namespace bench {
namespace {

volatile std::sig_atomic_t interrupted = 0;

// Long enough for several repeats of what fits the caches, so that a round's median is of warm ones for every
// contestant.
constexpr double kRoundSeconds = 5e-3;
constexpr int kMostRepeats = 200;
constexpr double kSlow = 0.25;
constexpr int kSlowRounds = 3;
// A small expression is interpreted until the compiled kernel is there; what is measured is the state that lasts.
constexpr double kWarmSeconds = 0.2;
constexpr int kWarmRepeats = 2000;

// Has every thread of the OpenMP team, which all contestants of this process share, run on a core of its own before the
// clock starts: while one thread or another process works, the team goes to sleep, and some kernels wake a thread on
// the core of who woke it, where it then waits for several milliseconds.
void wake_team() {
  constexpr std::chrono::milliseconds kLongest{30};
  const auto start = std::chrono::steady_clock::now();
  std::vector<std::atomic<int>> cores(static_cast<std::size_t>(omp_get_max_threads()));
  for (auto& core : cores) core = -1;
#pragma omp parallel
  {
    const auto apart = [&] {
      std::vector<int> seen(cores.begin(), cores.end());
      std::sort(seen.begin(), seen.end());
      return seen.front() >= 0 && std::adjacent_find(seen.begin(), seen.end()) == seen.end();
    };
    std::atomic<int>& mine = cores[static_cast<std::size_t>(omp_get_thread_num())];
    do {
      mine = sched_getcpu();
    } while (!apart() && std::chrono::steady_clock::now() - start < kLongest);
  }
}

void check(const Case& work, const Contestant& contestant, std::int64_t repeat) {
  if (!contestant.observe) return;
  const std::vector<double> got = contestant.observe();
  const std::vector<Expected> expected = contestant.expect ? contestant.expect() : work.expect();
  const double tolerance = contestant.role == Role::Ours ? work.tolerance : work.rival_tolerance;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (i < got.size() && std::abs(got[i] - expected[i].value) <= tolerance * std::abs(expected[i].scale)) continue;
    throw WrongResult(
        fmt::format("{} ({}, n = {}): {} gave {:.17g} for value {} of repeat {}, plain scalar code {:.17g}; "
                    "the tolerance is {:g} of {:g}",
                    work.workload, work.input, work.n, contestant.name, i < got.size() ? got[i] : NAN, i, repeat,
                    expected[i].value, tolerance, expected[i].scale));
  }
}

bool judged(const Case& work, const Contestant& contestant) {
  return contestant.role != Role::Rival || std::any_of(work.bars.begin(), work.bars.end(), [&](const Bar& bar) {
           return bar.subject == contestant.name ||
                  std::find(bar.against.begin(), bar.against.end(), contestant.name) != bar.against.end();
         });
}

class Runner {
 public:
  explicit Runner(Case& work) : work_(work) {}

  double once(Contestant& contestant, bool first) {
    if (interrupted != 0) throw Interrupted();
    work_.change(repeat_);
    if (contestant.prepare) contestant.prepare();
    wake_team();
    const double seconds = contestant.run();
    if (first && contestant.check_all) contestant.check_all();
    check(work_, contestant, repeat_);
    if (contestant.release) contestant.release();
    ++repeat_;
    return seconds;
  }

  /// What the library counts in one repeat's timed part.
  ingot::Stats counted(Contestant& contestant) {
    ingot::Stats stats;
    const auto run = contestant.run;
    contestant.run = [&] {
      ingot::reset_stats();
      const double seconds = run();
      stats = ingot::stats();
      return seconds;
    };
    once(contestant, false);
    contestant.run = run;
    return stats;
  }

  /// Checks the whole result, warms up, and returns the repeats that a round needs.
  int warm(Contestant& contestant) {
    double last = once(contestant, true), total = last;
    if (last < kSlow) total += last = once(contestant, false);
    if (contestant.role == Role::Ours) {
      for (int i = 0; i < kWarmRepeats && total < kWarmSeconds; ++i) total += last = once(contestant, false);
    }
    slowest_ = last;
    return static_cast<int>(std::clamp(kRoundSeconds / last, 1.0, double{kMostRepeats}));
  }

  double slowest() const noexcept { return slowest_; }

 private:
  Case& work_;
  std::int64_t repeat_ = 0;
  double slowest_ = 0;
};

}  // namespace

Quartiles quartiles(std::vector<double> values) {
  std::erase_if(values, [](double v) { return std::isnan(v); });
  if (values.empty()) return {NAN, NAN, NAN};
  std::sort(values.begin(), values.end());
  const auto at = [&](double share) {
    const double position = share * static_cast<double>(values.size() - 1);
    const auto low = static_cast<std::size_t>(position);
    const std::size_t high = std::min(low + 1, values.size() - 1);
    return values[low] + (values[high] - values[low]) * (position - static_cast<double>(low));
  };
  return {at(0.25), at(0.5), at(0.75)};
}

Quartiles Measured::time(std::size_t contestant) const { return quartiles(seconds[contestant]); }

Quartiles Measured::ratio(std::size_t numerator, const std::vector<std::size_t>& denominators) const {
  std::vector<double> ratios;
  for (std::size_t round = 0; round < seconds[numerator].size(); ++round) {
    double slowest = 0;
    for (const std::size_t d : denominators) {
      slowest = std::isnan(slowest) || std::isnan(seconds[d][round]) ? NAN : std::max(slowest, seconds[d][round]);
    }
    ratios.push_back(seconds[numerator][round] / slowest);
  }
  return quartiles(std::move(ratios));
}

std::size_t find(const Case& work, const std::string& name) {
  for (std::size_t i = 0; i < work.contestants.size(); ++i) {
    if (work.contestants[i].name == name) return i;
  }
  return work.contestants.size();
}

Measured measure(Case& work, int rounds, const std::function<void(int)>& progress) {
  const std::size_t count = work.contestants.size();
  Measured measured;
  measured.seconds.assign(count, std::vector<double>(static_cast<std::size_t>(rounds), NAN));
  Runner runner(work);
  std::vector<int> repeats(count), its_rounds(count, rounds);
  for (std::size_t i = 0; i < count; ++i) {
    repeats[i] = runner.warm(work.contestants[i]);
    if (runner.slowest() > kSlow && !judged(work, work.contestants[i])) its_rounds[i] = std::min(rounds, kSlowRounds);
  }
  std::chrono::milliseconds rest{};  // that who had the last turn is left
  for (int round = 0; round < rounds; ++round) {
    progress(round);
    for (std::size_t turn = 0; turn < count; ++turn) {
      const std::size_t i = (turn + static_cast<std::size_t>(round)) % count;
      if (round >= its_rounds[i]) continue;
      std::this_thread::sleep_for(rest);
      rest = work.contestants[i].rest;
      std::vector<double> times;
      for (int r = 0; r < repeats[i]; ++r) times.push_back(runner.once(work.contestants[i], false));
      measured.seconds[i][static_cast<std::size_t>(round)] = quartiles(std::move(times)).median;
    }
  }
  progress(rounds);
  measured.stats.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (work.contestants[i].role == Role::Ours) measured.stats[i] = runner.counted(work.contestants[i]);
  }
  return measured;
}

std::vector<Verdict> judge(const Case& work, const Measured& measured) {
  std::vector<Verdict> verdicts;
  for (const Bar& bar : work.bars) {
    std::vector<std::size_t> against;
    for (const std::string& name : bar.against) against.push_back(find(work, name));
    const std::size_t subject = find(work, bar.subject);
    const bool known =
        subject < work.contestants.size() &&
        std::all_of(against.begin(), against.end(), [&](std::size_t i) { return i < work.contestants.size(); });
    if (!known) continue;
    Verdict verdict{bar.text, {}, bar.limit, false};
    switch (bar.kind) {
      case Bar::Kind::AtMost:
        verdict.ratio = measured.ratio(subject, against);
        verdict.pass = verdict.ratio.median <= bar.limit;
        break;
      case Bar::Kind::NotSlower:
        verdict.ratio = measured.ratio(subject, against);
        verdict.pass = verdict.ratio.q1 <= bar.limit;
        break;
      case Bar::Kind::AtLeast:
        verdict.ratio = measured.ratio(against[0], {subject});
        verdict.pass = verdict.ratio.median >= bar.limit;
        break;
    }
    verdicts.push_back(std::move(verdict));
  }
  return verdicts;
}

void interrupt() noexcept { interrupted = 1; }

bool was_interrupted() noexcept { return interrupted != 0; }

}  // namespace bench
