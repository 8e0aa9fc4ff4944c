// Basic indexing.
#include <cstdlib>

#include "host/api/record.h"

namespace ingot {
namespace api {
namespace {

struct Range {
  std::int64_t first, count, step;
};

// Python's slice.indices: bounds from the end made absolute, then cut to what the step can reach.
Range resolve(const Slice& slice, std::int64_t extent, const Location& where) {
  if (slice.step == 0) fail<ValueError>(where, "index: a slice has step 0; use a positive or a negative step");
  const bool forward = slice.step > 0;
  const std::int64_t low = forward ? 0 : -1, high = forward ? extent : extent - 1;
  const auto bound = [&](std::optional<std::int64_t> given, std::int64_t open) {
    if (!given) return open;
    const std::int64_t position = *given < 0 ? *given + extent : *given;
    return position < low ? low : position > high ? high : position;
  };
  const std::int64_t start = bound(slice.start, forward ? low : high);
  const std::int64_t stop = bound(slice.stop, forward ? high : low);
  const std::int64_t distance = forward ? stop - start : start - stop;
  if (distance <= 0) return {0, 0, 1};
  const std::uint64_t stride =
      forward ? static_cast<std::uint64_t>(slice.step) : -static_cast<std::uint64_t>(slice.step);
  const auto count = static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1;
  return {start, count, count == 1 ? 1 : slice.step};
}

Array index(const Array& x, std::span<const Index> indices, const Location& where) {
  Node* const node = node_of(x, where);
  const Shape& shape = node->shape;
  int taken = 0, ellipses = 0;
  for (const Index& i : indices) {
    taken += i.kind == Index::Kind::At || i.kind == Index::Kind::Range;
    ellipses += i.kind == Index::Kind::Ellipsis;
  }
  if (taken > shape.ndim())
    fail<IndexError>(where, "index: too many indices: the array has ", shape.ndim(),
                     shape.ndim() == 1 ? " axis" : " axes", ", of shape ", shape, ", and ", taken, " were indexed");
  if (ellipses > 1)
    fail<IndexError>(where, "index: only one ellipsis can stand for the missing axes, and ", ellipses, " were given");

  const Strides strides = c_strides(shape);
  Shape result;
  Strides steps;
  std::int64_t offset = 0;
  int axis = 0;
  const auto keep = [&](int count) {
    for (; count > 0; --count, ++axis) {
      result.push_back(shape[axis]);
      steps.push_back(strides[axis]);
    }
  };
  for (const Index& i : indices) {
    switch (i.kind) {
      case Index::Kind::Absent: break;
      case Index::Kind::At: {
        const std::int64_t extent = shape[axis];
        if (i.at < -extent || i.at >= extent)
          fail<IndexError>(where, "index: ", i.at, " is out of bounds for axis ", axis, " with size ", extent,
                           " of shape ", shape);
        offset += (i.at < 0 ? i.at + extent : i.at) * strides[axis];
        ++axis;
        break;
      }
      case Index::Kind::Range: {
        const Range range = resolve(i.slice, shape[axis], where);
        result.push_back(range.count);
        steps.push_back(strides[axis] * range.step);
        offset += strides[axis] * range.first;
        ++axis;
        break;
      }
      case Index::Kind::NewAxis:
        result.push_back(1);
        steps.push_back(0);
        break;
      case Index::Kind::Ellipsis: keep(shape.ndim() - taken); break;
    }
  }
  keep(shape.ndim() - axis);
  return wrap(graph::view(node, result, offset, std::move(steps), where));
}

}  // namespace
}  // namespace api

Array Array::operator()(std::span<const Index> indices, Location where) const {
  return api::index(*this, indices, where);
}

Array Array::operator()(const Index& i0, const Index& i1, const Index& i2, const Index& i3, const Index& i4,
                        const Index& i5, const Index& i6, const Index& i7, Location where) const {
  const Index indices[] = {i0, i1, i2, i3, i4, i5, i6, i7};
  return api::index(*this, indices, where);
}

}  // namespace ingot
