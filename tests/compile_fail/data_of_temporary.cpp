// The span would outlive its array.
#include <ingot/ingot.hpp>

void data_of_temporary(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  (x + y).data<double>();
#else
  y = (x + y).item<double>();
#endif
  x = y;
}
