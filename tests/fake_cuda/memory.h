// The memory of one device: addresses that the host cannot dereference, except in kernels.
//
// Device addresses lie in one reserved range. It is a view of two files that exist in memory only: allocations show
// their part of `store_`, everything else shows `nothing_`, a file of no length, whose pages cannot be touched whatever
// their protection. So one mprotect opens all allocations, and guards need none. The range is open while kernels run;
// copies go through a second view, whose addresses nobody else knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "result.h"

namespace fake_cuda {

inline constexpr unsigned char kPoison = 0xff;  // NaN as a float, -1 as an integer

class Memory {
 public:
  explicit Memory(std::uint64_t bytes);
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;

  /// Poisoned memory at a multiple of 256, with a guard page right behind its last 256 bytes.
  Result allocate(std::uint64_t* address, std::size_t bytes);
  Result free(std::uint64_t address, std::size_t* bytes);

  /// Where copies find `bytes` bytes from a device address on; null unless all lie in one allocation.
  char* find(std::uint64_t address, std::size_t bytes) const;

  /// Whether the address is one this device could have.
  bool covers(std::uint64_t address) const { return address - begin_ < size_; }

  bool resize(std::uint64_t bytes);
  std::uint64_t total() const;
  std::uint64_t available() const;

  /// Kernels may run between open and close, which nest.
  void open();
  void close();

 private:
  struct Block {
    std::uint64_t offset, mapped;  // whole pages, without the guard
    std::size_t asked, counted;
  };
  std::uint64_t place(std::uint64_t need) const;

  mutable std::mutex mutex_;
  std::uint64_t total_, used_ = 0;
  int store_ = -1, nothing_ = -1;
  std::uint64_t begin_ = 0, size_ = 0;     // of the range
  char* view_ = nullptr;                   // of all of store_
  std::map<std::uint64_t, Block> blocks_;  // by address
  std::uint64_t next_ = 0;                 // offset from which a place is looked for, so that addresses return late
  int open_ = 0;
};

/// Opens a device's memory for the length of a scope.
class Opened {
 public:
  explicit Opened(Memory& memory) : memory_(memory) { memory_.open(); }
  ~Opened() { memory_.close(); }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

 private:
  Memory& memory_;
};

}  // namespace fake_cuda
