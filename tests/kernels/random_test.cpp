// The bodies of random numbers: their bits from lanes in a row, which share their blocks, and from single ones.
#include <gtest/gtest.h>

#include "kernels/math/math.h"

namespace ingot::math {
namespace {

template <int N>
void expect_rows_agree() {
  const i64 key = 0x0123456789abcdef;
  for (const i64 first : {i64(0), i64(16), i64(32), i64(5), i64(1) << 40}) {
    for (const i64 bound : {i64(0), i64(10), i64(1) << 40, static_cast<i64>(0x8000000000000001)}) {
      vec<i64, N> i;
      for (int k = 0; k < N; ++k) i[k] = first + k;
      const auto keys = splat<vec<i64, N>>(key), bounds = splat<vec<i64, N>>(bound);
      const auto u64s = random_uniform<f64>(i, keys), n64s = random_normal<f64>(i, keys);
      const auto u32s = random_uniform<f32>(i, keys), n32s = random_normal<f32>(i, keys);
      const auto integers = random_integers(i, keys, bounds);
      for (int k = 0; k < N; ++k) {
        const i64 at = first + k;
        EXPECT_EQ(to_bits<f64>(u64s[k]), to_bits(random_uniform<f64>(at, key))) << at;
        EXPECT_EQ(to_bits<f32>(u32s[k]), to_bits(random_uniform<f32>(at, key))) << at;
        EXPECT_EQ(to_bits<f64>(n64s[k]), to_bits(random_normal<f64>(at, key))) << at;
        EXPECT_EQ(to_bits<f32>(n32s[k]), to_bits(random_normal<f32>(at, key))) << at;
        EXPECT_EQ(integers[k], random_integers(at, key, bound)) << at << " below " << bound;
      }
    }
  }
}

TEST(Random, LanesInARowGiveTheBitsOfTheScalarBody) {
  expect_rows_agree<16>();
  expect_rows_agree<32>();
  expect_rows_agree<64>();
}

TEST(Philox, MatchesTheKnownAnswersOfRandom123) {
  const u64 all = 0xffffffff;
  struct Case {
    u64 counter[4], key[2], want[4];
  };
  const Case cases[] = {
      {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
      {{all, all, all, all}, {all, all}, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
      {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
       {0xa4093822, 0x299f31d0},
       {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
  };
  for (const Case& c : cases) {
    const PhiloxBlock<u64> got = philox(c.counter[0], c.counter[1], c.counter[2], c.counter[3], c.key[0], c.key[1]);
    for (int i = 0; i < 4; ++i) EXPECT_EQ(got.word[i], c.want[i]) << "word " << i;
  }
}

TEST(Random, LaysOutElementsOverCountersAsDocumented) {
  const u64 key = 0x0123456789abcdef;
  for (i64 i : {i64(0), i64(7), i64(8), i64(15), i64(16), i64(31), i64(32), i64(1000003), i64(1) << 40}) {
    const u64 u = static_cast<u64>(i), c64 = u / 16 * 8 + u % 8, p64 = u / 8 % 2, c32 = u / 32 * 8 + u % 8,
              p32 = u / 8 % 4;
    const auto wide = philox<u64>(c64 & 0xffffffff, c64 >> 32, 0, 0, key & 0xffffffff, key >> 32);
    const auto narrow = philox<u64>(c32 & 0xffffffff, c32 >> 32, 0, 0, key & 0xffffffff, key >> 32);
    const u64 bits = wide.word[2 * p64] | wide.word[2 * p64 + 1] << 32;
    EXPECT_EQ(random_uniform<f64>(i, static_cast<i64>(key)), static_cast<double>(bits >> 11) * 0x1p-53) << i;
    EXPECT_EQ(random_uniform<f32>(i, static_cast<i64>(key)), static_cast<float>(narrow.word[p32] >> 8) * 0x1p-24f) << i;
  }
}

}  // namespace
}  // namespace ingot::math
