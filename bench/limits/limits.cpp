#include "limits.h"

#include <omp.h>

#include "../peers/lanes.h"
#include "../peers/split.h"

namespace bench::limits {
namespace {

using namespace lanes;

// Four cycles of latency on two ports need eight chains; twelve leave slack and fit 16 registers.
constexpr int kChains = 12;
constexpr std::int64_t kSteps = 1'000'000;

template <bool kStream>
void copy_part(const double* x, double* out, Span part) {
  std::int64_t i = part.begin;
  for (; i < part.end && reinterpret_cast<std::uintptr_t>(out + i) % sizeof(Vec) != 0; ++i) out[i] = x[i];
  for (; i + 4 * kWidth <= part.end; i += 4 * kWidth) {
    for (int u = 0; u < 4; ++u) {
      const Vec v = load(x + i + u * kWidth);
      if constexpr (kStream) {
        stream(out + i + u * kWidth, v);
      } else {
        store(out + i + u * kWidth, v);
      }
    }
  }
  for (; i < part.end; ++i) out[i] = x[i];
  if constexpr (kStream) fence();
}

}  // namespace

void copy(const double* x, double* out, std::int64_t n) {
  const bool large = n * 16 > last_level_cache();
#pragma omp parallel
  {
    const Span part = my_part(n, 512);
    large ? copy_part<true>(x, out, part) : copy_part<false>(x, out, part);
  }
}

double read(const double* x, std::int64_t n) {
  double sum = 0;
#pragma omp parallel reduction(+ : sum)
  {
    const Span part = my_part(n, 512);
    Vec sums[8] = {};
    std::int64_t i = part.begin;
    for (; i + 8 * kWidth <= part.end; i += 8 * kWidth) {
      for (int u = 0; u < 8; ++u) sums[u] += load(x + i + u * kWidth);
    }
    for (; i < part.end; ++i) sum += x[i];
    for (Vec& s : sums) sum += total(s);
  }
  return sum;
}

std::int64_t multiply_add_flops() { return std::int64_t{2} * kChains * kWidth * kSteps * omp_get_max_threads(); }

double multiply_add() {
  double sum = 0;
#pragma omp parallel reduction(+ : sum)
  {
    Vec chains[kChains];
    for (int c = 0; c < kChains; ++c) chains[c] = c - Vec{};
    const Vec factor = 0.999 - Vec{}, term = 1e-3 - Vec{};
    for (std::int64_t step = 0; step < kSteps; ++step) {
      for (Vec& chain : chains) chain = fma(chain, factor, term);
    }
    for (const Vec& chain : chains) sum += total(chain);
  }
  return sum;
}

}  // namespace bench::limits
