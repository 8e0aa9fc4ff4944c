// What most people write: a loop, `parallel for`, the compiler and libm.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "peer.h"

namespace bench {
namespace {

double f(double a) { return std::sqrt(a) + std::sin(a); }

double chain_of(double a) {
  for (int step = 0; step < kChainSteps; ++step) a = f(a);
  return a;
}

/// Element i of a generated array: Philox 4x32-10 of counter i / 16 * 8 + i % 8, its 64-bit part (i / 8) % 2, the top
/// 53 bits.
double uniform(std::uint64_t key, std::int64_t i) {
  const auto counter = static_cast<std::uint64_t>(i / 16 * 8 + i % 8);
  std::uint32_t c[4] = {static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0};
  auto k0 = static_cast<std::uint32_t>(key), k1 = static_cast<std::uint32_t>(key >> 32);
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t p0 = std::uint64_t{0xD2511F53u} * c[0], p1 = std::uint64_t{0xCD9E8D57u} * c[2];
    const std::uint32_t next[4] = {static_cast<std::uint32_t>(p1 >> 32) ^ c[1] ^ k0, static_cast<std::uint32_t>(p1),
                                   static_cast<std::uint32_t>(p0 >> 32) ^ c[3] ^ k1, static_cast<std::uint32_t>(p0)};
    std::copy_n(next, 4, c);
    k0 += 0x9E3779B9u;
    k1 += 0xBB67AE85u;
  }
  const int part = static_cast<int>(i / 8 % 2) * 2;
  return static_cast<double>((std::uint64_t{c[part + 1]} << 32 | c[part]) >> 11) * 0x1p-53;
}

void sqrt_sin(const double* x, double* out, std::int64_t n) {
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) out[i] = std::sqrt(x[i]) + std::sin(x[i]);
}

template <class Element>
double sum_of(std::int64_t n, Element element) {
  double sum = 0;
#pragma omp parallel for reduction(+ : sum)
  for (std::int64_t i = 0; i < n; ++i) sum += element(i);
  return sum;
}

double sum(const double* x, std::int64_t n) {
  return sum_of(n, [=](std::int64_t i) { return x[i]; });
}
double sum_sqrt_sin(const double* x, std::int64_t n) {
  return sum_of(n, [=](std::int64_t i) { return f(x[i]); });
}
double sum_sqrt(const double* x, std::int64_t n) {
  return sum_of(n, [=](std::int64_t i) { return std::sqrt(x[i]); });
}
double chain(const double* x, std::int64_t n) {
  return sum_of(n, [=](std::int64_t i) { return chain_of(x[i]); });
}
double chain_generated(std::uint64_t key, std::int64_t n) {
  return sum_of(n, [=](std::int64_t i) { return chain_of(uniform(key, i)); });
}

template <class Element>
Moments moments_of(std::int64_t n, Element element) {
  const double shift = element(0);
  double sum = 0, squares = 0, max = shift;
#pragma omp parallel for reduction(+ : sum, squares) reduction(max : max)
  for (std::int64_t i = 0; i < n; ++i) {
    const double v = element(i);
    sum += v - shift;
    squares += (v - shift) * (v - shift);
    max = std::max(max, v);
  }
  const double mean = sum / static_cast<double>(n);
  return {shift + mean, std::sqrt(squares / static_cast<double>(n) - mean * mean), max};
}

Moments moments(const double* x, std::int64_t n) {
  return moments_of(n, [=](std::int64_t i) { return f(x[i]); });
}
Moments moments_generated(std::uint64_t key, std::int64_t n) {
  return moments_of(n, [=](std::int64_t i) { return f(uniform(key, i)); });
}

void sum_axis0(const double* x, std::int64_t rows, std::int64_t columns, double* out) {
  std::fill_n(out, columns, 0.0);
#pragma omp parallel for reduction(+ : out[ : columns])
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < columns; ++j) out[j] += x[i * columns + j];
  }
}

void sum_axis1(const double* x, std::int64_t rows, std::int64_t columns, double* out) {
#pragma omp parallel for
  for (std::int64_t i = 0; i < rows; ++i) {
    double sum = 0;
    for (std::int64_t j = 0; j < columns; ++j) sum += x[i * columns + j];
    out[i] = sum;
  }
}

void table(const double* x, std::int64_t rows, std::int64_t columns, TableResult& result) {
  for (std::int64_t i = 0; i < std::min<std::int64_t>(10, rows); ++i) result.slice[i] = x[i * columns + 5];
  sum_axis0(x, rows, columns, result.columns);
  sum_axis1(x, rows, columns, result.rows);
  const Moments all = moments_of(rows * columns, [=](std::int64_t i) { return x[i]; });
  result.mean = all.mean;
  result.stddev = all.stddev;
#pragma omp parallel for
  for (std::int64_t j = 0; j < columns; ++j) {
    for (std::int64_t i = 0; i < rows; ++i) result.transposed[j * rows + i] = x[i * columns + j];
  }
}

}  // namespace

const Peer& openmp_peer() {
  static const Peer peer{"openmp",     "plain loop, parallel for, libm",
                         sqrt_sin,     sum,
                         sum_sqrt_sin, sum_sqrt,
                         chain,        chain_generated,
                         moments,      moments_generated,
                         sum_axis0,    sum_axis1,
                         table};
  return peer;
}

}  // namespace bench
