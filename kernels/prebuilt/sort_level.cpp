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
  using Result = typename Order::Key;
  static type make(Result element, Size, bool descending) { return {Order::of(element, descending)}; }
  static Result result(type record, bool descending) { return Order::element(record.word, descending); }
};
template <class Order>
struct RecordOf<Order, Records::Packed> {
  using type = Packed;
  using Result = std::int64_t;
  static type make(typename Order::Key element, Size position, bool descending) {
    return {static_cast<std::uint64_t>(Order::of_position(element, descending)) << 32 |
            static_cast<std::uint64_t>(position)};
  }
  static Result result(type record, bool) { return static_cast<Result>(record.word & 0xFFFFFFFF); }
};
template <class Order>
struct RecordOf<Order, Records::Pairs> {
  using type = Pair;
  using Result = std::int64_t;
  static type make(typename Order::Key element, Size position, bool descending) {
    return {Order::of_position(element, descending), position};
  }
  static Result result(type record, bool) { return record.position; }
};

// Elements as the records that they become.
template <class Order, Records Kind, bool Descending>
struct Elements {
  const typename Order::Key* elements;
  Size first;
  auto operator[](Size i) const { return RecordOf<Order, Kind>::make(elements[i], first + i, Descending); }
};

template <class Order, Records Kind, bool Descending>
auto address(const Elements<Order, Kind, Descending>& from, Size i) {
  return from.elements + i;
}

template <class Order, Records Kind, class F>
void with(const void* elements, Size first, bool descending, F&& f) {
  const auto* const from = static_cast<const typename Order::Key*>(elements);
  if (descending)
    f(Elements<Order, Kind, true>{from, first});
  else
    f(Elements<Order, Kind, false>{from, first});
}

template <class Order, Records Kind>
struct Loops {
  using R = typename RecordOf<Order, Kind>::type;
  using Result = typename RecordOf<Order, Kind>::Result;

  static void encode(const void* elements, Size n, Size first, bool descending, void* to) {
    with<Order, Kind>(elements, first, descending, [&](const auto& records) {
      for (Size i = 0; i < n; ++i) static_cast<R*>(to)[i] = records[i];
    });
  }
  static void plan_split(const void* elements, Size n, bool descending, Split& split) {
    with<Order, Kind>(elements, 0, descending, [&](const auto& records) { prebuilt::plan_split(records, n, split); });
  }
  static void count(const void* elements, Size n, bool descending, const Split& split, Size* counts) {
    with<Order, Kind>(elements, 0, descending,
                      [&](const auto& records) { prebuilt::count(records, n, split, counts); });
  }
  static void scatter(const void* elements, Size n, Size first, bool descending, const Split& split, Size* next,
                      void* to) {
    with<Order, Kind>(elements, first, descending,
                      [&](const auto& records) { prebuilt::scatter(records, n, split, next, static_cast<R*>(to)); });
  }
  // In place where results are as large as records.
  static void decode(const R* records, Size n, bool descending, Result* results) {
    if (descending)
      for (Size i = 0; i < n; ++i) results[i] = RecordOf<Order, Kind>::result(records[i], true);
    else
      for (Size i = 0; i < n; ++i) results[i] = RecordOf<Order, Kind>::result(records[i], false);
  }
  static void sort(void* records, void* room, Size n, void* cached, bool descending, void* results) {
    R* const to = static_cast<R*>(room);
    const auto done = [=](const R* part, Size size) {
      decode(part, size, descending, static_cast<Result*>(results) + (part - to));
    };
    sort_records(static_cast<R*>(records), to, n, static_cast<R*>(cached), 0, to, done);
  }
};

template <class Order, Records Kind>
constexpr Sorting make() {
  using L = Loops<Order, Kind>;
  return {sizeof(typename L::R), L::encode, L::plan_split, L::count, L::scatter, L::sort};
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
