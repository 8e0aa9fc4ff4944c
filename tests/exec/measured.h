// What tests of row regions measure, and compare.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

#include "ingot/ingot.hpp"

namespace ingot::tests {

class WithThreads {
 public:
  explicit WithThreads(int threads) : before_(num_threads()) { set_num_threads(threads); }
  ~WithThreads() { set_num_threads(before_); }
  WithThreads(const WithThreads&) = delete;
  WithThreads& operator=(const WithThreads&) = delete;

 private:
  int before_;
};

inline Array sample(const Shape& shape, DType dtype = DType::Float32, std::uint64_t seed = 7) {
  random::Generator random(seed);
  Array x = astype(random.uniform(shape, -4.0, 4.0), dtype);
  x.eval();
  return x;
}

inline Stats measured(const std::vector<Array>& arrays) {
  reset_stats();
  eval(arrays);
  return stats();
}

// As they are compared: all NaNs are alike.
inline std::vector<std::uint64_t> bits(const Array& x) {
  const std::vector<double> values = astype(x, DType::Float64).to_vector<double>();
  std::vector<std::uint64_t> list;
  for (const double v : values) list.push_back(std::isnan(v) ? ~std::uint64_t{0} : std::bit_cast<std::uint64_t>(v));
  return list;
}

}  // namespace ingot::tests
