// Loops over functions of whole vectors, as libmvec and SLEEF have them, compiled for the CPU level whose registers
// those take.
#pragma once

#include <cstdint>

namespace bench {

/// out[i] = function(x[i]) or function(x[i], y[i]), for a multiple of 16 elements.
template <class T>
using VectorLoop = void(void* function, const T* x, const T* y, T* out, std::int64_t n);

struct VectorLoops {
  VectorLoop<double>* one_double;
  VectorLoop<double>* two_double;
  VectorLoop<float>* one_float;
  VectorLoop<float>* two_float;
};

extern const VectorLoops kLoopsV3, kLoopsV4;

}  // namespace bench
