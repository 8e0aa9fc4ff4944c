// Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011), the same bits as Random123 and cuRAND's generator of that name.
#pragma once

#include "lane.h"

namespace ingot::math {

// Four 32-bit words, in lanes of 64 bits whose upper halves are zero.
template <class U>
struct PhiloxBlock {
  U word[4];
};

template <class U>
INGOT_FN PhiloxBlock<U> philox(U c0, U c1, U c2, U c3, U k0, U k1) {
  const U low = splat<U>(0xffffffffu);
  for (int round = 0; round < 10; ++round) {
    const U a = c0 * splat<U>(0xd2511f53u), b = c2 * splat<U>(0xcd9e8d57u);
    c0 = (b >> 32) ^ c1 ^ k0;
    c1 = b & low;
    c2 = (a >> 32) ^ c3 ^ k1;
    c3 = a & low;
    k0 = (k0 + splat<U>(0x9e3779b9u)) & low;
    k1 = (k1 + splat<U>(0xbb67ae85u)) & low;
  }
  return {{c0, c1, c2, c3}};
}

// Uniform in [0, 1). The layout is for ever: a counter gives e elements (2 of f64, 4 of f32); element i is part (i / 8)
// % e of counter (i / (8 e)) * 8 + i % 8, so that 8 neighbouring lanes share nothing and 8 e neighbours share 8
// counters. Part p of f64 is the top 53 bits of words 2p (low) and 2p + 1 (high); of f32, the top 24 bits of word p.
template <class F, class I>
INGOT_FN Rebind<F, I> random_uniform(I index, I key) {
  using U = Rebind<u64, I>;
  constexpr int part_bits = sizeof(F) == 8 ? 1 : 2;
  const U i = bit_cast<U>(index), k = bit_cast<U>(key), low = splat<U>(0xffffffffu);
  const U counter = ((i >> (3 + part_bits)) << 3) | (i & splat<U>(7));
  const U part = (i >> 3) & splat<U>((1 << part_bits) - 1);
  const U zero = splat<U>(0);
  const PhiloxBlock<U> b = philox(counter & low, counter >> 32, zero, zero, k & low, k >> 32);
  if constexpr (sizeof(F) == 8) {
    const auto second = part != zero;
    const U bits = select(second, b.word[2], b.word[0]) | (select(second, b.word[3], b.word[1]) << 32);
    // 53 bits exceed what a mantissa holds beside its hidden bit: the lowest is added on its own, exactly.
    const U top = bits >> 11;
    using D = Rebind<f64, I>;
    const D upper = bit_cast<D>((top >> 1) | splat<U>(0x3ff0000000000000u)) - splat<D>(1);
    return upper + bit_cast<D>(zero - (top & splat<U>(1)) & splat<U>(0x3ca0000000000000u));
  } else {
    const auto odd = (part & splat<U>(1)) != zero, upper_half = part > splat<U>(1);
    const U first = select(odd, b.word[1], b.word[0]), last = select(odd, b.word[3], b.word[2]);
    return convert<f32>(convert<i32>(select(upper_half, last, first) >> 8)) * splat<Rebind<f32, I>>(0x1p-24f);
  }
}

}  // namespace ingot::math
