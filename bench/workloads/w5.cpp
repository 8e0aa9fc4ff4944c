// sqrt(x) + sin(x) to {mean, stddev, max}: sibling reductions share one pass, and three sizes one kernel.
#include <cmath>

#include <ingot/ingot.hpp>

#include "../harness/reference.h"
#include "contestants.h"
#include "generated.h"
#include "workload.h"

namespace bench {
namespace {

std::vector<double> list(const Moments& m) { return {m.mean, m.stddev, m.max}; }

std::vector<Expected> expected(const reference::Sums& sums, std::int64_t n) {
  const double mean = sums.mean(n), stddev = sums.stddev(n);
  return {{mean, mean}, {stddev, stddev}, {sums.max, sums.max}};
}

std::vector<double> moments(const ingot::Array& x) {
  const ingot::Array y = ingot::sqrt(x) + ingot::sin(x);
  const ingot::Array mean = ingot::mean(y), stddev = ingot::stddev(y), max = ingot::max(y);
  ingot::eval({mean, stddev, max});
  return {mean.item<double>(), stddev.item<double>(), max.item<double>()};
}

Case stored_case(Context& context, const Workload& workload, std::int64_t n, const std::string& kind) {
  const std::shared_ptr<Input> input = context.input(kind, {n});
  const reference::Sums base = reference::sums(input->open(), n, reference::sqrt_sin);
  Case work{
      .workload = workload.id, .title = workload.title, .input = kind, .n = n, .bytes = 8.0 * static_cast<double>(n)};
  work.limit = "read";
  work.change = [=](std::int64_t repeat) { input->change(repeat, large_value(repeat)); };
  work.expect = [=] {
    return expected(base.replaced(reference::sqrt_sin(input->original()), reference::sqrt_sin(input->value())), n);
  };
  work.contestants.push_back(ours(input, moments));
  work.contestants.push_back(read_limit(input));
  for (int i = 0; i < kPeers; ++i) {
    const Peer& peer = *peers(i);
    auto result = std::make_shared<Moments>();
    Contestant rival =
        reader(peer.name, Role::Rival, input, [=, &peer](const double* x) { *result = peer.moments(x, n); });
    rival.observe = [=] { return list(*result); };
    work.contestants.push_back(std::move(rival));
  }
  add(work, numpy_contestant(context, input, "moments"));
  add_eigen_bar(work);
  return work;
}

Case generated_case(Context& context, const Workload& workload, std::int64_t n) {
  const auto seeds = std::make_shared<Seeds>();
  const auto seed = seeds->current();
  Case work{.workload = workload.id, .title = workload.title, .input = "generated", .n = n};
  work.flops = 36.0 * static_cast<double>(n);  // a step of W2 and the three sums; Philox works in integers
  work.limit = "fma peak";
  work.change = [=](std::int64_t repeat) { seeds->change(repeat); };

  Contestant ingot_contestant;
  ingot_contestant.name = "ingot";
  ingot_contestant.role = Role::Ours;
  auto values = std::make_shared<std::vector<double>>();
  ingot_contestant.run = [=] {
    return clocked(
        [&] { *values = moments(ingot::random::Generator(static_cast<std::uint64_t>(*seed)).uniform({n})); });
  };
  ingot_contestant.observe = [=] { return *values; };
  ingot_contestant.expect = [=] {
    return seeds->results(kIngotNumbers, [&](std::uint64_t s) {
      const ingot::Array numbers = ingot::random::Generator(s).uniform({n});
      return expected(reference::sums(numbers.data<double>().data(), n, reference::sqrt_sin), n);
    });
  };
  work.contestants.push_back(std::move(ingot_contestant));
  work.contestants.push_back(flops_limit(work.flops));
  for (int i = 0; i < kPeers; ++i) {
    const Peer& peer = *peers(i);
    if (peer.moments_generated == nullptr) continue;
    auto result = std::make_shared<Moments>();
    Contestant rival;
    rival.name = peer.name;
    rival.run = [=, &peer] {
      return clocked([&] { *result = peer.moments_generated(static_cast<std::uint64_t>(*seed), n); });
    };
    rival.observe = [=] { return list(*result); };
    rival.expect = [=] {
      return seeds->results(kPlainNumbers, [&](std::uint64_t s) {
        const Moments m = openmp_peer().moments_generated(s, n);
        return Seeds::Results{{m.mean, m.mean}, {m.stddev, m.stddev}, {m.max, m.max}};
      });
    };
    work.contestants.push_back(std::move(rival));
  }
  add(work, numpy_generated(context, "moments_generated", n, seed));
  return work;
}

}  // namespace

Workload w5() {
  Workload workload{.id = "W5",
                    .title = "{mean, stddev, max} of sqrt(x) + sin(x)",
                    .sizes = {1'000'000, 2'000'000, 3'000'000},
                    .inputs = {"generated", "memory", "npy"}};
  workload.resident = 40;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    return input == "generated" ? generated_case(context, workload, n) : stored_case(context, workload, n, input);
  };
  return workload;
}

}  // namespace bench
