// long double is no element type.
#include <ingot/ingot.hpp>

void scalar_of_long_double(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  y = x + 1.0L;
#else
  y = x + 1.0;
#endif
  x = y;
}
