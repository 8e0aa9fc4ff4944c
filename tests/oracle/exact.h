// Elementary functions to as many bits as a question needs, by MPFR.
#pragma once

#include <mpfr.h>

#include "host/graph/op.h"

namespace ingot::oracle {

/// result = f(x) or f(x, y), to the result's precision and at most 160 bits. Of the ops that compute with floats, but
/// for those that move, compare or round them; std::logic_error for others.
void exact(mpfr_ptr result, Op op, double x, double y);

/// f(x) or f(x, y) rounded once to the dtype. Of the ops that the table does not call exact.
double rounded(Op op, DType dtype, double x, double y);

/// Where cancellation may leave less than the terms of f(x) have: the exponent, as MPFR counts, of the largest term,
/// whose last place then is the unit of an error. Far below every number's elsewhere.
long least_exponent(Op op, double x);

/// |got - f| in units in the last place of f, rounded up; infinity for a wrong special value or sign.
double distance(Op op, DType dtype, double x, double y, double got);

/// floor(x / y) rounded once to the dtype, for finite x and y, y not 0.
double floor_quotient(DType dtype, double x, double y);

}  // namespace ingot::oracle
