// Compiled once per CPU level, with BENCH_LOOPS as the name of its loops.
#include "vector_loops.h"

#include <cstring>

namespace bench {
namespace {

#ifdef __AVX512F__
constexpr int kBytes = 64;
#else
constexpr int kBytes = 32;
#endif
typedef double Doubles __attribute__((vector_size(kBytes)));
typedef float Floats __attribute__((vector_size(kBytes)));

template <class V, class T>
void one(void* function, const T* x, const T*, T* out, std::int64_t n) {
  const auto f = reinterpret_cast<V (*)(V)>(function);
  for (std::int64_t i = 0; i < n; i += kBytes / static_cast<std::int64_t>(sizeof(T))) {
    V v;
    std::memcpy(&v, x + i, kBytes);
    v = f(v);
    std::memcpy(out + i, &v, kBytes);
  }
}

template <class V, class T>
void two(void* function, const T* x, const T* y, T* out, std::int64_t n) {
  const auto f = reinterpret_cast<V (*)(V, V)>(function);
  for (std::int64_t i = 0; i < n; i += kBytes / static_cast<std::int64_t>(sizeof(T))) {
    V v, w;
    std::memcpy(&v, x + i, kBytes);
    std::memcpy(&w, y + i, kBytes);
    v = f(v, w);
    std::memcpy(out + i, &v, kBytes);
  }
}

}  // namespace

extern const VectorLoops BENCH_LOOPS;
const VectorLoops BENCH_LOOPS = {one<Doubles, double>, two<Doubles, double>, one<Floats, float>, two<Floats, float>};

}  // namespace bench
