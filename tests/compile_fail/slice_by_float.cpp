// A bound is an integer.
#include <ingot/ingot.hpp>

void slice_by_float(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  y = x(ingot::Slice(0.5, 2));
#else
  y = x(ingot::Slice(0, 2));
#endif
  x = y;
}
