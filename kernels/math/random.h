// Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011), the same bits as Random123 and cuRAND's generator of that name.
#pragma once

#include "exp_log.h"
#include "lane.h"
#include "rare.h"
#include "trig.h"

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
#pragma unroll
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

// Where an element has its bits. The layout is for ever: a counter gives e elements (2 of 64 bits, 4 of 32); element i
// is part (i / 8) % e of counter (i / (8 e)) * 8 + i % 8, so that 8 neighbouring lanes share nothing and 8 e neighbours
// share 8 counters. Part p of 64 bits is words 2p (low) and 2p + 1 (high); of 32 bits, word p.
template <class U>
struct Place {
  U counter, part;
};

template <int part_bits, class U>
INGOT_FN Place<U> place(U i) {
  return {((i >> (3 + part_bits)) << 3) | (i & splat<U>(7)), (i >> 3) & splat<U>((1 << part_bits) - 1)};
}

// Whether the lanes are neighbours under one key, from a multiple of kRow on.
template <int kRow, class U>
INGOT_FN bool is_row(U i, U k) {
  const U row = splat<U>(i[0] & ~u64(kRow - 1)) + steps(i);
  return !any(((i ^ row) | (k ^ splat<U>(k[0]))) != splat<U>(0));
}

template <class U>
INGOT_FN PhiloxBlock<U> block_of(U counter, U k) {
  const U none = splat<U>(0);
  return philox(counter, counter >> 32, none, none, k, k >> 32);
}

// Gives an element what it makes of its bits. A Draw says what, for lanes anywhere (one) and for whole rows, whose
// blocks are computed once: lanes 8 to 15 have the counters of lanes 0 to 7 and the part after theirs.
//   part_bits           of the layout
//   one(block, part)    each lane its own part
//   pair(block, part)   N lanes of blocks, 2 N results: of part, an even one and the same in all lanes, and part + 1
//   four(block)         N lanes of blocks of 4 parts, 4 N results
template <class Draw, class U>
INGOT_FN auto draw(U i, U k) {
  constexpr int part_bits = Draw::part_bits;
  const Place<U> at = place<part_bits>(i);
  if constexpr (part_bits == 2 && Lane<U>::count % 32 == 0) {
    if (is_row<32>(i, k))
      return Draw::four(block_of(first_eights(first_eights(at.counter)), first_eights(first_eights(k))));
  } else if constexpr (Lane<U>::count % 16 == 0) {
    if (is_row<16>(i, k)) return Draw::pair(block_of(first_eights(at.counter), first_eights(k)), first_eights(at.part));
  }
  return Draw::one(block_of(at.counter, k), at.part);
}

template <class U>
INGOT_FN Mask<U> is_odd(U part) {
  return (part & splat<U>(1)) != splat<U>(0);
}
template <class U>
INGOT_FN Mask<U> is_late(U part) {  // of 4 parts, the last two
  return part > splat<U>(1);
}

// --- Uniform

// The top 53 of 64 random bits, in [0, 1). They exceed what a mantissa holds beside its hidden bit: the lowest is added
// on its own, exactly.
template <class U>
INGOT_FN Rebind<f64, U> unit_f64(U low, U high) {
  using D = Rebind<f64, U>;
  const U top = (low | (high << 32)) >> 11;
  const D upper = bit_cast<D>((top >> 1) | splat<U>(0x3ff0000000000000u)) - splat<D>(1);
  return upper + bit_cast<D>(splat<U>(0) - (top & splat<U>(1)) & splat<U>(0x3ca0000000000000u));
}
template <class U>
INGOT_FN Rebind<f32, U> unit_f32(U word) {
  return convert<f32>(convert<i32>(word >> 8)) * splat<Rebind<f32, U>>(0x1p-24f);
}

template <class F>
struct UniformDraw;
template <>
struct UniformDraw<f64> {
  static constexpr int part_bits = 1;
  template <class U>
  INGOT_METHOD auto one(const PhiloxBlock<U>& b, U part) {
    return unit_f64(select(is_odd(part), b.word[2], b.word[0]), select(is_odd(part), b.word[3], b.word[1]));
  }
  template <class U>
  INGOT_METHOD auto pair(const PhiloxBlock<U>& b, U) {
    return join_eights(unit_f64(b.word[0], b.word[1]), unit_f64(b.word[2], b.word[3]));
  }
};
template <>
struct UniformDraw<f32> {
  static constexpr int part_bits = 2;
  template <class U>
  INGOT_METHOD auto one(const PhiloxBlock<U>& b, U part) {
    const U early = select(is_odd(part), b.word[1], b.word[0]), late = select(is_odd(part), b.word[3], b.word[2]);
    return unit_f32(select(is_late(part), late, early));
  }
  template <class U>
  INGOT_METHOD auto pair(const PhiloxBlock<U>& b, U part) {
    return join_eights(unit_f32(select(is_late(part), b.word[2], b.word[0])),
                       unit_f32(select(is_late(part), b.word[3], b.word[1])));
  }
  template <class U>
  INGOT_METHOD auto four(const PhiloxBlock<U>& b) {
    return join_sixteens(join_eights(unit_f32(b.word[0]), unit_f32(b.word[1])),
                         join_eights(unit_f32(b.word[2]), unit_f32(b.word[3])));
  }
};

// Uniform in [0, 1): the top 53 bits of an element's 64 as a multiple of 2^-53 (f64), the top 24 of its 32 (f32).
template <class F, class I>
INGOT_FN Rebind<F, I> random_uniform(I index, I key) {
  using U = Rebind<u64, I>;
  return draw<UniformDraw<F>>(bit_cast<U>(index), bit_cast<U>(key));
}

// --- Normal

// high * 2^32 + low + 1/2 and high * 2^16 + low + 1/2, rounded once.
template <class U>
INGOT_FN Rebind<f64, U> middle_f64(U low, U high) {
  using D = Rebind<f64, U>;
  const U exponent = splat<U>(0x4330000000000000u);  // of 2^52, in whose last places the words are
  const D l = bit_cast<D>(low | exponent) - splat<D>(0x1p52 - 0.5), h = bit_cast<D>(high | exponent) - splat<D>(0x1p52);
  return h * splat<D>(0x1p32) + l;
}
template <class U>
INGOT_FN Rebind<f32, U> middle_f32(U word) {
  using S = Rebind<f32, U>;
  const S low = convert<f32>(convert<i32>(word & splat<U>(0xffff))), high = convert<f32>(convert<i32>(word >> 16));
  return high * splat<S>(0x1p16f) + (low + splat<S>(0.5f));
}

// sqrt(-2 log u) for u in (0, 1].
template <class V>
INGOT_FN V normal_radius(V u) {
  return square_root(splat<V>(pick<V>(-2, -2.0f)) * log_core(u, splat<V>(0)));
}
// The sine of f quarters of a turn, f in [0, 1].
template <class V>
INGOT_FN V sin_quarters(V f) {
  return sin_kernel(f * splat<V>(pick<V>(0x1.921fb54442d18p+0, 0x1.921fb6p+0f)));
}
template <class V>
INGOT_FN V cos_quarters(V f) {
  return sin_quarters(splat<V>(1) - f);
}

// What the words of a pair of elements tell: the radius, the angle within a quarter, and the signs of both.
template <class V>
struct PolarBits {
  V radius, quarters;
  typename Lane<V>::UInt first_sign, second_sign;
};
template <class V>
INGOT_FN V first_normal(const PolarBits<V>& p) {
  return from_bits<V>(to_bits(p.radius * sin_quarters(p.quarters)) ^ p.first_sign);
}
template <class V>
INGOT_FN V second_normal(const PolarBits<V>& p) {
  return from_bits<V>(to_bits(p.radius * cos_quarters(p.quarters)) ^ p.second_sign);
}
template <class V>
INGOT_FN V one_normal(const PolarBits<V>& p, Mask<V> second) {
  const V sine = sin_quarters(select(second, splat<V>(1) - p.quarters, p.quarters));
  return from_bits<V>(to_bits(p.radius * sine) ^ select(second, p.second_sign, p.first_sign));
}

template <class U>
INGOT_FN PolarBits<Rebind<f64, U>> polar_f64(const PhiloxBlock<U>& b) {
  using D = Rebind<f64, U>;
  const U angle = b.word[3];
  return {normal_radius(middle_f64(b.word[0], b.word[1]) * splat<D>(0x1p-64)),
          middle_f64(b.word[2], angle & splat<U>(0x3fffffffu)) * splat<D>(0x1p-62), (angle << 32) & sign_bits<D>(),
          (angle << 33) & sign_bits<D>()};
}
template <class S, class U>
INGOT_FN PolarBits<S> polar_f32(U radius, U angle) {
  const auto signs = convert<u32>(angle);
  return {normal_radius(middle_f32(radius) * splat<S>(0x1p-32f)),
          middle_f32(angle & splat<U>(0x3fffffffu)) * splat<S>(0x1p-30f), signs & sign_bits<S>(),
          (signs << 1) & sign_bits<S>()};
}

template <class F>
struct NormalDraw;
template <>
struct NormalDraw<f64> {
  static constexpr int part_bits = 1;
  template <class U>
  INGOT_METHOD auto one(const PhiloxBlock<U>& b, U part) {
    return one_normal(polar_f64(b), is_odd(part));
  }
  template <class U>
  INGOT_METHOD auto pair(const PhiloxBlock<U>& b, U) {
    const auto polar = polar_f64(b);
    return join_eights(first_normal(polar), second_normal(polar));
  }
};
template <>
struct NormalDraw<f32> {
  static constexpr int part_bits = 2;
  template <class U>
  INGOT_METHOD auto one(const PhiloxBlock<U>& b, U part) {
    using S = Rebind<f32, U>;
    return one_normal(chosen<S>(b, part), convert<u32>(part & splat<U>(1)) != splat<Rebind<u32, U>>(0));
  }
  template <class U>
  INGOT_METHOD auto pair(const PhiloxBlock<U>& b, U part) {
    const auto polar = chosen<Rebind<f32, U>>(b, part);
    return join_eights(first_normal(polar), second_normal(polar));
  }
  template <class U>
  INGOT_METHOD auto four(const PhiloxBlock<U>& b) {
    const auto radius = join_eights(b.word[0], b.word[2]), angle = join_eights(b.word[1], b.word[3]);
    const auto polar = polar_f32<Rebind<f32, decltype(radius + radius)>>(radius, angle);
    return join_eights(first_normal(polar), second_normal(polar));
  }

 private:
  template <class S, class U>
  INGOT_METHOD PolarBits<S> chosen(const PhiloxBlock<U>& b, U part) {
    return polar_f32<S>(select(is_late(part), b.word[2], b.word[0]), select(is_late(part), b.word[3], b.word[1]));
  }
};

// Standard normal by Box and Muller: parts 2q and 2q + 1 are r sin t and r cos t with r = sqrt(-2 log u), t = f pi / 2,
// and a random sign each, which makes the quarter a whole turn. u and f are the middles of equal cells of (0, 1),
// rounded: 2^64 of them for u and 2^62 for f (f64: u from the words of part 0, signs and f from those of part 1), or
// 2^32 and 2^30 (f32: words 2q and 2q + 1). So |x| reaches 9.49 (f64) and 6.76 (f32).
template <class F, class I>
INGOT_FN Rebind<F, I> random_normal(I index, I key) {
  using U = Rebind<u64, I>;
  return draw<NormalDraw<F>>(bit_cast<U>(index), bit_cast<U>(key));
}

// --- Integers

// The halves of 64 random bits, in lanes of 64 bits.
template <class U>
struct Halves {
  U low, high;
};
struct BitsDraw {
  static constexpr int part_bits = 1;
  template <class U>
  INGOT_METHOD Halves<U> one(const PhiloxBlock<U>& b, U part) {
    return {select(is_odd(part), b.word[2], b.word[0]), select(is_odd(part), b.word[3], b.word[1])};
  }
  template <class U>
  INGOT_METHOD auto pair(const PhiloxBlock<U>& b, U) {
    const auto low = join_eights(b.word[0], b.word[2]), high = join_eights(b.word[1], b.word[3]);
    return Halves<decltype(low + low)>{low, high};
  }
};

// The product with a bound, in 128 bits. No sum of halves here exceeds 64 bits.
template <class U>
struct Product {
  U low, high;
};
template <class U>
INGOT_FN Product<U> product(const Halves<U>& a, U bound) {
  const U half = splat<U>(0xffffffffu), b0 = bound & half, b1 = bound >> 32;
  const U low = a.low * b0, cross = a.low * b1, middle = (low >> 32) + (cross & half) + a.high * b0;
  return {(middle << 32) | (low & half), a.high * b1 + (cross >> 32) + (middle >> 32)};
}

// Draws again while the product says so: attempt n has n in the upper words of the element's counter.
INGOT_SLOW u64 drawn_again(u64 index, u64 key, u64 bound, u64 low, u64 high) {
  const u64 threshold = (0 - bound) % bound;
  const Place<u64> at = place<1>(index);
  for (u64 attempt = 1; low < threshold; ++attempt) {
    const PhiloxBlock<u64> b = philox(at.counter, at.counter >> 32, attempt, attempt >> 32, key, key >> 32);
    const Product<u64> p = product(BitsDraw::one(b, at.part), bound);
    low = p.low;
    high = p.high;
  }
  return high;
}

// Uniform in 0, 1 ... bound - 1, as unsigned numbers, and over all 64 bits for a bound of 0: the upper half of the
// 128-bit product of 64 random bits and the bound. Drawn again where the lower half is below 2^64 mod bound, which
// leaves each number as many of the 2^64 draws as the next (Lemire, "Fast random integer generation in an interval",
// 2019): no bias at all, and next to never a second draw of small bounds.
template <class I>
INGOT_FN I random_integers(I index, I key, I bound) {
  using U = Rebind<u64, I>;
  const U i = bit_cast<U>(index), k = bit_cast<U>(key), b = bit_cast<U>(bound);
  const Halves<U> bits = draw<BitsDraw>(i, k);
  const Product<U> p = product(bits, b);
  U result = select(b == splat<U>(0), bits.low | (bits.high << 32), p.high);
  if (INGOT_UNLIKELY(any(p.low < b))) {
    if constexpr (Lane<U>::count == 1) {
      result = drawn_again(i, k, b, p.low, p.high);
    } else {
      for (int lane = 0; lane < Lane<U>::count; ++lane)
        if (p.low[lane] < b[lane]) result[lane] = drawn_again(i[lane], k[lane], b[lane], p.low[lane], p.high[lane]);
    }
  }
  return bit_cast<I>(result);
}

}  // namespace ingot::math
