// OS threads that help those of the streams to run blocks.
#pragma once

#include <functional>

namespace fake_cuda {

/// Calls `work` on this thread and, unless they help another launch, on helpers, `threads` in all; returns when all
/// have returned.
void run_with_helpers(int threads, const std::function<void()>& work);

}  // namespace fake_cuda
