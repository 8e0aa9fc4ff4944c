#include "host/exec/on_gpu/batch_axes.h"

namespace ingot::exec {

std::vector<BatchAxis> batch_axes(const RoutineCall& call) {
  std::vector<BatchAxis> axes;
  for (int k = call.result.shape.ndim() - 3; k >= 0; --k) {
    const BatchAxis axis{call.result.shape[k], call.inputs[0].strides[k], call.inputs[1].strides[k]};
    if (axis.extent == 1) continue;
    if (!axes.empty() && axis.left == axes.back().left * axes.back().extent &&
        axis.right == axes.back().right * axes.back().extent)
      axes.back().extent *= axis.extent;
    else
      axes.push_back(axis);
  }
  return axes;
}

std::pair<std::int64_t, std::int64_t> batch_offsets(const std::vector<BatchAxis>& axes, std::size_t first,
                                                    std::int64_t place) {
  std::pair<std::int64_t, std::int64_t> offsets;
  for (std::size_t k = first; k < axes.size(); ++k) {
    offsets.first += place % axes[k].extent * axes[k].left;
    offsets.second += place % axes[k].extent * axes[k].right;
    place /= axes[k].extent;
  }
  return offsets;
}

}  // namespace ingot::exec
