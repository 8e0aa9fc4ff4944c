// The memory of one device: addresses that the host cannot dereference, except in kernels.
//
// Device addresses lie in one reserved range, closed to everyone. While kernels run, the part of an allocation around
// an address opens when a kernel first touches it: opening everything would cost each launch a millisecond for every 10
// MB. Copies go through a second view of the memory, whose addresses nobody else knows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

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

  /// The bytes that were asked for of the last allocation that begins before an address or there; none where none does.
  struct Range {
    std::uint64_t begin = 1, end = 0;
    bool holds(std::uint64_t address, std::uint64_t bytes) const {
      return address >= begin && address <= end && bytes <= end - address;
    }
  };
  Range around(std::uint64_t address) const;

  /// Whether the address is one this device could have.
  bool covers(std::uint64_t address) const { return address - begin_ < size_; }

  bool resize(std::uint64_t bytes);
  std::uint64_t total() const;
  std::uint64_t available() const;

  /// Kernels may run between begin and end, which nest.
  void begin_kernel();
  void end_kernel();
  /// For the handler of a kernel's fault: opens what is around the address. False where nothing is allocated.
  bool open(std::uint64_t address);

 private:
  struct Block {
    std::uint64_t offset, mapped;  // whole pages, without the guard
    std::size_t asked, counted;
  };
  struct Part {
    std::uint64_t offset, bytes;
  };
  std::uint64_t place(std::uint64_t need) const;
  void protect(const Part& part, int protection) const;

  mutable std::mutex mutex_;
  std::uint64_t total_, used_ = 0;
  int store_ = -1;                         // a file that is only in memory
  std::uint64_t begin_ = 0, size_ = 0;     // of the range
  char* view_ = nullptr;                   // of all of store_
  std::map<std::uint64_t, Block> blocks_;  // by address
  std::uint64_t next_ = 0;                 // offset from which a place is looked for, so that addresses return late
  int kernels_ = 0;
  std::vector<Part> opened_;
};

}  // namespace fake_cuda
