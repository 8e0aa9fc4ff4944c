// Uniform numbers, ten times a = sqrt(a) + sin(a), the mean: generator, chain and reduction in one kernel, no array in
// memory.
#include <fmt/core.h>

#include <cmath>

#include <ingot/ingot.hpp>

#include "generated.h"
#include "reduction.h"

namespace bench {
namespace {

constexpr std::int64_t kJudged = 10'000'000;
// Per step of the hand-written loop: 13 fused multiply-adds, 2 products, a difference, a square root and a sum.
constexpr double kFlops = 10 * (2 * 13 + 5);

ingot::Array chain(ingot::Array a) {
  for (int step = 0; step < kChainSteps; ++step) a = ingot::sqrt(a) + ingot::sin(a);
  return a;
}

/// The chain pulls all ordinary values together, so that only a tiny one, still on its way after ten steps, shows in
/// the mean.
double tiny_value(std::int64_t repeat) { return std::pow(10.0, -300.0 + 2.0 * static_cast<double>(repeat % 64)); }

Contestant ingot_contestant(const std::shared_ptr<Seeds>& seeds, std::int64_t n) {
  Contestant contestant;
  contestant.name = "ingot";
  contestant.role = Role::Ours;
  auto value = std::make_shared<double>(0);
  contestant.run = [=, seed = seeds->current()] {
    return clocked([&] {
      ingot::random::Generator generator(static_cast<std::uint64_t>(*seed));
      *value = ingot::mean(chain(generator.uniform({n}))).item<double>();
    });
  };
  contestant.observe = [=] { return std::vector{*value}; };
  contestant.expect = [=] {
    return seeds->results(kIngotNumbers, [&](std::uint64_t seed) {
      const ingot::Array numbers = ingot::random::Generator(seed).uniform({n});
      const double mean = reference::sums(numbers.data<double>().data(), n, reference::chain).mean(n);
      return Seeds::Results{{mean, mean}};
    });
  };
  return contestant;
}

Contestant rival(const Peer& peer, const std::shared_ptr<Seeds>& seeds, std::int64_t n) {
  Contestant contestant;
  contestant.name = peer.name;
  auto value = std::make_shared<double>(0);
  contestant.run = [=, &peer, seed = seeds->current()] {
    return clocked(
        [&] { *value = peer.chain_generated(static_cast<std::uint64_t>(*seed), n) / static_cast<double>(n); });
  };
  contestant.observe = [=] { return std::vector{*value}; };
  contestant.expect = [=] {
    return seeds->results(kPlainNumbers, [&](std::uint64_t seed) {
      const double mean = openmp_peer().chain_generated(seed, n) / static_cast<double>(n);
      return Seeds::Results{{mean, mean}};
    });
  };
  return contestant;
}

Case generated_case(Context& context, const Workload& workload, std::int64_t n) {
  const auto seeds = std::make_shared<Seeds>();
  Case work{.workload = workload.id, .title = workload.title, .input = "generated", .n = n};
  work.flops = kFlops * static_cast<double>(n);
  work.limit = "fma peak";
  work.change = [=](std::int64_t repeat) { seeds->change(repeat); };
  work.contestants.push_back(ingot_contestant(seeds, n));
  work.contestants.push_back(flops_limit(work.flops));
  for (int i = 0; i < kPeers; ++i) {
    if (peers(i)->chain_generated != nullptr) work.contestants.push_back(rival(*peers(i), seeds, n));
  }
  add(work, numpy_generated(context, "chain_generated", n, seeds->current()));
  return work;
}

}  // namespace

Workload w2() {
  Workload workload{.id = "W2",
                    .title = "mean of ten times sqrt(a) + sin(a)",
                    .sizes = {100'000, 1'000'000, kJudged},
                    .inputs = {"generated", "memory", "npy"}};
  workload.resident = 56;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    const Reduction reduction{
        .map = reference::chain,
        .peer = [](const Peer& peer, const double* x, std::int64_t count) { return peer.chain(x, count); },
        .mean = true,
        .numpy = "chain",
        .flops = kFlops,
        .change = tiny_value,
        .ours = [](const ingot::Array& x) { return ingot::mean(chain(x)).item<double>(); },
    };
    Case work = input == "generated" ? generated_case(context, workload, n)
                                     : reduction_case(context, workload, reduction, n, input);
    if (n == kJudged && input != "npy") {
      work.bars.push_back({.text = "at most 1.25 of the hand-written loop", .limit = 1.25, .against = {"hand"}});
      if (context.numpy() != nullptr) {
        work.bars.push_back({.text = fmt::format("at least 8 times as fast as NumPy {}", context.numpy()->version()),
                             .kind = Bar::Kind::AtLeast,
                             .limit = 8,
                             .against = {"numpy"}});
      }
    }
    return work;
  };
  return workload;
}

}  // namespace bench
