#include "ingot/shape.hpp"

#include <ostream>

namespace ingot {

// Here and not in the header: inlined, g++ 12 warns of an overflow that its own flow analysis invents.
void Dims::grow(int capacity) {
  auto* const bigger = new std::int64_t[static_cast<std::size_t>(capacity)];
  std::copy_n(data(), size_, bigger);
  delete[] heap_;
  heap_ = bigger;
  capacity_ = capacity;
}

Strides c_strides(const Shape& shape) {
  Strides strides(shape.ndim(), 0);
  std::int64_t step = 1;
  for (int k = shape.ndim() - 1; k >= 0; --k) {
    strides[k] = step;
    step *= shape[k];
  }
  return strides;
}

std::string to_string(const Shape& shape) {
  std::string text = "(";
  for (int k = 0; k < shape.ndim(); ++k) {
    if (k != 0) text += ", ";
    text += std::to_string(shape[k]);
  }
  return text += shape.ndim() == 1 ? ",)" : ")";
}

std::ostream& operator<<(std::ostream& out, const Shape& shape) { return out << to_string(shape); }

}  // namespace ingot
