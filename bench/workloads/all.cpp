#include "workload.h"

namespace bench {

std::vector<Workload> all_workloads() {
  std::vector<Workload> all{w1(),
                            w2(),
                            w3(),
                            w5(),
                            w6(),
                            plain_sum(),
                            sum_sqrt_sin(),
                            axis_sums(),
                            cumsum(),
                            sort(),
                            random_numbers(),
                            fast(),
                            softmax(),
                            layer_norm(),
                            linalg()};
  for (Workload& workload : matrix_products()) all.push_back(std::move(workload));
  return all;
}

}  // namespace bench
