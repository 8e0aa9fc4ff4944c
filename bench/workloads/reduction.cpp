#include "reduction.h"

#include <cmath>

namespace bench {

Case reduction_case(Context& context, const Workload& workload, const Reduction& reduction, std::int64_t n,
                    const std::string& kind) {
  const std::shared_ptr<Input> input = context.input(kind, {n});
  const reference::Sums base = reference::sums(input->open(), n, reduction.map);
  const double divisor = reduction.mean ? static_cast<double>(n) : 1.0;

  Case work{
      .workload = workload.id, .title = workload.title, .input = kind, .n = n, .bytes = 8.0 * static_cast<double>(n)};
  work.change = [=](std::int64_t repeat) { input->change(repeat, reduction.change(repeat)); };
  work.expect = [=] {
    const reference::Sums sums = base.replaced(reduction.map(input->original()), reduction.map(input->value()));
    const double value = static_cast<double>(sums.sum / divisor);
    return std::vector<Expected>{{value, std::abs(value)}};
  };

  work.contestants.push_back(ours(input, [=](const ingot::Array& x) { return std::vector{reduction.ours(x)}; }));
  if (reduction.flops > 0) {
    work.flops = reduction.flops * static_cast<double>(n);
    work.limit = "fma peak";
    work.contestants.push_back(flops_limit(work.flops));
  } else {
    work.limit = "read";
    work.contestants.push_back(read_limit(input));
  }
  for (int i = 0; i < kPeers; ++i) {
    const Peer& peer = *peers(i);
    work.contestants.push_back(
        scalar_rival(peer, input, [=, &peer](const double* x) { return reduction.peer(peer, x, n) / divisor; }));
  }
  add(work, numpy_contestant(context, input, reduction.numpy));
  add_eigen_bar(work);
  return work;
}

}  // namespace bench
