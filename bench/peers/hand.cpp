// What an engineer with time writes by hand: explicit vectors, interleaved so that latencies hide, one pass,
// non-temporal stores where the result does not fit the caches.
#include <vector>

#include "lanes.h"
#include "peer.h"
#include "split.h"

namespace bench {
namespace {

using namespace lanes;

// Vectors in flight. Eight are fastest on AVX2 as on AVX-512, although AVX2 has registers for four and spills: W2 of
// 1e7 takes 75 ms with 4 and 50 with 8 on two Zen 3 cores.
constexpr int kVectors = 8;

template <bool kStream>
void sqrt_sin_part(const double* x, double* out, Span part) {
  constexpr int kU = kVectors;
  std::int64_t i = part.begin;
  for (; i < part.end && reinterpret_cast<std::uintptr_t>(out + i) % sizeof(Vec) != 0; ++i) {
    out[i] = std::sqrt(x[i]) + std::sin(x[i]);
  }
  for (; i + kU * kWidth <= part.end; i += kU * kWidth) {
    Vec v[kU];
    for (int u = 0; u < kU; ++u) v[u] = load(x + i + u * kWidth);
    sqrt_plus_sin(v);
    for (int u = 0; u < kU; ++u) {
      if constexpr (kStream) {
        stream(out + i + u * kWidth, v[u]);
      } else {
        store(out + i + u * kWidth, v[u]);
      }
    }
  }
  for (; i < part.end; ++i) out[i] = std::sqrt(x[i]) + std::sin(x[i]);
  if constexpr (kStream) fence();
}

void sqrt_sin(const double* x, double* out, std::int64_t n) {
  const bool large = n * 16 > last_level_cache();
#pragma omp parallel
  {
    const Span part = my_part(n, 512);
    large ? sqrt_sin_part<true>(x, out, part) : sqrt_sin_part<false>(x, out, part);
  }
}

/// Sums Map(x) with U accumulators; Map works on U vectors in place.
template <int U, class Map, class Scalar>
double sum_part(const double* x, Span part, Map map, Scalar scalar) {
  Vec sums[U] = {};
  std::int64_t i = part.begin;
  for (; i + U * kWidth <= part.end; i += U * kWidth) {
    Vec v[U];
    for (int u = 0; u < U; ++u) v[u] = load(x + i + u * kWidth);
    map(v);
    for (int u = 0; u < U; ++u) sums[u] += v[u];
  }
  double tail = 0;
  for (; i < part.end; ++i) tail += scalar(x[i]);
  for (int u = 1; u < U; ++u) sums[0] += sums[u];
  return total(sums[0]) + tail;
}

template <int U, class Map, class Scalar>
double sum_of(const double* x, std::int64_t n, Map map, Scalar scalar) {
  double sum = 0;
#pragma omp parallel reduction(+ : sum)
  sum += sum_part<U>(x, my_part(n, 512), map, scalar);
  return sum;
}

double chain_scalar(double a) {
  for (int step = 0; step < kChainSteps; ++step) a = std::sqrt(a) + std::sin(a);
  return a;
}

constexpr auto kChain = [](auto& v) { sqrt_plus_sin(v, kChainSteps); };

double sum(const double* x, std::int64_t n) {
  return sum_of<kVectors>(x, n, [](auto&) {}, [](double a) { return a; });
}

double sum_sqrt_sin(const double* x, std::int64_t n) {
  return sum_of<kVectors>(x, n, [](auto& v) { sqrt_plus_sin(v); }, [](double a) { return std::sqrt(a) + std::sin(a); });
}

double sum_sqrt(const double* x, std::int64_t n) {
  return sum_of<kVectors>(
      x, n,
      [](auto& v) {
        for (Vec& a : v) a = root(a);
      },
      [](double a) { return std::sqrt(a); });
}

double chain(const double* x, std::int64_t n) { return sum_of<kVectors>(x, n, kChain, chain_scalar); }

/// Element i of a generated array: 64-bit part (i / 8) % 2 of counter i / 16 * 8 + i % 8, its top 53 bits.
void generate_16(std::int64_t i, std::uint64_t key, double* out) {
  for (int j = 0; j < 8; j += kWidth) {
    const Pair pair = philox(counters(static_cast<std::uint64_t>(i / 2 + j)), key);
    store(out + j, unit(pair.first));
    store(out + 8 + j, unit(pair.second));
  }
}

constexpr std::int64_t kGenerated = 512;

/// Calls use(values, count) for every block of the generated numbers that belongs to this thread.
template <class Use>
void generated_part(std::uint64_t key, std::int64_t n, Use use) {
  const Span part = my_part(n, kGenerated);
  alignas(64) double block[kGenerated];
  for (std::int64_t i = part.begin; i < part.end; i += kGenerated) {
    for (std::int64_t j = 0; j < kGenerated; j += 16) generate_16(i + j, key, block + j);
    use(block, std::min(kGenerated, part.end - i));
  }
}

double chain_generated(std::uint64_t key, std::int64_t n) {
  double sum = 0;
#pragma omp parallel reduction(+ : sum)
  generated_part(key, n, [&](const double* values, std::int64_t count) {
    sum += sum_part<kVectors>(values, {0, count}, kChain, chain_scalar);
  });
  return sum;
}

/// Sum, sum of squares of the distance from a shift, and maximum, of sqrt(x) + sin(x) or of x itself.
struct MomentSums {
  double shift = 0, sum = 0, squares = 0, max = -1.0 / 0.0;

  template <bool kMap>
  void add(const double* x, std::int64_t n) {
    constexpr int kU = 4;
    Vec sums[kU] = {}, squared[kU] = {}, most[kU];
    for (Vec& m : most) m = max - Vec{};
    std::int64_t i = 0;
    for (; i + kU * kWidth <= n; i += kU * kWidth) {
      Vec v[kU];
      for (int u = 0; u < kU; ++u) v[u] = load(x + i + u * kWidth);
      if constexpr (kMap) sqrt_plus_sin(v);
      for (int u = 0; u < kU; ++u) {
        const Vec d = v[u] - shift;
        sums[u] += d;
        squared[u] = fma(d, d, squared[u]);
        most[u] = larger(most[u], v[u]);
      }
    }
    for (int u = 0; u < kU; ++u) {
      sum += total(sums[u]);
      squares += total(squared[u]);
      for (int lane = 0; lane < kWidth; ++lane) max = std::max(max, most[u][lane]);
    }
    for (; i < n; ++i) {
      const double v = kMap ? std::sqrt(x[i]) + std::sin(x[i]) : x[i];
      sum += v - shift;
      squares += (v - shift) * (v - shift);
      max = std::max(max, v);
    }
  }

  Moments finish(std::int64_t n) const {
    const double mean = sum / static_cast<double>(n);
    return {shift + mean, std::sqrt(squares / static_cast<double>(n) - mean * mean), max};
  }
};

template <class Part>
Moments moments_of(double shift, std::int64_t n, Part part) {
  double sum = 0, squares = 0, max = -1.0 / 0.0;
#pragma omp parallel reduction(+ : sum, squares) reduction(max : max)
  {
    MomentSums mine{.shift = shift};
    part(mine);
    sum += mine.sum;
    squares += mine.squares;
    max = std::max(max, mine.max);
  }
  return MomentSums{shift, sum, squares, max}.finish(n);
}

Moments moments(const double* x, std::int64_t n) {
  return moments_of(std::sqrt(x[0]) + std::sin(x[0]), n, [&](MomentSums& mine) {
    const Span part = my_part(n, 512);
    mine.add<true>(x + part.begin, part.end - part.begin);
  });
}

Moments moments_generated(std::uint64_t key, std::int64_t n) {
  return moments_of(1.0, n, [&](MomentSums& mine) {
    generated_part(key, n, [&](const double* values, std::int64_t count) { mine.add<true>(values, count); });
  });
}

void add_row(const double* x, double* out, std::int64_t columns) {
  std::int64_t j = 0;
  for (; j + kWidth <= columns; j += kWidth) store(out + j, load(out + j) + load(x + j));
  for (; j < columns; ++j) out[j] += x[j];
}

/// Strips of columns whose sums stay in the first-level cache, all rows of a strip by one thread.
void sum_axis0(const double* x, std::int64_t rows, std::int64_t columns, double* out) {
  constexpr std::int64_t kStrip = 1024;
#pragma omp parallel
  {
    const Span part = my_part(columns, 8);
    for (std::int64_t j = part.begin; j < part.end; j += kStrip) {
      const std::int64_t count = std::min(kStrip, part.end - j);
      std::fill_n(out + j, count, 0.0);
      std::int64_t i = 0;
      for (; i + 4 <= rows; i += 4) {  // four rows a pass: the sums are loaded and stored a quarter as often
        const double* r = x + i * columns + j;
        std::int64_t k = 0;
        for (; k + kWidth <= count; k += kWidth) {
          const Vec low = load(r + k) + load(r + columns + k),
                    high = load(r + 2 * columns + k) + load(r + 3 * columns + k);
          store(out + j + k, load(out + j + k) + (low + high));
        }
        for (; k < count; ++k) out[j + k] += (r[k] + r[columns + k]) + (r[2 * columns + k] + r[3 * columns + k]);
      }
      for (; i < rows; ++i) add_row(x + i * columns + j, out + j, count);
    }
  }
}

void sum_axis1(const double* x, std::int64_t rows, std::int64_t columns, double* out) {
#pragma omp parallel for schedule(static)
  for (std::int64_t i = 0; i < rows; ++i) {
    out[i] = sum_part<kVectors>(x + i * columns, {0, columns}, [](auto&) {}, [](double a) { return a; });
  }
}

/// One pass for every sum, blocks of rows per thread; the transpose by tiles that fit the first-level cache.
void table(const double* x, std::int64_t rows, std::int64_t columns, TableResult& result) {
  constexpr std::int64_t kTile = 32;
  const double shift = x[0];
  for (std::int64_t i = 0; i < std::min<std::int64_t>(10, rows); ++i) result.slice[i] = x[i * columns + 5];
  std::fill_n(result.columns, columns, 0.0);
  double sum = 0, squares = 0;
#pragma omp parallel reduction(+ : sum, squares)
  {
    const Span part = my_part(rows, kTile);
    std::vector<double> mine(static_cast<std::size_t>(columns), 0.0);
    for (std::int64_t begin = part.begin; begin < part.end; begin += kTile) {
      const std::int64_t end = std::min(begin + kTile, part.end);
      for (std::int64_t i = begin; i < end; ++i) {
        const double* row = x + i * columns;
        MomentSums moments{.shift = shift};
        moments.add<false>(row, columns);
        result.rows[i] = moments.sum + shift * static_cast<double>(columns);
        sum += moments.sum;
        squares += moments.squares;
        add_row(row, mine.data(), columns);
      }
      for (std::int64_t j = 0; j < columns; j += 8) {
        for (std::int64_t k = j; k < std::min(j + 8, columns); ++k) {
          for (std::int64_t i = begin; i < end; ++i) result.transposed[k * rows + i] = x[i * columns + k];
        }
      }
    }
#pragma omp critical
    add_row(mine.data(), result.columns, columns);
  }
  const Moments all = MomentSums{shift, sum, squares, 0}.finish(rows * columns);
  result.mean = all.mean;
  result.stddev = all.stddev;
}

}  // namespace

const Peer& hand_peer() {
  static const Peer peer{"hand",       "explicit vectors, interleaved, streaming stores",
                         sqrt_sin,     sum,
                         sum_sqrt_sin, sum_sqrt,
                         chain,        chain_generated,
                         moments,      moments_generated,
                         sum_axis0,    sum_axis1,
                         table};
  return peer;
}

}  // namespace bench
