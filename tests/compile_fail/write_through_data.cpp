// Values are read-only.
#include <ingot/ingot.hpp>

void write_through_data(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  x.data<double>()[0] = 1.0;
#else
  y = x.data<double>()[0];
#endif
  x = y;
}
