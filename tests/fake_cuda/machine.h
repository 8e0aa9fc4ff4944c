// What compiled kernels and the software GPU know of each other. Also given to the compiler of kernels, in front of
// shim.h: it includes nothing.
#pragma once

namespace fake_cuda {

struct Index3 {
  unsigned x, y, z;
};

/// What a thread gives to, and takes from, the threads of its warp that it meets.
struct Exchange {
  enum Kind : unsigned { Shuffle, Ballot };
  Kind kind;
  unsigned mask;  // lanes that take part
  unsigned from;  // Shuffle: the lane whose value is taken
  unsigned long long value;
};

/// Where the running thread is, and how it waits for others. One per OS thread that runs blocks.
struct Machine {
  Index3 thread, block, block_extent, grid_extent;
  void (*barrier)();
  unsigned long long (*exchange)(const Exchange& exchange);
  void (*trap)();
  // Called by kernels compiled with FAKE_NVRTC_COUNT only.
  void (*access)(const void* instruction, unsigned long at, unsigned long bytes);
  void (*enter)(const void* basic_block);
};

/// A kernel of a module: the exported object fake_cuda_kernel_NAME.
struct Kernel {
  void (*run)(void* const* parameters);
  unsigned count;         // of parameters
  const unsigned* sizes;  // in bytes
  unsigned most_threads;  // of a block, from __launch_bounds__; 0 for any number
};

}  // namespace fake_cuda
