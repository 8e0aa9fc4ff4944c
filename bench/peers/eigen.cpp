// Eigen's array expressions. Eigen does not thread them, so every thread evaluates the expression over its part.
#include <Eigen/Core>
#include <vector>

#include "peer.h"
#include "split.h"

namespace bench {
namespace {

using Column = Eigen::ArrayXd;
using Table = Eigen::Array<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using In = Eigen::Map<const Column>;
using Out = Eigen::Map<Column>;
using InTable = Eigen::Map<const Table>;

In view(const double* x, Span part) { return In(x + part.begin, part.end - part.begin); }

void sqrt_sin(const double* x, double* out, std::int64_t n) {
#pragma omp parallel
  {
    const Span part = my_part(n, 512);
    const In in = view(x, part);
    Out(out + part.begin, part.end - part.begin) = in.sqrt() + in.sin();
  }
}

template <class Reduce>
double sum_of(const double* x, std::int64_t n, Reduce reduce) {
  double sum = 0;
#pragma omp parallel reduction(+ : sum)
  {
    const Span part = my_part(n, 512);
    if (part.begin < part.end) sum += reduce(view(x, part));
  }
  return sum;
}

double sum(const double* x, std::int64_t n) {
  return sum_of(x, n, [](const In& in) { return in.sum(); });
}
double sum_sqrt_sin(const double* x, std::int64_t n) {
  return sum_of(x, n, [](const In& in) { return (in.sqrt() + in.sin()).sum(); });
}
double sum_sqrt(const double* x, std::int64_t n) {
  return sum_of(x, n, [](const In& in) { return in.sqrt().sum(); });
}
double chain(const double* x, std::int64_t n) {
  return sum_of(x, n, [](const In& in) {
    Column a = in;
    for (int step = 0; step < kChainSteps; ++step) a = a.sqrt() + a.sin();
    return a.sum();
  });
}

Moments moments(const double* x, std::int64_t n) {
  double sum = 0, squares = 0, max = -1.0 / 0.0;
  const double shift = std::sqrt(x[0]) + std::sin(x[0]);
#pragma omp parallel reduction(+ : sum, squares) reduction(max : max)
  {
    const Span part = my_part(n, 512);
    if (part.begin < part.end) {
      const In in = view(x, part);
      const Column y = in.sqrt() + in.sin();
      sum += (y - shift).sum();
      squares += (y - shift).square().sum();
      max = std::max(max, y.maxCoeff());
    }
  }
  const double mean = sum / static_cast<double>(n);
  return {shift + mean, std::sqrt(squares / static_cast<double>(n) - mean * mean), max};
}

void sum_axis0(const double* x, std::int64_t rows, std::int64_t columns, double* out) {
  const InTable in(x, rows, columns);
#pragma omp parallel
  {
    const Span part = my_part(columns, 8);
    if (part.begin < part.end) {
      const std::int64_t count = part.end - part.begin;
      Eigen::Map<Eigen::Array<double, 1, Eigen::Dynamic>>(out + part.begin, count) =
          in.middleCols(part.begin, count).colwise().sum();
    }
  }
}

void sum_axis1(const double* x, std::int64_t rows, std::int64_t columns, double* out) {
  const InTable in(x, rows, columns);
#pragma omp parallel
  {
    const Span part = my_part(rows, 1);
    const std::int64_t count = part.end - part.begin;
    if (count > 0) Out(out + part.begin, count) = in.middleRows(part.begin, count).rowwise().sum();
  }
}

void table(const double* x, std::int64_t rows, std::int64_t columns, TableResult& result) {
  const InTable in(x, rows, columns);
  const std::int64_t sliced = std::min<std::int64_t>(10, rows);
  Out(result.slice, sliced) = in.col(5).head(sliced);
  sum_axis0(x, rows, columns, result.columns);
  sum_axis1(x, rows, columns, result.rows);
  const std::int64_t n = rows * columns;
  const double shift = x[0];
  const double mean = sum_of(x, n, [&](const In& part) { return (part - shift).sum(); }) / static_cast<double>(n);
  const double squares = sum_of(x, n, [&](const In& part) { return (part - shift).square().sum(); });
  result.mean = shift + mean;
  result.stddev = std::sqrt(squares / static_cast<double>(n) - mean * mean);
#pragma omp parallel
  {
    const Span part = my_part(rows, 8);
    const std::int64_t count = part.end - part.begin;
    if (count > 0) {
      Eigen::Map<Table>(result.transposed, columns, rows).middleCols(part.begin, count) =
          in.middleRows(part.begin, count).transpose();
    }
  }
}

}  // namespace

const Peer& eigen_peer() {
  static const Peer peer{"eigen",      "Eigen 3.4 array expressions over each thread's part",
                         sqrt_sin,     sum,
                         sum_sqrt_sin, sum_sqrt,
                         chain,        nullptr,
                         moments,      nullptr,
                         sum_axis0,    sum_axis1,
                         table};
  return peer;
}

}  // namespace bench
