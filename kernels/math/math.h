// The body of every row of ops.def, as a function template of the row's name over lanes (lane.h).
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
