// The numbers of a matrix product, as libfake_cublasLt.so computes them.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fake_cublaslt {

enum Type : int { kFloat32 = 0, kFloat64 = 1, kFloat16 = 2, kBFloat16 = 14 };
enum Compute : int { kAsFloat32 = 68, kAsFloat64 = 70, kAsTf32 = 77 };

/// 0 for a type that is not known.
std::size_t size_of(int type);

/// Element (row, column) of the k-th matrix is at row + column * leading + k * step.
struct Layout {
  int type = 0;
  std::uint64_t rows = 0, columns = 0;
  std::int64_t leading = 0, step = 0;
  std::int32_t count = 1;

  /// From the first element to behind the last one.
  std::size_t bytes() const;
  friend bool operator==(const Layout&, const Layout&) = default;
};

struct Operation {
  int compute = 0, scale = 0;
  std::int32_t turn_a = 0, turn_b = 0;
  friend bool operator==(const Operation&, const Operation&) = default;
};

/// d = alpha op(a) op(b) + beta c, in sums that begin with the last term.
struct Multiplication {
  Operation operation;
  Layout a, b, d;
  double alpha, beta;
  void run(const char* a_data, const char* b_data, const char* c_data, char* d_data) const;
};

}  // namespace fake_cublaslt
