// mean(sqrt(x)): one pass, and a start-up cost that does not show.
#include <ingot/ingot.hpp>

#include "reduction.h"

namespace bench {

Workload w3() {
  Workload workload{
      .id = "W3", .title = "mean(sqrt(x))", .sizes = {10'000, 1'000'000, 100'000'000}, .inputs = {"memory", "npy"}};
  workload.resident = 40;
  workload.make = [workload](Context& context, std::int64_t n, const std::string& input) {
    const Reduction reduction{
        .map = reference::root,
        .peer = [](const Peer& peer, const double* x, std::int64_t count) { return peer.sum_sqrt(x, count); },
        .mean = true,
        .numpy = "mean_sqrt",
        .ours = [](const ingot::Array& x) { return ingot::mean(ingot::sqrt(x)).item<double>(); },
    };
    return reduction_case(context, workload, reduction, n, input);
  };
  return workload;
}

}  // namespace bench
