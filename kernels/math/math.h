// The body of every row of ops.def, as a function template of the row's name over lanes (lane.h).
// Include it by its path from the root of the repository: a folder with a math.h must not be on the include path.
//
// Largest errors in tests/kernels/math_test.cpp (4e5 operands each; bound: 1), and ns per element over vec<f64, 16> and
// vec<f32, 32> bundles of 8192 elements at AVX2, beside glibc 2.36's libmvec (4 lanes of f64, 8 of f32; 1 to 4 ulp), in
// one run on a Zen 3 at about 3.5 GHz:
//
//            f64: ulp   ns   libmvec    f32: ulp   ns   libmvec
//   sin          0.87  1.11   1.00          0.84  0.46   0.43
//   cos          0.85  1.35   1.03          0.87  0.57   0.47
//   exp          0.86  1.19   1.17          0.89  0.42   0.43
//   log          0.84  1.85   1.52          0.71  0.68   0.43
//   tanh         0.85  2.04   3.27          0.83  0.82   0.90
//   pow          0.93  5.49   5.86          0.51  1.60   3.04
//   rsqrt        0.51  1.09     -           0.51  0.36     -
#pragma once

#include "lane.h"
#include "rare.h"

#include "arithmetic.h"
#include "cast.h"
#include "compare.h"
#include "exp_log.h"
#include "hyperbolic.h"
#include "integer.h"
#include "pow.h"
#include "random.h"
#include "reduce.h"
#include "rounding.h"
#include "trig.h"
