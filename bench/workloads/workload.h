#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "../harness/case.h"
#include "../harness/context.h"

namespace bench {

/// One row of the table of workloads. `sizes` are numbers of elements.
struct Workload {
  std::string id{}, title{};
  std::vector<std::int64_t> sizes{};
  std::vector<std::string> inputs{};  ///< of memory, npy, generated
  double resident = 16;               ///< bytes of memory per element that its contestants keep between them
  std::function<Case(Context&, std::int64_t n, const std::string& input)> make{};
};

Workload w1();
Workload w2();
Workload w3();
Workload w5();
Workload w6();
Workload plain_sum();
Workload sum_sqrt_sin();
Workload axis_sums();
Workload cumsum();
Workload sort();
Workload random_numbers();
Workload fast();
Workload softmax();
Workload layer_norm();
Workload linalg();
std::vector<Workload> matrix_products();

/// Everything in the main job, in its order.
std::vector<Workload> all_workloads();

}  // namespace bench
