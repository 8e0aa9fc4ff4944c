// keepdims in the place of the axes.
#include <ingot/ingot.hpp>

void axis_of_bool(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  y = sum(x, true);
#else
  y = sum(x, {}, true);
#endif
  x = y;
}
