// An array has no truth value; all() and any() give one.
#include <ingot/ingot.hpp>

void array_as_condition(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  if (x == y) x = 0;
#else
  if (all(x == y).item<bool>()) x = 0;
#endif
  x = y;
}
