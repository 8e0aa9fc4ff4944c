// && could not keep its short circuit.
#include <ingot/ingot.hpp>

void short_circuit(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  y = x && y;
#else
  y = x & y;
#endif
  x = y;
}
