// Mixing for hash tables in memory. What is kept on disk uses xxhash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace ingot {

/// One step of a multiply-fold hash (the construction of wyhash): 64 x 64 -> 128 bits, halves folded together.
constexpr std::uint64_t mix(std::uint64_t state, std::uint64_t value) noexcept {
  const auto product = static_cast<unsigned __int128>(state ^ 0x9E3779B97F4A7C15ull) * (value ^ 0xD6E8FEB86659FD93ull);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

/// Of a sequence of words, two to a step.
constexpr std::uint64_t hash_of(std::span<const std::uint64_t> words) noexcept {
  std::uint64_t h = words.size();
  std::size_t i = 0;
  for (; i + 1 < words.size(); i += 2) h = mix(h ^ words[i], words[i + 1]);
  return i < words.size() ? mix(h, words[i]) : h;
}

}  // namespace ingot
