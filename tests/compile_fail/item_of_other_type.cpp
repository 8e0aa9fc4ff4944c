// An item is a number.
#include <ingot/ingot.hpp>

void item_of_other_type(ingot::Array x, ingot::Array y) {
#ifdef MUST_FAIL
  x.item<const char*>();
#else
  y = x.item<float>();
#endif
  x = y;
}
