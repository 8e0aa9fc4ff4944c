#include "products.h"

#include <dlfcn.h>
#include <omp.h>

#include <Eigen/Core>
#include <cstdlib>

namespace bench {
namespace {

template <class T>
using Matrix = Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
template <class T>
using Column = Eigen::Matrix<T, Eigen::Dynamic, 1>;

// Eigen threads one product; of a batch, every thread takes some.
template <class T>
void by_eigen(const Product<T>& p) {
  const auto a = [&](std::int64_t i) { return Eigen::Map<const Matrix<T>>(p.a + i * p.m * p.k, p.m, p.k); };
  const auto b = [&](std::int64_t i) { return Eigen::Map<const Matrix<T>>(p.b + i * p.k * p.n, p.k, p.n); };
  const auto c = [&](std::int64_t i) { return Eigen::Map<Matrix<T>>(p.c + i * p.m * p.n, p.m, p.n); };
  if (p.n == 1 && p.batch == 1) {
    Eigen::Map<Column<T>>(p.c, p.m).noalias() = a(0) * Eigen::Map<const Column<T>>(p.b, p.k);
  } else if (p.batch == 1) {
    c(0).noalias() = a(0) * b(0);
  } else {
#pragma omp parallel for
    for (std::int64_t i = 0; i < p.batch; ++i) c(i).noalias() = a(i).lazyProduct(b(i));
  }
}

template <class T>
using Blas = void (*)(int, int, int, int, int, int, T, const T*, int, const T*, int, T, T*, int);

// Its own detection takes slow kernels for processors younger than it is.
void* blis() {
  static void* const library = [] {
    setenv("BLIS_ARCH_TYPE", __builtin_cpu_supports("avx512f") ? "skx" : "haswell", 0);
    return dlopen("libblis.so.4", RTLD_NOW | RTLD_LOCAL);
  }();
  return library;
}

template <class T>
bool by_blis(const Product<T>& p, const char* symbol) {
  constexpr int kRowMajor = 101, kPlain = 111;
  if (blis() == nullptr || p.batch != 1) return false;
  static const auto multiply = reinterpret_cast<Blas<T>>(dlsym(blis(), symbol));
  static const auto set_threads = reinterpret_cast<void (*)(std::int64_t)>(dlsym(blis(), "bli_thread_set_num_threads"));
  set_threads(omp_get_max_threads());
  const int m = static_cast<int>(p.m), k = static_cast<int>(p.k), n = static_cast<int>(p.n);
  multiply(kRowMajor, kPlain, kPlain, m, n, k, 1, p.a, k, p.b, n, 0, p.c, n);
  return true;
}

}  // namespace

void eigen_product(const Product<double>& product) { by_eigen(product); }
void eigen_product(const Product<float>& product) { by_eigen(product); }
bool blis_product(const Product<double>& product) { return by_blis(product, "cblas_dgemm"); }
bool blis_product(const Product<float>& product) { return by_blis(product, "cblas_sgemm"); }

}  // namespace bench
