// concat on the host: each input is moved to its part of the result, whatever its strides.
#include <algorithm>
#include <vector>

#include "host/exec/parallel.h"
#include "host/exec/routine.h"
#include "host/jit/kernels.h"

namespace ingot::exec {
namespace {

constexpr std::int64_t kTaskBytes = 1 << 18;
constexpr std::int64_t kTasksPerThread = 8;

// Elements that step evenly in both places, by as few axes as that takes, and two at least.
class Move {
 public:
  Move(const Whole& from, const Strides& to, std::int64_t size) : size_(size) {
    for (int k = 0; k < from.shape.ndim(); ++k) {
      const Axis axis{from.shape[k], from.strides[k] * size, to[k] * size};
      if (axis.extent == 1) continue;
      if (!axes_.empty() && axes_.back().in == axis.in * axis.extent && axes_.back().out == axis.out * axis.extent)
        axes_.back() = {axes_.back().extent * axis.extent, axis.in, axis.out};
      else
        axes_.push_back(axis);
    }
    // Rows are contiguous in the result: if need be of one element, and then no step that is a special case.
    if (axes_.empty() || axes_.back().out != size) axes_.push_back({1, 3 * size, size});
    if (axes_.size() == 1) axes_.insert(axes_.begin(), {1, 0, 0});
  }

  // By pieces of the longest axis.
  void run(const std::byte* from, std::byte* to, int threads) const {
    const auto longest =
        std::max_element(axes_.begin(), axes_.end(), [](const Axis& a, const Axis& b) { return a.extent < b.extent; });
    std::int64_t bytes = size_;
    for (const Axis& axis : axes_) bytes *= axis.extent;
    const std::int64_t extent = longest->extent,
                       tasks = threads > 1 ? std::clamp<std::int64_t>(bytes / kTaskBytes, 1,
                                                                      std::min(extent, threads * kTasksPerThread))
                                           : 1;
    parallel_for(tasks, threads, [&](std::int64_t t) {
      std::vector<Axis> axes = axes_;
      Axis& cut = axes[static_cast<std::size_t>(longest - axes_.begin())];
      const std::int64_t begin = extent * t / tasks;
      cut.extent = extent * (t + 1) / tasks - begin;
      move(axes, 0, from + begin * cut.in, to + begin * cut.out);
    });
  }

 private:
  struct Axis {
    std::int64_t extent, in, out;  // steps in bytes
  };

  void move(const std::vector<Axis>& axes, std::size_t first, const std::byte* from, std::byte* to) const {
    const Axis &rows = axes[first], &row = axes[first + 1];
    if (first + 2 == axes.size()) {
      cpu::support(jit::level())
          .gather[cpu::item_index(size_)](to, rows.out, from, rows.in, row.in, rows.extent, row.extent);
      return;
    }
    for (std::int64_t i = 0; i < rows.extent; ++i) move(axes, first + 1, from + i * rows.in, to + i * rows.out);
  }

  const std::int64_t size_;
  std::vector<Axis> axes_;
};

}  // namespace

void run_concat(const RoutineCall& call) {
  const int axis = static_cast<int>(call.parameters[0]);
  const Strides steps = c_strides(call.result.shape);
  const auto size = static_cast<std::int64_t>(itemsize(call.result.dtype));
  std::byte* to = call.result.data;
  for (const Whole& part : call.inputs) {
    Move(part, steps, size).run(part.data, to, call.threads);
    to += part.shape[axis] * steps[axis] * size;
  }
}

}  // namespace ingot::exec
