// Arrays are immutable: an element cannot be written.
#include <ingot/ingot.hpp>

void assign_to_element(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  x(0) = 5.0;
#else
  x = 5.0;
#endif
  x = y;
}
