// Debug builds look after the memory that from_host borrows: written while an array made from it lives, it would give
// results that nobody asked for.
#pragma once

#include <functional>

#include "ingot/array.hpp"
#include "ingot/shape.hpp"

namespace ingot::api {

/// A check that throws ValueError once the elements differ from what they are now. It reads all of up to 1 MiB, and of
/// more 256 evenly spaced stretches of 4 KiB, counted in C order.
std::function<void()> watch(DType dtype, const void* data, const Shape& shape, const Strides& strides, Location where);

}  // namespace ingot::api
