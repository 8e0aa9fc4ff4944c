// One thread that compiles kernels which proved worth it, while they go on being interpreted.
#pragma once

#include <functional>

namespace ingot::jit {

/// Queues a task for the thread, starting it if need be. In a child process after fork, where the thread is not, runs
/// the task at once. At exit the task being run is waited for and the rest of the queue is dropped.
void in_background(std::function<void()> task);

/// Waits until the queue is empty and nothing runs.
void finish_background();

/// Before a task that works with a library opened at run time: the end of the process then waits for the task before it
/// takes that library apart, at least where the main thread has called this.
void stop_background_at_exit();

/// Waits for the task that runs and lets no other begin until resume_background(), by the same thread or by its copy in
/// a child after fork.
void pause_background();
void resume_background();

}  // namespace ingot::jit
