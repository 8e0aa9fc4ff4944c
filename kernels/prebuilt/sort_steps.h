// The steps of sort and argsort on a CUDA device, over a Work that has memory, runs loops and sorts keys: sort.cu's
// does so with CUB, that of the tests without a device.
//
// Rows are sorted all at once, by keys with the number of the row above them. Where keys of 8 bytes leave no room for
// it, by key first and then by row, which keeps the order within rows.
#pragma once

#include "kernels/prebuilt/module.h"
#include "kernels/prebuilt/sort_key.h"

#ifdef __CUDACC__
#define INGOT_EACH __device__
#else
#define INGOT_EACH
#endif

namespace ingot::prebuilt {

using Size = std::int64_t;
using Word = unsigned long long;

struct Rows {
  explicit Rows(const DeviceCall& call)
      : n(call.result.extents[call.result.ndim - 1]), descending(call.parameters[0] != 0) {
    for (int k = 0; k < call.result.ndim; ++k) all *= call.result.extents[k];
    for (Size rows = all / n - 1; rows > 0; rows >>= 1) ++row_bits;
  }
  /// Whether a row's number fits into a word above a key. One row needs no number.
  bool fit_above(int key_bits) const { return key_bits + row_bits <= 64; }

  Size n, all = 1;
  int row_bits = 0;
  bool descending;
};

// By the order of the rows, of whatever was sorted by key already: gives the places of all elements.
template <class Work>
const Size* by_row(Work& work, const Rows& rows, Word* keys, Word* other, Size* places, Size* sorted) {
  if (rows.row_bits == 0) return places;
  work.run(rows.all, [=, n = rows.n] INGOT_EACH(Size i) { keys[i] = static_cast<Word>(places[i] / n); });
  work.sort_pairs(keys, other, places, sorted, rows.all, rows.row_bits);
  return sorted;
}

template <class Order, class Work>
const char* sort_elements(DeviceCall* call) {
  using Key = typename Order::Key;
  const Rows rows(*call);
  const auto* const in = static_cast<const Key*>(call->inputs[0].address);
  auto* const out = static_cast<Key*>(call->result.address);
  const bool descending = rows.descending;
  const Size n = rows.n;
  Work work(*call);
  if (Order::kBits <= 32 && rows.row_bits == 0) {
    auto *const keys = work.template array<unsigned>(rows.all), *const sorted = work.template array<unsigned>(rows.all);
    work.run(rows.all, [=] INGOT_EACH(Size i) { keys[i] = Order::of(in[i], descending); });
    work.sort_keys(keys, sorted, rows.all, Order::kBits);
    work.run(rows.all, [=] INGOT_EACH(Size i) { out[i] = Order::element(static_cast<Key>(sorted[i]), descending); });
  } else if (rows.fit_above(Order::kBits)) {
    auto *const keys = work.template array<Word>(rows.all), *const sorted = work.template array<Word>(rows.all);
    work.run(rows.all, [=] INGOT_EACH(Size i) {
      keys[i] = static_cast<Word>(i / n) << (Order::kBits & 63) | Order::of(in[i], descending);
    });
    work.sort_keys(keys, sorted, rows.all, Order::kBits + rows.row_bits);
    work.run(rows.all, [=] INGOT_EACH(Size i) { out[i] = Order::element(static_cast<Key>(sorted[i]), descending); });
  } else {
    auto *const keys = work.template array<Word>(rows.all), *const other = work.template array<Word>(rows.all);
    auto *const places = work.template array<Size>(rows.all), *const sorted = work.template array<Size>(rows.all);
    work.run(rows.all, [=] INGOT_EACH(Size i) {
      keys[i] = Order::of(in[i], descending);
      sorted[i] = i;
    });
    work.sort_pairs(keys, other, sorted, places, rows.all, Order::kBits);
    const Size* const order = by_row(work, rows, keys, other, places, sorted);
    work.run(rows.all, [=] INGOT_EACH(Size i) { out[i] = in[order[i]]; });
  }
  return work.finish();
}

template <class Order, class Work>
const char* sort_positions(DeviceCall* call) {
  using Key = typename Order::Key;
  const Rows rows(*call);
  const auto* const in = static_cast<const Key*>(call->inputs[0].address);
  auto* const out = static_cast<Size*>(call->result.address);
  const bool descending = rows.descending;
  const Size n = rows.n;
  Work work(*call);
  auto *const keys = work.template array<Word>(rows.all), *const other = work.template array<Word>(rows.all);
  auto *const places = work.template array<Size>(rows.all), *const sorted = work.template array<Size>(rows.all);
  const bool rows_above = rows.fit_above(Order::kBits);
  work.run(rows.all, [=] INGOT_EACH(Size i) {
    const Word row = rows_above ? static_cast<Word>(i / n) << (Order::kBits & 63) : 0;
    keys[i] = row | Order::of_position(in[i], descending);
    sorted[i] = i;
  });
  work.sort_pairs(keys, other, sorted, places, rows.all, Order::kBits + (rows_above ? rows.row_bits : 0));
  const Size* const order = rows_above ? places : by_row(work, rows, keys, other, places, sorted);
  work.run(rows.all, [=] INGOT_EACH(Size i) { out[i] = order[i] % n; });
  return work.finish();
}

template <class Order, class Work>
const char* sort_or_argsort(DeviceCall* call, bool positions) {
  return positions ? sort_positions<Order, Work>(call) : sort_elements<Order, Work>(call);
}

template <class Work>
const char* sort_steps(DeviceCall* call, bool positions) {
  switch (call->inputs[0].dtype) {
    case DType::Bool:
    case DType::UInt8: return sort_or_argsort<SortKey<1, Numbers::Unsigned>, Work>(call, positions);
    case DType::Int8: return sort_or_argsort<SortKey<1, Numbers::Signed>, Work>(call, positions);
    case DType::UInt16: return sort_or_argsort<SortKey<2, Numbers::Unsigned>, Work>(call, positions);
    case DType::Int16: return sort_or_argsort<SortKey<2, Numbers::Signed>, Work>(call, positions);
    case DType::UInt32: return sort_or_argsort<SortKey<4, Numbers::Unsigned>, Work>(call, positions);
    case DType::Int32: return sort_or_argsort<SortKey<4, Numbers::Signed>, Work>(call, positions);
    case DType::UInt64: return sort_or_argsort<SortKey<8, Numbers::Unsigned>, Work>(call, positions);
    case DType::Int64: return sort_or_argsort<SortKey<8, Numbers::Signed>, Work>(call, positions);
    case DType::Float16: return sort_or_argsort<SortKey<2, Numbers::Float>, Work>(call, positions);
    case DType::BFloat16: return sort_or_argsort<SortKey<2, Numbers::BFloat>, Work>(call, positions);
    case DType::Float32: return sort_or_argsort<SortKey<4, Numbers::Float>, Work>(call, positions);
    case DType::Float64: return sort_or_argsort<SortKey<8, Numbers::Float>, Work>(call, positions);
    default: return "the prebuilt module does not sort this dtype";
  }
}

}  // namespace ingot::prebuilt
