// Numbers drawn from a seed: splitmix64, of Steele, Lea and Flood, "Fast splittable pseudorandom number generators".
#pragma once

#include <cstdint>

namespace fake_cuda {

inline std::uint64_t mix(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0) : state_(mix(seed) ^ mix(stream + 1)) {}
  std::uint64_t next() { return mix(state_ += 0x9e3779b97f4a7c15); }
  /// From 0 to below - 1.
  std::uint32_t below(std::uint32_t below) { return static_cast<std::uint32_t>(((next() >> 32) * below) >> 32); }

 private:
  std::uint64_t state_;
};

}  // namespace fake_cuda
