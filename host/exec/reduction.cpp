#include "host/exec/reduction.h"

#include <algorithm>

#include "host/exec/blocks.h"

namespace ingot::exec {

std::vector<Reducing> reducings(const ir::Kernel& kernel, const cpu::Support& support) {
  std::vector<Reducing> list;
  for (const ir::Reduction& r : kernel.reductions) {
    const DType dtype = kernel.value_dtype(r);
    const bool moments = r.reducer == Reducer::sumsqdev;
    const auto size = static_cast<std::int64_t>(itemsize(dtype));
    list.push_back({static_cast<int>(r.reducer), static_cast<int>(dtype), size, cpu::state_bytes(moments, size),
                    cpu::accumulator_bytes(moments, size), &support});
  }
  return list;
}

void run_epilogue(const Bound& bound, const std::vector<Reducing>& reductions, std::int64_t begin, std::int64_t count,
                  const std::vector<void*>& results) {
  const Dims extents = bound.launch->kept_extents();
  std::vector<int> axes;
  for (int k = 0; k < extents.size(); ++k) axes.push_back(k);
  const std::vector<std::int64_t> in_offset(bound.epilogue.in.size(), 0), out_offset(bound.epilogue.out.size(), 0);

  const std::int64_t piece = bound.epilogue.staged ? kStagedElements : count;
  Frame& frame = Frame::of_thread(true);
  frame.start(bound.epilogue, cpu::support(jit::level()), results.size());
  for (std::int64_t done = 0; done < count; done += piece) {
    const std::int64_t n = std::min(piece, count - done);
    frame.lay_range(bound.epilogue, extents, axes, begin + done, n, in_offset, out_offset);
    for (std::size_t k = 0; k < results.size(); ++k)
      frame.in[bound.epilogue.in.size() + k] = static_cast<std::byte*>(results[k]) + done * reductions[k].itemsize;
    bound.runner.epilogue(frame.tile);
    frame.finish_range(bound.epilogue, extents, axes, begin + done, n, out_offset);
  }
}

}  // namespace ingot::exec
