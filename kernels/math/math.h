// The body of every row of ops.def, as a function template of the row's name over lanes (lane.h).
// Include it by its path from the root of the repository: a folder with a math.h must not be on the include path.
//
// Largest errors against MPFR seen over 0.6 to 7 million operands each, of the kinds in tests/kernels/math_test.cpp
// (bound: 1). ns per element over vec<f64, 16> and vec<f32, 32> bundles of 8192 elements at AVX2, each row timed in one
// run with glibc's libmvec (4 lanes of f64, 8 of f32; up to 4 ulp), on a Zen 3 shared with other work:
//
//            f64: ulp   ns   libmvec    f32: ulp   ns   libmvec
//   sin          0.88  1.11   1.00          0.85  0.46   0.43
//   cos          0.86  1.35   1.03          0.87  0.57   0.47
//   exp          0.89  1.19   1.17          0.89  0.42   0.43
//   log          0.86  1.85   1.52          0.79  0.68   0.43
//   tanh         0.89  2.13   3.66          0.91  0.89   1.17
//   pow          0.94  5.49   5.86          0.51  1.60   3.04
//   rsqrt        0.50  1.09     -           0.50  0.36     -
#pragma once

#include "lane.h"
#include "rare.h"

#include "arithmetic.h"
#include "cast.h"
#include "compare.h"
#include "exp_log.h"
#include "half.h"
#include "hyperbolic.h"
#include "integer.h"
#include "pow.h"
#include "random.h"
#include "reduce.h"
#include "rounding.h"
#include "trig.h"
