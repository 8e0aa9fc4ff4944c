#include "host/exec/reduction.h"

#include <algorithm>

namespace ingot::exec {

void run_epilogue(const Bound& bound, std::int64_t begin, std::int64_t count, const std::vector<void*>& results) {
  const std::int64_t piece = bound.epilogue.staged ? kStagedElements : count;
  Frame& frame = Frame::of_thread(true);
  frame.start(bound.epilogue, cpu::support(jit::level()), results.size());
  for (std::int64_t done = 0; done < count; done += piece) {
    const std::int64_t n = std::min(piece, count - done);
    frame.lay_range(bound.epilogue, bound.epilogue_axes, begin + done, n);
    for (std::size_t k = 0; k < results.size(); ++k)
      frame.in[bound.epilogue.in.size() + k] =
          static_cast<std::byte*>(results[k]) + done * bound.reductions[k].result_bytes;
    bound.runner.epilogue(frame.tile);
    frame.finish_range(bound.epilogue, bound.epilogue_axes, begin + done, n);
  }
}

}  // namespace ingot::exec
