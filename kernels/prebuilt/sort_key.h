// The order of sort and argsort: every element as an unsigned integer of its size, smaller the earlier it comes.
//
// Integers keep their order and floats have that of IEEE's totalOrder, -0 before +0, except that NaN of either sign
// comes last, in ascending and descending order alike. The map loses no bit, so a key gives its element back. Compiled
// by clang and by nvcc.
#pragma once

#ifdef __CUDACC__
#define INGOT_KEY_FN __host__ __device__ __forceinline__
#else
#define INGOT_KEY_FN inline __attribute__((always_inline))
#endif

namespace ingot::prebuilt {

template <int Bytes>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using type = unsigned char;
};
template <>
struct UnsignedOf<2> {
  using type = unsigned short;
};
template <>
struct UnsignedOf<4> {
  using type = unsigned int;
};
template <>
struct UnsignedOf<8> {
  using type = unsigned long long;
};

enum class Numbers { Unsigned, Signed, Float, BFloat };  // bool is an unsigned byte; BFloat has 2 bytes of a float

/// The keys of elements of one size and kind of numbers; elements are given by their bits.
template <int Bytes, Numbers Kind>
struct SortKey {
  using Key = typename UnsignedOf<Bytes>::type;
  static constexpr int kBits = 8 * Bytes;
  static constexpr Key kSign = static_cast<Key>(Key{1} << (kBits - 1));
  static constexpr bool kIsFloat = Kind == Numbers::Float || Kind == Numbers::BFloat;
  static constexpr Key kInfinity = static_cast<Key>(Kind == Numbers::BFloat ? 0x7F80
                                                    : Bytes == 2            ? 0x7C00
                                                    : Bytes == 4            ? 0x7F800000
                                                                            : 0x7FF0000000000000);

  // Places of the least and the greatest number in ascending order.
  static constexpr Key kLeast = kIsFloat ? static_cast<Key>(~(kInfinity | kSign)) : Key{0};
  static constexpr Key kGreatest = kIsFloat ? static_cast<Key>(kInfinity | kSign) : static_cast<Key>(~Key{0});

  INGOT_KEY_FN static Key of(Key element, bool descending) {
    Key place = element;
    if (Kind == Numbers::Signed) place = static_cast<Key>(element ^ kSign);
    if (kIsFloat) place = static_cast<Key>(element ^ ((element & kSign) != 0 ? static_cast<Key>(~Key{0}) : kSign));
    return static_cast<Key>(descending ? kGreatest - place : place - kLeast);  // beyond the numbers it wraps: NaN
  }

  INGOT_KEY_FN static Key element(Key key, bool descending) {
    const Key place = static_cast<Key>(descending ? kGreatest - key : key + kLeast);
    if (Kind == Numbers::Signed) return static_cast<Key>(place ^ kSign);
    if (kIsFloat) return static_cast<Key>(place ^ ((place & kSign) != 0 ? kSign : static_cast<Key>(~Key{0})));
    return place;
  }

  /// The same for all NaNs, whose positions then keep their order.
  INGOT_KEY_FN static Key of_position(Key element, bool descending) {
    const Key key = of(element, descending);
    if constexpr (!kIsFloat) {
      return key;
    } else {
      constexpr Key nan = static_cast<Key>(kGreatest - kLeast + 1);
      return key < nan ? key : nan;
    }
  }
};

}  // namespace ingot::prebuilt
