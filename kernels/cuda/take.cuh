// take, take_along_axis and searchsorted on a device (host/exec/on_gpu/take.cpp). Put behind the prelude.
#pragma once

constexpr int kTakes = 4;  // units of a thread, all of which are on their way before the first is written

/// An element, or a slice of neighbouring ones, is moved in units of up to 16 bytes.
template <class Index>
struct Take {
  alignas(8) const void* from;
  alignas(8) const void* indices;
  alignas(8) void* to;
  alignas(8) u64* outside;  // the complement of the first position of an index that is out of range; 0 for none
  alignas(8) Index units;   // of the result
  alignas(8) Index extent;  // of the axis
  Divisor<Index> slice;     // units between two positions along the axis
  Divisor<Index> count;     // of positions along the axis of the result
};

/// kAlong: every element, of kParts units, has an index; otherwise every position along the axis has.
template <class Unit, class I, class Index, bool kAlong, int kParts>
INGOT_FN void take(const Take<Index>& p) {
  const Index first = static_cast<Index>(blockIdx.x) * (kBlock * kTakes) + threadIdx.x;
  const Unit* from[kTakes];
#pragma unroll
  for (int k = 0; k < kTakes; ++k) {
    from[k] = nullptr;
    const Index t = first + k * kBlock;
    if (t >= p.units) continue;
    Index batch = t;
    const Index unit = split_off(batch, p.slice), position = split_off(batch, p.count);
    const Index number = kAlong ? t / kParts : position;
    const I given = static_cast<const I*>(p.indices)[number];
    u64 at = static_cast<u64>(given);
    if constexpr (math::is_signed<I>)
      if (given < I(0)) at += static_cast<u64>(p.extent);
    if (at < static_cast<u64>(p.extent))
      from[k] = static_cast<const Unit*>(p.from) +
                ((batch * p.extent + static_cast<Index>(at)) * static_cast<Index>(p.slice.value) + unit);
    else
      atomicMax(p.outside, ~static_cast<u64>(number));
  }
  Unit value[kTakes];
#pragma unroll
  for (int k = 0; k < kTakes; ++k)
    if (from[k] != nullptr) value[k] = *from[k];
#pragma unroll
  for (int k = 0; k < kTakes; ++k)
    if (from[k] != nullptr) static_cast<Unit*>(p.to)[first + k * kBlock] = value[k];
}

struct Search {
  alignas(8) const void* sorted;
  alignas(8) const void* values;
  alignas(8) i64* counts;
  alignas(8) i64 size;   // of what is sorted
  alignas(8) i64 count;  // of values
};

// In the order of sort, zeros alike: NaN above all numbers.
template <class T>
INGOT_FN bool comes_before(T a, T b) {
  if constexpr (math::Scalar<T>::is_float) return a < b || (b != b && a == a);
  return a < b;
}

template <class T, bool kNotGreater>
INGOT_FN void search(const Search& p) {
  const i64 i = static_cast<i64>(blockIdx.x) * kBlock + threadIdx.x;
  if (i >= p.count) return;
  const T* const sorted = static_cast<const T*>(p.sorted);
  const T value = static_cast<const T*>(p.values)[i];
  i64 below = 0;  // so many are counted already
  for (i64 left = p.size; left > 0;) {
    const i64 half = (left + 1) / 2;
    const T at = sorted[below + half - 1];
    below += (kNotGreater ? !comes_before(value, at) : comes_before(at, value)) ? half : 0;
    left -= half;
  }
  p.counts[i] = below;
}
