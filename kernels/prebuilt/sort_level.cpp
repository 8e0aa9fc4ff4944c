// The loops of one CPU level: INGOT_CPU_LEVEL is Baseline, V3 or V4, and the compiler is told to produce code for it.
#include "kernels/prebuilt/radix.h"
#include "kernels/prebuilt/sort.h"
#include "kernels/prebuilt/sort_key.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::prebuilt {
namespace {

template <class Order, Records Kind>
struct RecordOf;
template <class Order>
struct RecordOf<Order, Records::Keys> {
  using type = Plain<typename Order::Key>;
  static type make(typename Order::Key element, Size, bool descending) { return {Order::of(element, descending)}; }
};
template <class Order>
struct RecordOf<Order, Records::Packed> {
  using type = Packed;
  static type make(typename Order::Key element, Size position, bool descending) {
    return {static_cast<std::uint64_t>(Order::of_position(element, descending)) << 32 |
            static_cast<std::uint64_t>(position)};
  }
};
template <class Order>
struct RecordOf<Order, Records::Pairs> {
  using type = Pair;
  static type make(typename Order::Key element, Size position, bool descending) {
    return {Order::of_position(element, descending), position};
  }
};

template <class Order, Records Kind>
void encode(const void* elements, Size n, Size first, bool descending, void* records, KeyRange& keys) {
  using Record = typename RecordOf<Order, Kind>::type;
  const auto* const from = static_cast<const typename Order::Key*>(elements);
  auto* const to = static_cast<Record*>(records);
  typename Record::Key least = static_cast<typename Record::Key>(~typename Record::Key{0}), greatest = 0;
  const auto run = [&](bool downwards) {
    for (Size i = 0; i < n; ++i) {
      to[i] = RecordOf<Order, Kind>::make(from[i], first + i, downwards);
      const auto key = to[i].key();
      least = key < least ? key : least;
      greatest = key > greatest ? key : greatest;
    }
  };
  descending ? run(true) : run(false);
  keys.least = least < keys.least ? least : keys.least;
  keys.greatest = greatest > keys.greatest ? greatest : keys.greatest;
}

template <class Order>
void decode_keys(const void* records, Size n, bool descending, void* results) {
  const auto* const from = static_cast<const typename Order::Key*>(records);
  auto* const to = static_cast<typename Order::Key*>(results);
  for (Size i = 0; i < n; ++i) to[i] = Order::element(from[i], descending);
}

void decode_packed(const void* records, Size n, bool, void* results) {
  const auto* const from = static_cast<const std::uint64_t*>(records);
  auto* const to = static_cast<std::int64_t*>(results);
  for (Size i = 0; i < n; ++i) to[i] = static_cast<std::int64_t>(from[i] & 0xFFFFFFFF);
}

void decode_pairs(const void* records, Size n, bool, void* results) {
  const auto* const from = static_cast<const Pair*>(records);
  auto* const to = static_cast<std::int64_t*>(results);
  for (Size i = 0; i < n; ++i) to[i] = from[i].position;
}

template <class R>
struct Loops {
  static void plan_split(const void* records, Size n, const KeyRange& keys, Split& split) {
    prebuilt::plan_split(static_cast<const R*>(records), n, keys, true, split);
  }
  static void count(const void* records, Size n, const Split& split, Size* counts) {
    prebuilt::count(static_cast<const R*>(records), n, split, counts);
  }
  static void scatter(const void* records, Size n, const Split& split, Size* next, void* to) {
    prebuilt::scatter(static_cast<const R*>(records), n, split, next, static_cast<R*>(to));
  }
  static void sort(void* records, void* room, Size n, void* cached, void* to) {
    sort_records(static_cast<R*>(records), static_cast<R*>(room), n, static_cast<R*>(cached), 0, static_cast<R*>(to));
  }
};

template <class Order, Records Kind>
constexpr Sorting make() {
  using R = typename RecordOf<Order, Kind>::type;
  const auto decode = Kind == Records::Keys     ? decode_keys<Order>
                      : Kind == Records::Packed ? decode_packed
                                                : decode_pairs;
  return {sizeof(R),       encode<Order, Kind>, decode,        Loops<R>::plan_split,
          Loops<R>::count, Loops<R>::scatter,   Loops<R>::sort};
}

template <int Bytes, Numbers Kind>
constexpr void fill(SortTable& table, DType dtype) {
  using Order = SortKey<Bytes, Kind>;
  Sorting* const loops = table.loops[static_cast<int>(dtype)];
  loops[static_cast<int>(Records::Keys)] = make<Order, Records::Keys>();
  if constexpr (Bytes <= 4) loops[static_cast<int>(Records::Packed)] = make<Order, Records::Packed>();
  loops[static_cast<int>(Records::Pairs)] = make<Order, Records::Pairs>();
}

constexpr SortTable make_table() {
  SortTable table{};
  fill<1, Numbers::Unsigned>(table, DType::Bool);
  fill<1, Numbers::Signed>(table, DType::Int8);
  fill<2, Numbers::Signed>(table, DType::Int16);
  fill<4, Numbers::Signed>(table, DType::Int32);
  fill<8, Numbers::Signed>(table, DType::Int64);
  fill<1, Numbers::Unsigned>(table, DType::UInt8);
  fill<2, Numbers::Unsigned>(table, DType::UInt16);
  fill<4, Numbers::Unsigned>(table, DType::UInt32);
  fill<8, Numbers::Unsigned>(table, DType::UInt64);
  fill<2, Numbers::Float>(table, DType::Float16);
  fill<2, Numbers::BFloat>(table, DType::BFloat16);
  fill<4, Numbers::Float>(table, DType::Float32);
  fill<8, Numbers::Float>(table, DType::Float64);
  return table;
}

}  // namespace

extern const SortTable JOIN(kSort, INGOT_CPU_LEVEL);
constinit const SortTable JOIN(kSort, INGOT_CPU_LEVEL) = make_table();

}  // namespace ingot::prebuilt
