// A position is an integer.
#include <ingot/ingot.hpp>

void index_by_float(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  y = x(1.5);
#else
  y = x(1);
#endif
  x = y;
}
