#include "tests/oracle/philox.h"

#include <cmath>

namespace ingot::oracle {

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) {
  constexpr std::uint64_t kMultiplier[2] = {0xD2511F53, 0xCD9E8D57};
  constexpr std::uint32_t kWeyl[2] = {0x9E3779B9, 0xBB67AE85};
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t first = kMultiplier[0] * counter[0];
    const std::uint64_t second = kMultiplier[1] * counter[2];
    counter = {static_cast<std::uint32_t>(second >> 32) ^ counter[1] ^ key[0], static_cast<std::uint32_t>(second),
               static_cast<std::uint32_t>(first >> 32) ^ counter[3] ^ key[1], static_cast<std::uint32_t>(first)};
    key[0] += kWeyl[0];
    key[1] += kWeyl[1];
  }
  return counter;
}

double uniform(DType dtype, std::uint64_t index, std::uint64_t key) {
  // Eight neighbours take the same part of eight neighbouring counters, the next eight the next part of them.
  const std::uint64_t parts = dtype == DType::Float64 ? 2 : 4;
  const std::uint64_t counter = index / (8 * parts) * 8 + index % 8;
  const std::uint64_t part = index / 8 % parts;
  const auto words = philox({static_cast<std::uint32_t>(counter), static_cast<std::uint32_t>(counter >> 32), 0, 0},
                            {static_cast<std::uint32_t>(key), static_cast<std::uint32_t>(key >> 32)});
  if (dtype == DType::Float32) return std::ldexp(static_cast<double>(words[part] >> 8), -24);
  const std::uint64_t both = words[2 * part] | std::uint64_t{words[2 * part + 1]} << 32;
  return std::ldexp(static_cast<double>(both >> 11), -53);
}

}  // namespace ingot::oracle
