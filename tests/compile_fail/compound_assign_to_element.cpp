// A temporary cannot be rebound.
#include <ingot/ingot.hpp>

void compound_assign_to_element(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  x(0) += 1.0;
#else
  x += 1.0;
#endif
  x = y;
}
