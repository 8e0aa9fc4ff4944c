// && and || could not keep their short circuit: use & and |.
#include <ingot/ingot.hpp>

ingot::Array value_short_circuit(ingot::Array x) {
#ifdef MUST_FAIL
  return ingot::elementwise([](ingot::Value v) { return (v > 1.0) && (v < 2.0); }, x);
#else
  return ingot::elementwise([](ingot::Value v) { return (v > 1.0) & (v < 2.0); }, x);
#endif
}
