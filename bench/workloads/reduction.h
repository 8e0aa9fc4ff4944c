// Workloads that reduce one input to one number: W2 and W3 on stored numbers, and the two sums.
#pragma once

#include "../harness/reference.h"
#include "contestants.h"
#include "workload.h"

namespace bench {

struct Reduction {
  reference::Map map;                                        ///< what is summed
  double (*peer)(const Peer&, const double*, std::int64_t);  ///< its sum
  bool mean = false;                                         ///< the result is the sum / n
  std::string numpy;                                         ///< name of the work in peers/numpy_peer.py
  double flops = 0;                                          ///< per element, where arithmetic is the limit
  double (*change)(std::int64_t repeat) = large_value;
  double (*ours)(const ingot::Array& x);
};

Case reduction_case(Context& context, const Workload& workload, const Reduction& reduction, std::int64_t n,
                    const std::string& input);

}  // namespace bench
