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
//   pow          0.94  5.49   5.86          0.51  1.60   3.04
//   rsqrt        0.50  1.09     -           0.50  0.36     -
//
// The same at AVX-512 (vec<f64, 32>, vec<f32, 64>; libmvec: 8 and 16 lanes), on a Sapphire Rapids shared with other
// work:
//
//   exp2         0.87  0.80   0.67          0.86  0.33   0.28
//   exp10        0.80  1.01   0.90          0.84  0.44   0.38
//   expm1        0.71  1.14   1.04          0.81  0.52   0.40
//   log2         0.92  1.52   1.03          0.95  0.52   0.27
//   log10        0.79  1.59   1.05          0.91  0.55   0.32
//   log1p        0.78  1.82   1.36          0.83  0.69   0.64
//   sinh         0.72  1.21   1.39          0.91  0.54   0.51
//   cosh         0.76  1.07   1.12          0.69  0.46   0.45
//   asinh        0.82  3.73   2.85          0.88  1.28   1.06
//   acosh        0.79  2.88   2.14          0.87  1.24   0.87
//   atanh        0.54  1.78   1.55          0.56  0.79   0.59
//   sigmoid      0.76  1.49     -           0.77  0.70     -
//   cbrt         0.51  1.43   1.06          0.51  0.71   0.38
//   hypot        0.85  1.14   0.63          0.88  0.54   0.31
//   logaddexp    0.75  4.51     -           0.60  2.18     -
//
// The same at AVX-512 (8 lanes of f64, 16 of f32), on a Xeon shared with other work, where sin takes 0.91 and 0.28:
//
//   tan          0.95  1.34   1.15          0.93  0.48   0.51
//   tanh         0.75  1.42   1.76          0.94  0.40   0.33
//   asin         0.74  1.82   1.01          0.68  0.52   0.38
//   acos         0.71  1.93   1.54          0.66  0.65   0.52
//   atan         0.84  1.54   1.39          0.76  0.57   0.49
//   atan2        0.87  2.15   1.88          0.79  0.81   0.66
//   erf          0.87  3.47   1.08          1.00  1.29   0.63
//   erfc         0.86  4.41   3.44          0.83  2.48  13.96
//
// What fast_math records, beside the exact functions, in one run on the same machine:
//
//            f64: ulp   ns   exact      f32: ulp   ns   exact
//   fast_sin     3.34  0.46   0.70          2.07  0.21   0.31
//   fast_cos     3.29  0.61   1.00          1.98  0.24   0.39
//   fast_exp     1.04  0.56   0.66          1.05  0.22   0.25
//   fast_log     2.81  0.84   1.16          1.23  0.28   0.45
//   fast_tanh    2.55  0.78   1.42          2.57  0.31   0.40
//   fast_pow     3.23  2.09   2.67          3.48  0.81   1.52    (|y log x| <= 24)
//
// Only measured for their error, over 0.4 million operands each (logit and gelu: 0.03 million), as softplus, which is
// logaddexp(x, 0) (0.71, f32 0.51; 0.02 million):
//
//   sinpi        0.87                     0.85
//   cospi        0.87                     0.85
//   tanpi        0.84                     0.84
//   sinc         0.94                     0.87
//   logit        0.53                     0.52
//   gelu         0.79                     0.77
//   tgamma       0.98                     0.50
//   lgamma       1.21  (x > 0)            0.50
//   digamma      0.57  (x > 0)            0.50
//   erfinv       1.93                     0.57
//   i0           0.94                     0.56
#pragma once

#include "lane.h"
#include "rare.h"

#include "arc.h"
#include "arithmetic.h"
#include "bessel.h"
#include "cast.h"
#include "compare.h"
#include "divisor.h"
#include "erf.h"
#include "erfinv.h"
#include "exp_log.h"
#include "fast.h"
#include "gamma.h"
#include "half.h"
#include "hyperbolic.h"
#include "integer.h"
#include "logaddexp.h"
#include "pair.h"
#include "pi_trig.h"
#include "pow.h"
#include "random.h"
#include "reduce.h"
#include "roots.h"
#include "rounding.h"
#include "sign.h"
#include "tan.h"
#include "trig.h"
