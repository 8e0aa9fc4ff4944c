// One thread that compiles kernels which proved worth it, while they go on being interpreted.
#pragma once

#include <functional>

namespace ingot::jit {

/// Queues a task for the thread, starting it if need be. In a child process after fork, where the thread is not, runs
/// the task at once. At exit the task being run is waited for and the rest of the queue is dropped.
void in_background(std::function<void()> task);

/// Waits until the queue is empty and nothing runs.
void finish_background();

}  // namespace ingot::jit
