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

namespace {

using Words = std::array<std::uint32_t, 4>;

std::uint32_t low(std::uint64_t x) { return static_cast<std::uint32_t>(x); }
std::uint32_t high(std::uint64_t x) { return static_cast<std::uint32_t>(x >> 32); }

// Eight neighbours take the same part of eight neighbouring counters, the next eight the next part of them.
Words words_of(std::uint64_t parts, std::uint64_t index, std::uint64_t key, std::uint64_t attempt = 0) {
  const std::uint64_t counter = index / (8 * parts) * 8 + index % 8;
  return philox({low(counter), high(counter), low(attempt), high(attempt)}, {low(key), high(key)});
}

std::uint64_t joined(const Words& words, std::uint64_t part) {
  return words[2 * part] | std::uint64_t{words[2 * part + 1]} << 32;
}

std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 30;
  x *= 0xBF58476D1CE4E5B9;
  x ^= x >> 27;
  x *= 0x94D049BB133111EB;
  return x ^ x >> 31;
}

}  // namespace

std::uint64_t key_of(std::uint64_t seed, std::uint64_t call) { return mixed(mixed(seed) + call * 0x9E3779B97F4A7C15); }

long double normal(DType dtype, std::uint64_t index, std::uint64_t key) {
  const bool wide = dtype == DType::Float64;
  const std::uint64_t parts = wide ? 2 : 4, part = index / 8 % parts;
  const Words words = words_of(parts, index, key);
  // The middles of equal cells of (0, 1): for the radius, for the angle, whose bits begin with two signs.
  const std::uint64_t radius = wide ? joined(words, 0) : words[part / 2 * 2];
  const std::uint64_t angle = wide ? joined(words, 1) : words[part / 2 * 2 + 1];
  const int bits = wide ? 64 : 32;
  const auto middle = [&](std::uint64_t cell, int of) {
    // A long double has 64 bits, one too few for the half: as nothing but zeros ends in a tie, it counts as any odd
    // bit.
    const long double exact = bits == 32 || cell < (std::uint64_t{1} << 62) ? static_cast<long double>(cell) + 0.5L
                                                                            : static_cast<long double>(cell | 1);
    const long double rounded = wide ? static_cast<double>(exact) : static_cast<long double>(static_cast<float>(exact));
    return std::ldexp(rounded, -of);
  };
  const bool second = part % 2 != 0;
  const long double u = middle(radius, bits), f = middle(angle & ((std::uint64_t{1} << (bits - 2)) - 1), bits - 2);
  const long double rest = wide ? static_cast<double>(1 - f) : static_cast<long double>(static_cast<float>(1 - f));
  const long double sine = std::sin((second ? rest : f) * 1.57079632679489661923132169163975144L);
  const bool negative = (angle >> (second ? bits - 2 : bits - 1)) % 2 != 0;
  return std::sqrt(-2 * std::log(u)) * (negative ? -sine : sine);
}

std::uint64_t integer(std::uint64_t index, std::uint64_t key, std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  for (std::uint64_t attempt = 0;; ++attempt) {
    const std::uint64_t bits = joined(words_of(2, index, key, attempt), index / 8 % 2);
    if (bound == 0) return bits;
    const Wide product = Wide{bits} * bound;
    const Wide spare = (Wide{1} << 64) % bound;  // draws that some numbers would have more of than others
    if (static_cast<std::uint64_t>(product) >= spare) return static_cast<std::uint64_t>(product >> 64);
  }
}

double uniform(DType dtype, std::uint64_t index, std::uint64_t key) {
  const std::uint64_t parts = dtype == DType::Float64 ? 2 : 4, part = index / 8 % parts;
  const Words words = words_of(parts, index, key);
  const int bits = dtype == DType::Float32 ? 24 : dtype == DType::Float16 ? 11 : dtype == DType::BFloat16 ? 8 : 53;
  if (bits < 53) return std::ldexp(static_cast<double>(words[part] >> (32 - bits)), -bits);
  return std::ldexp(static_cast<double>(joined(words, part) >> 11), -53);
}

}  // namespace ingot::oracle
