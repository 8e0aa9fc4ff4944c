#include "kernels/prebuilt/select.h"

#include <algorithm>
#include <bit>
#include <type_traits>

#include "kernels/prebuilt/sort_key.h"

namespace ingot::prebuilt {
namespace {

template <class Element, Numbers Kind>
struct Loops {
  using Order = SortKey<sizeof(Element), Kind>;
  using Key = typename Order::Key;
  static constexpr Key kGreatest = static_cast<Key>(Order::kGreatest - Order::kLeast);

  static Key key_at(const void* elements, std::int64_t i) {
    return Order::of(std::bit_cast<Key>(static_cast<const Element*>(elements)[i]), false);
  }

  static Bracketed bracket(const void* elements, std::int64_t n, std::uint64_t low, std::uint64_t high, void* keys) {
    const Key from = static_cast<Key>(low), to = static_cast<Key>(high);
    Key* const inside = static_cast<Key*>(keys);
    Bracketed b;
    for (std::int64_t i = 0; i < n; ++i) {
      const Key key = key_at(elements, i);
      b.before += key < from;
      b.nans += key > kGreatest;
      inside[b.inside] = key;
      b.inside += from <= key && key <= to;
    }
    return b;
  }

  static Neighbours select(void* keys, std::int64_t n, std::int64_t k) {
    Key *const begin = static_cast<Key*>(keys), *const at = begin + k, *const end = begin + n;
    std::nth_element(begin, at, end);
    return {*at, k + 1 < n ? *std::min_element(at + 1, end) : *at};
  }

  static std::uint64_t key(const void* elements, std::int64_t i) { return key_at(elements, i); }
  static double value(std::uint64_t key) {
    return static_cast<double>(std::bit_cast<Element>(Order::element(static_cast<Key>(key), false)));
  }
};

template <class Element, Numbers Kind>
constexpr Selecting make() {
  using L = Loops<Element, Kind>;
  return {L::bracket, L::select, L::key, L::value, L::kGreatest};
}

template <class Element>
constexpr Selecting kSelecting = make<Element, std::is_floating_point_v<Element> ? Numbers::Float
                                               : std::is_signed_v<Element>       ? Numbers::Signed
                                                                                 : Numbers::Unsigned>();

}  // namespace

const Selecting& selecting(DType dtype) {
  switch (dtype) {
    case DType::Int8: return kSelecting<std::int8_t>;
    case DType::Int16: return kSelecting<std::int16_t>;
    case DType::Int32: return kSelecting<std::int32_t>;
    case DType::Int64: return kSelecting<std::int64_t>;
    case DType::UInt16: return kSelecting<std::uint16_t>;
    case DType::UInt32: return kSelecting<std::uint32_t>;
    case DType::UInt64: return kSelecting<std::uint64_t>;
    case DType::Float32: return kSelecting<float>;
    case DType::Float64: return kSelecting<double>;
    default: return kSelecting<std::uint8_t>;  // and bool
  }
}

}  // namespace ingot::prebuilt
