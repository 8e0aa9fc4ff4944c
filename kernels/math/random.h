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
  // Upper halves carry anything on the way. The masks before the products cost nothing: they are what makes one
  // 32 x 32-bit multiplication of each.
  const U low = splat<U>(0xffffffffu);
  for (int round = 0; round < 10; ++round) {
    const U a = (c0 & low) * splat<U>(0xd2511f53u), b = (c2 & low) * splat<U>(0xcd9e8d57u);
    c0 = (b >> 32) ^ c1 ^ k0;
    c1 = b;
    c2 = (a >> 32) ^ c3 ^ k1;
    c3 = a;
    k0 = k0 + splat<U>(0x9e3779b9u);
    k1 = k1 + splat<U>(0xbb67ae85u);
  }
  return {{c0 & low, c1 & low, c2 & low, c3 & low}};
}

// 53 random bits to [0, 1). They exceed what a mantissa holds beside its hidden bit: the lowest is added on its own,
// exactly.
template <class U>
INGOT_FN Rebind<f64, U> unit_f64(U low, U high) {
  using D = Rebind<f64, U>;
  const U top = (low | (high << 32)) >> 11;
  const D upper = bit_cast<D>((top >> 1) | splat<U>(0x3ff0000000000000u)) - splat<D>(1);
  return upper + bit_cast<D>(splat<U>(0) - (top & splat<U>(1)) & splat<U>(0x3ca0000000000000u));
}

// Part `part` of a block, in [0, 1).
template <class F, class U>
INGOT_FN Rebind<F, U> unit(const PhiloxBlock<U>& b, U part) {
  const auto second = (part & splat<U>(1)) != splat<U>(0);
  if constexpr (sizeof(F) == 8) {
    return unit_f64(select(second, b.word[2], b.word[0]), select(second, b.word[3], b.word[1]));
  } else {
    const U first = select(second, b.word[1], b.word[0]), last = select(second, b.word[3], b.word[2]);
    const U word = select(part > splat<U>(1), last, first);
    return convert<f32>(convert<i32>(word >> 8)) * splat<Rebind<f32, U>>(0x1p-24f);
  }
}

// Uniform in [0, 1). The layout is for ever: a counter gives e elements (2 of f64, 4 of f32); element i is part (i / 8)
// % e of counter (i / (8 e)) * 8 + i % 8, so that 8 neighbouring lanes share nothing and 8 e neighbours share 8
// counters. Part p of f64 is the top 53 bits of words 2p (low) and 2p + 1 (high); of f32, the top 24 bits of word p.
template <class F, class I>
INGOT_FN Rebind<F, I> random_uniform(I index, I key) {
  using U = Rebind<u64, I>;
  constexpr int part_bits = sizeof(F) == 8 ? 1 : 2;
  const U i = bit_cast<U>(index), k = bit_cast<U>(key), zero = splat<U>(0);
  const U counter = ((i >> (3 + part_bits)) << 3) | (i & splat<U>(7));
  const U part = (i >> 3) & splat<U>((1 << part_bits) - 1);
  if constexpr (Lane<U>::count % 16 == 0) {
    // In a row of elements that starts at a multiple of 16, lanes 8 to 15 have the counters of lanes 0 to 7 and the
    // part after theirs.
    const U row = splat<U>(i[0] & ~u64(15)) + steps(i);
    if (!any(((i ^ row) | (k ^ splat<U>(k[0]))) != zero)) {
      const auto c = first_eights(counter), first_k = first_eights(k), none = c ^ c;
      const auto p = part_bits == 1 ? none : first_eights(part);
      const auto block = philox(c, c >> 32, none, none, first_k, first_k >> 32);
      return join_eights(unit<F>(block, p), unit<F>(block, p + 1));
    }
  }
  return unit<F>(philox(counter, counter >> 32, zero, zero, k, k >> 32), part);
}

}  // namespace ingot::math
