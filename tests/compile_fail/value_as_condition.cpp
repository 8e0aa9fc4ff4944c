// Inside a function given to elementwise nothing is known yet; select() chooses.
#include <ingot/ingot.hpp>

ingot::Array value_as_condition(ingot::Array x) {
  return ingot::elementwise(
      [](ingot::Value v) {
#ifdef MUST_FAIL
        if (v > 1.0) return v;
        return v * v;
#else
        return select(v > 1.0, v, v * v);
#endif
      },
      x);
}
