// The rivals: the same work written without Ingot, each in a translation unit of its own flags. All use the threads
// that OpenMP is set to.
#pragma once

#include <cstdint>

namespace bench {

/// mean, population standard deviation and maximum.
struct Moments {
  double mean, stddev, max;
};

/// What W6 asks of a matrix: a[:10, 5], sums over either axis, mean and stddev, the transpose.
struct TableResult {
  double* slice;    // 10
  double* columns;  // sum over axis 0
  double* rows;     // sum over axis 1
  double* transposed;
  double mean, stddev;
};

struct Peer {
  const char* name;
  const char* what;
  /// out = sqrt(x) + sin(x)
  void (*sqrt_sin)(const double* x, double* out, std::int64_t n);
  double (*sum)(const double* x, std::int64_t n);
  double (*sum_sqrt_sin)(const double* x, std::int64_t n);
  double (*sum_sqrt)(const double* x, std::int64_t n);
  /// Sum after `kChainSteps` times a = sqrt(a) + sin(a).
  double (*chain)(const double* x, std::int64_t n);
  /// The same of Philox numbers under a key, never stored; null where there is none.
  double (*chain_generated)(std::uint64_t key, std::int64_t n);
  Moments (*moments)(const double* x, std::int64_t n);
  Moments (*moments_generated)(std::uint64_t key, std::int64_t n);
  void (*sum_axis0)(const double* x, std::int64_t rows, std::int64_t columns, double* out);
  void (*sum_axis1)(const double* x, std::int64_t rows, std::int64_t columns, double* out);
  void (*table)(const double* x, std::int64_t rows, std::int64_t columns, TableResult& result);
};

inline constexpr int kChainSteps = 10;

const Peer& openmp_peer();
const Peer& hand_peer();
const Peer& eigen_peer();

inline constexpr int kPeers = 3;
inline const Peer* peers(int i) {
  const Peer* const all[kPeers] = {&hand_peer(), &openmp_peer(), &eigen_peer()};
  return all[i];
}

}  // namespace bench
