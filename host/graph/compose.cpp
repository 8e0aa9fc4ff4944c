#include "host/graph/compose.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "host/base/per_thread.h"

namespace ingot::graph {
namespace {

struct Axis {
  std::int64_t extent;
  std::int64_t stride;
};

// Axes of extent 1 dropped, neighbours that are evenly spaced merged.
void coalesce(const Shape& shape, const Dims& strides, std::vector<Axis>& axes) {
  axes.clear();
  for (int k = 0; k < shape.ndim(); ++k) {
    if (shape[k] == 1) continue;
    if (!axes.empty() && axes.back().stride == strides[k] * shape[k]) {
      axes.back() = {axes.back().extent * shape[k], strides[k]};
    } else {
      axes.push_back({shape[k], strides[k]});
    }
  }
}

}  // namespace

bool compose(const Dims& extents, const Map& outer, const Shape& shape, const Map& inner, Map& result) {
  auto& axes = per_thread<std::vector<Axis>, struct Coalesced>();
  coalesce(shape, inner.strides, axes);
  result.strides.resize(extents.size());
  if (axes.size() <= 1) {
    const std::int64_t stride = axes.empty() ? 0 : axes[0].stride;
    result.offset = inner.offset + outer.offset * stride;
    for (int k = 0; k < extents.size(); ++k) result.strides[k] = extents[k] == 1 ? 0 : outer.strides[k] * stride;
    return true;
  }

  // Positions in mixed radix over the inner axes: the map is affine if stepping along the outer axes never carries from
  // one digit into the next. Outer axes that run backwards are turned round for the purpose.
  std::int64_t start = outer.offset;
  for (int k = 0; k < extents.size(); ++k)
    if (outer.strides[k] < 0) start += outer.strides[k] * (extents[k] - 1);

  const int count = static_cast<int>(axes.size());
  auto& largest = per_thread<std::vector<std::int64_t>, struct Digits>();  // of each digit
  largest.assign(axes.size(), 0);
  result.offset = inner.offset;
  for (int j = count - 1; j >= 0; --j) {
    const std::int64_t digit = j == 0 ? start : start % axes[j].extent;
    start /= axes[j].extent;
    largest[j] += digit;
    result.offset += digit * axes[j].stride;
  }
  for (int k = 0; k < extents.size(); ++k) {
    result.strides[k] = 0;
    if (extents[k] == 1) continue;
    std::int64_t rest = std::abs(outer.strides[k]);
    for (int j = count - 1; j >= 0; --j) {
      const std::int64_t digit = j == 0 ? rest : rest % axes[j].extent;
      rest /= axes[j].extent;
      largest[j] += digit * (extents[k] - 1);
      result.strides[k] += digit * axes[j].stride;
    }
    if (outer.strides[k] < 0) {
      result.offset += result.strides[k] * (extents[k] - 1);
      result.strides[k] = -result.strides[k];
    }
  }
  for (int j = 0; j < count; ++j)
    if (largest[j] >= axes[j].extent) return false;
  return true;
}

bool find_split(const Dims& extents, const Map& outer, const Shape& shape, const Map& inner, int& axis,
                std::int64_t& extent) {
  std::vector<Axis> axes;
  coalesce(shape, inner.strides, axes);
  std::int64_t boundary = 1;
  for (std::size_t j = axes.size(); j-- > 1;) {
    boundary *= axes[j].extent;
    for (int k = 0; k < extents.size(); ++k) {
      const std::int64_t stride = std::abs(outer.strides[k]);
      if (stride == 0 || boundary % stride != 0) continue;
      const std::int64_t part = boundary / stride;
      if (part <= 1 || part >= extents[k] || extents[k] % part != 0) continue;
      axis = k;
      extent = part;
      return true;
    }
  }
  return false;
}

bool is_identity(const Dims& extents, const Map& map) {
  if (map.offset != 0) return false;
  std::int64_t expected = 1;
  for (int k = extents.size() - 1; k >= 0; --k) {
    if (extents[k] != 1 && map.strides[k] != expected) return false;
    expected *= extents[k];
  }
  return true;
}

bool is_injective(const Dims& extents, const Map& map) {
  if (is_identity(extents, map)) return true;
  auto& axes = per_thread<std::vector<Axis>, struct Steps>();
  axes.clear();
  for (int k = 0; k < extents.size(); ++k)
    if (extents[k] > 1) axes.push_back({extents[k], std::abs(map.strides[k])});
  std::sort(axes.begin(), axes.end(), [](const Axis& a, const Axis& b) { return a.stride < b.stride; });
  __int128 reach = 0;  // strides may be any 63-bit numbers
  for (const Axis& axis : axes) {
    if (axis.stride <= reach) return false;
    reach += static_cast<__int128>(axis.stride) * (axis.extent - 1);
  }
  return true;
}

}  // namespace ingot::graph
