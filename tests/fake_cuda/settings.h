// FAKE_CUDA="memory=64M,devices=2,fail=cuMemAlloc_v2:3:2": what the environment sets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace fake_cuda {

/// The nth call of a function, or of any where the name is empty, fails with a code of the driver.
struct Failure {
  std::string call;
  unsigned nth = 1;
  int code = 0;
  bool lasting = false;  // the device of the caller is left with it
};

struct Settings {
  std::uint64_t memory = std::uint64_t{1} << 30;  // bytes of each device
  int devices = 1;
  int multiprocessors = 132;
  int capability = 90;   // 90 for 9.0
  int bandwidth = 4800;  // GB/s
  int threads = 2;       // of the host that run blocks of one launch
  int delay = 30;        // microseconds, the longest pause of a stream before it begins what is next
  std::uint64_t seed = 1;
  std::vector<Failure> failures;  // fail=NAME:NTH:CODE and lose=..., NAME being a function of the driver or any
};

/// Reads `text` into `settings`. Returns what is wrong with it, or nothing.
std::string parse(std::string_view text, Settings& settings);

}  // namespace fake_cuda
