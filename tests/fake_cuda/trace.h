// What the warps of a block do at memory and where their lanes part, of kernels compiled with FAKE_NVRTC_COUNT.
//
// The lanes of a warp run one after the other here. What they do at one instruction for the same time is taken for one
// access of the warp, as it is on a GPU whose lanes meet again after each branch.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "fake_cuda.h"
#include "memory.h"

namespace fake_cuda {

class Trace {
 public:
  /// Of the next block. `shared` is where this OS thread has the module's shared memory.
  void begin(const Memory& memory, const char* shared, std::size_t shared_bytes);

  /// A thread of the block touches memory; an access of more than 16 bytes counts as several. Returns what is wrong
  /// with it, or nothing.
  std::string access(int thread, const void* instruction, std::uint64_t at, std::uint64_t bytes);
  /// A thread of the block enters a basic block of the kernel.
  void enter(int thread, const void* basic_block);

  /// The counts of the block, in the members of the books that are about accesses and lanes.
  FakeCudaBooks finish();

 private:
  static constexpr int kWarp = 32;
  struct Access {
    Access() {}  // nothing is to be zero
    std::uint32_t lanes;
    std::array<std::uint64_t, kWarp> at;
  };
  // Kept from block to block of a kernel.
  struct Site {
    unsigned bytes = 0;
    bool shared = false;
    std::array<std::uint32_t, kWarp> times{};  // that each lane has been here
    std::uint32_t made = 0;                    // of the accesses, in this block
    std::vector<Access> accesses;
  };
  using Times = std::array<std::uint64_t, kWarp>;
  struct Warp {
    std::unordered_map<std::uint64_t, Site> sites;
    std::vector<Times> entered;  // by number of the basic block
  };
  // Where a basic block is looked for before ids_: they come thick and fast.
  struct Recent {
    const void* block = nullptr;
    std::uint32_t id = 0;
  };

  Warp& warp_of(int thread);
  std::uint32_t id_of(const void* basic_block);
  static void count_global(const Site& site, const Access& access, FakeCudaBooks& books);
  static void count_shared(const Site& site, const Access& access, FakeCudaBooks& books);

  const Memory* memory_ = nullptr;
  Memory::Range allocation_;  // that was touched last
  std::uint64_t shared_ = 0, shared_bytes_ = 0;
  std::vector<Warp> warps_;
  std::unordered_map<const void*, std::uint32_t> ids_;  // of basic blocks
  std::array<Recent, 1024> recent_;
};

/// Adds the counts of one block to others.
void add_traced(FakeCudaBooks& to, const FakeCudaBooks& block);

}  // namespace fake_cuda
