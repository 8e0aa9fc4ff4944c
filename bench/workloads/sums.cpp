// sum(x) and sum(sqrt(x) + sin(x)): nothing but the pass over the data.
#include <ingot/ingot.hpp>

#include "reduction.h"

namespace bench {
namespace {

constexpr std::int64_t kJudged = 100'000'000;

Case judged(Case work) {
  if (work.n == kJudged && work.input == "memory") {
    work.bars.push_back({.text = "at most 1.10 of the hand-written loop", .limit = 1.10, .against = {"hand"}});
  }
  return work;
}

}  // namespace

Workload plain_sum() {
  Workload workload{.id = "sum", .title = "sum(x)", .sizes = {10'000, 1'000'000, kJudged}, .inputs = {"memory", "npy"}};
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    const Reduction reduction{
        .map = reference::identity,
        .peer = [](const Peer& peer, const double* x, std::int64_t count) { return peer.sum(x, count); },
        .numpy = "sum",
        .ours = [](const ingot::Array& x) { return ingot::sum(x).item<double>(); },
    };
    return judged(reduction_case(context, workload, reduction, n, input));
  };
  return workload;
}

Workload sum_sqrt_sin() {
  Workload workload{.id = "sum-w1",
                    .title = "sum(sqrt(x) + sin(x))",
                    .sizes = {10'000, 1'000'000, kJudged},
                    .inputs = {"memory", "npy"}};
  workload.resident = 40;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    const Reduction reduction{
        .map = reference::sqrt_sin,
        .peer = [](const Peer& peer, const double* x, std::int64_t count) { return peer.sum_sqrt_sin(x, count); },
        .numpy = "sum_sqrt_sin",
        .ours = [](const ingot::Array& x) { return ingot::sum(ingot::sqrt(x) + ingot::sin(x)).item<double>(); },
    };
    return judged(reduction_case(context, workload, reduction, n, input));
  };
  return workload;
}

}  // namespace bench
