// Stable sort of records by unsigned keys: split into groups that fit the second-level cache, each of which is then
// radix sorted there, least significant digit first, or sorted in vectors. Included by sort_level.cpp only.
#pragma once

#include <cstdint>
#include <type_traits>

#include "kernels/prebuilt/sort.h"
#ifdef __AVX512F__
#include "kernels/prebuilt/quicksort.h"
#endif

namespace ingot::prebuilt {
namespace {

using Size = std::int64_t;

/// What is sorted: a key and, for argsort, the position it came from.
template <class K>
struct Plain {
  using Key = K;
  K word;
  Key key() const { return word; }
};
struct Packed {  // keys of up to 32 bits, positions below 2^32
  using Key = std::uint32_t;
  std::uint64_t word;
  Key key() const { return static_cast<Key>(word >> 32); }
};
struct Pair {
  using Key = std::uint64_t;
  Key word;
  std::int64_t position;
  Key key() const { return word; }
};

/// The least and the greatest key of some records.
struct KeyRange {
  std::uint64_t least = ~std::uint64_t{0}, greatest = 0;
};

constexpr Size kFew = 24;  // records that are sorted by insertion

constexpr int bit_width(std::uint64_t x) { return x == 0 ? 0 : 64 - __builtin_clzll(x); }

template <class R>
KeyRange range(const R* records, Size n) {
  using Key = typename R::Key;
  Key least = static_cast<Key>(~Key{0}), greatest = 0;
  for (Size i = 0; i < n; ++i) {
    const Key key = records[i].key();
    least = key < least ? key : least;
    greatest = key > greatest ? key : greatest;
  }
  return {least, greatest};
}

template <class R>
const R* address(const R* records, Size i) {
  return records + i;
}

constexpr Size kSample = 1 << 13;

// Cells that the sample finds heavy are cut evenly, light neighbours share a group. Without a sample all cells weigh
// the same, so that the range of every group is a small part of the whole.
inline void cut(const KeyRange& keys, const std::uint64_t* sample, int wanted, Split& split) {
  const int fair = kSample / wanted;  // samples of a group
  const int width = bit_width(keys.greatest - keys.least);
  split.least = keys.least;
  split.greatest = keys.greatest;
  split.shift = width > Split::kCellBits ? width - Split::kCellBits : 0;
  const int cells = static_cast<int>((keys.greatest - keys.least) >> split.shift) + 1;
  std::uint16_t weights[Split::kCells];
  for (int c = 0; c < cells; ++c) weights[c] = static_cast<std::uint16_t>(sample != nullptr ? 0 : kSample / cells);
  if (sample != nullptr)
    for (Size i = 0; i < kSample; ++i) ++weights[(sample[i] - keys.least) >> split.shift];

  split.has_whole_cells = true;
  int groups = 0, held = 0;  // held: samples of the group that is being filled
  bool open = false;         // whether that has cells
  for (int c = 0; c < cells; ++c) {
    const int weight = weights[c];
    const bool heavy = weight >= 2 * fair;
    if (open && (heavy || held + weight > fair)) {
      ++groups;
      held = 0;
    }
    open = !heavy;
    held += weight;
    int bits = heavy ? bit_width(static_cast<std::uint64_t>(weight / fair)) - 1 : 0;
    bits = bits < split.shift ? bits : split.shift;
    split.cells[c] = (groups - (c << bits)) * 256 + (split.shift - bits);
    split.whole[c] = static_cast<std::uint16_t>(groups);
    split.has_whole_cells &= bits == 0;
    if (!heavy) continue;
    groups += 1 << bits;
    held = 0;
  }
  split.groups = groups + (open ? 1 : 0);
}

// Each group has a line of its own in the first-level cache that is written to, so no more groups than need be.
inline int wanted_groups(std::size_t bytes) {
  const auto fitting = static_cast<Size>(bytes) / kGroupBytes;
  return static_cast<int>(fitting < Split::kLeastGroups ? Split::kLeastGroups
                          : fitting > Split::kGroups    ? Split::kGroups
                                                        : fitting);
}

/// Of what `records[i]` gives, by a sample and within its range.
template <class Source>
void plan_split(const Source& records, Size n, Split& split) {
  std::uint64_t sample[kSample];
  KeyRange keys;
  for (Size i = 0; i < kSample; ++i) {
    sample[i] = records[i * (n / kSample)].key();
    keys.least = sample[i] < keys.least ? sample[i] : keys.least;
    keys.greatest = sample[i] > keys.greatest ? sample[i] : keys.greatest;
  }
  cut(keys, sample, wanted_groups(static_cast<std::size_t>(n) * sizeof(records[0])), split);
}

// Keys of up to 32 bits are told apart in words of 32, of which twice as many are in a vector.
template <class Key>
auto above_least(Key key, const Split& split) {
  using Word = std::conditional_t<(sizeof(Key) > 4), std::uint64_t, std::uint32_t>;
  const auto least = static_cast<Word>(split.least), greatest = static_cast<Word>(split.greatest);
  Word word = key;
  word = word < least ? least : word;
  return static_cast<Word>((word > greatest ? greatest : word) - least);
}

// Calls f(i, find(key of record i)) for all records in order. What find gives is found in vectors, some records ahead,
// and what comes 4 KB later is fetched: the machine's own fetching ends with each page.
template <class Found, class Source, class Find, class F>
void each_found(const Source& records, Size n, const Find& find, const F& f) {
  constexpr Size ahead = 256, line = 64;
  Found found[ahead];
  for (Size begin = 0; begin < n; begin += ahead) {
    const Size count = n - begin < ahead ? n - begin : ahead;
    const auto* const later = reinterpret_cast<const char*>(address(records, begin)) + (4 << 10);
    for (Size b = 0; b < ahead * static_cast<Size>(sizeof *address(records, 0)); b += line)
      __builtin_prefetch(later + b);
    for (Size i = 0; i < count; ++i) found[i] = find(records[begin + i].key());
    for (Size i = 0; i < count; ++i) f(begin + i, found[i]);
  }
}

/// Calls f(i, group) for all records in order. Whole cells are looked up one by one, which is faster than gathering
/// what cuts of others need.
template <class Source, class F>
void each_group(const Source& records, Size n, const Split& split, const F& f) {
  if (split.has_whole_cells) {
    const auto cell = [&](auto key) { return static_cast<std::uint16_t>(above_least(key, split) >> split.shift); };
    each_found<std::uint16_t>(records, n, cell, [&](Size i, std::uint16_t c) { f(i, split.whole[c]); });
  } else {
    const auto group = [&](auto key) {
      const auto word = above_least(key, split);
      const std::int32_t cell = split.cells[word >> split.shift];
      return static_cast<std::uint32_t>(cell >> 8) + static_cast<std::uint32_t>(word >> (cell & (8 * sizeof word - 1)));
    };
    each_found<std::uint32_t>(records, n, group, f);
  }
}

template <class Source>
void count(const Source& records, Size n, const Split& split, Size* counts) {
  each_group(records, n, split, [&](Size, std::uint32_t group) { ++counts[group]; });
}

/// Moves each record to the place that its group has next, whose cache line comes to the second-level cache while the
/// one before it fills: the first-level cache has no room for two lines of each group.
template <class Source, class R>
void scatter(const Source& records, Size n, const Split& split, Size* next, R* to) {
  each_group(records, n, split, [&](Size i, std::uint32_t group) {
    R* const place = to + next[group]++;
    *place = records[i];
    __builtin_prefetch(reinterpret_cast<const char*>(place) + 64, 0, 2);
  });
}

template <class R>
void copy(const R* from, Size n, R* to) {
  if (from != to) __builtin_memcpy(to, from, static_cast<std::size_t>(n) * sizeof(R));
}

template <class R>
void sort_few(R* records, Size n) {
  for (Size i = 1; i < n; ++i) {
    const R record = records[i];
    Size at = i;
    for (; at > 0 && record.key() < records[at - 1].key(); --at) records[at] = records[at - 1];
    records[at] = record;
  }
}

template <class R, class Done>
void sort_records(R* records, R* room, Size n, R* cached, int depth, R* to, const Done& done);
template <class R>
void sort_by_digits(R* records, R* room, Size n, R* to);

template <class R, class Done>
void sort_by_groups(R* records, R* room, Size n, R* cached, const KeyRange& keys, int depth, R* to, const Done& done) {
  constexpr int plenty = 3;  // splits that should have been enough, were the samples good
  Split split;
  if (depth < plenty)
    plan_split(records, n, split);
  else
    cut(keys, nullptr, Split::kGroups, split);
  Size ends[Split::kMaxGroups] = {};
  count(records, n, split, ends);
  Size begin = 0;
  for (int g = 0; g < split.groups; ++g) {
    const Size size = ends[g];
    ends[g] = begin;
    begin += size;
  }
  scatter(records, n, split, ends, room);
  begin = 0;
  for (int g = 0; g < split.groups; ++g) {
    const Size end = ends[g];
    if (end != begin) sort_records(room + begin, records + begin, end - begin, cached, depth + 1, to + begin, done);
    begin = end;
  }
}

// How sort_in_cache reads a key: `digits` digits of `width` bits above `low` bits that it leaves to a second step.
struct Digits {
  int digits, width, low;
};

// As many of the high bits as tell n random keys apart, and all of them where that takes no more digits.
inline Digits plan_digits(Size n, int bits) {
  constexpr int narrow = 8, wide = 12;
  constexpr Size worth_wide = 1 << 14;  // records, to pay for the sums over 4096 counters
  const int wanted = bit_width(static_cast<std::uint64_t>(n)) + 4, useful = wanted < bits ? wanted : bits;
  const int most = n < worth_wide ? narrow : wide;
  const int digits = (useful + most - 1) / most;
  const int covered = bits <= digits * most ? bits : useful;
  const int width = (covered + digits - 1) / digits;
  return {digits, width, bits > digits * width ? bits - digits * width : 0};
}

// Sorts what is equal but for its `low` low bits, by these.
template <class R>
void sort_runs(R* records, R* room, Size n, typename R::Key least, int low) {
  using Key = typename R::Key;
  const auto high = [=](Size i) { return static_cast<Key>(static_cast<Key>(records[i].key() - least) >> low); };
  Key before = high(0);
  for (Size i = 1; i < n; ++i) {
    const Key here = high(i);
    if (here == before) [[unlikely]] {
      const Size begin = i - 1;
      while (i < n && high(i) == here) ++i;
      sort_by_digits(records + begin, room, i - begin, records + begin);
      if (i == n) return;
    }
    before = high(i);
  }
}

template <class R>
void sort_in_cache(R* records, R* room, Size n, const KeyRange& keys, R* to) {
  using Key = typename R::Key;
  const auto least = static_cast<Key>(keys.least);
  const Digits plan = plan_digits(n, bit_width(keys.greatest - keys.least));
  const auto mask = static_cast<Key>((1u << plan.width) - 1);
  const auto digit = [=](const R& record, int shift) {
    return static_cast<unsigned>(static_cast<Key>(record.key() - least) >> shift & mask);
  };

  std::uint32_t counts[2 << 12];  // two wide digits, or four narrow ones
  __builtin_memset(counts, 0, sizeof counts[0] * static_cast<std::size_t>(plan.digits) << plan.width);
  const auto counter = [&](int d) { return counts + (static_cast<std::size_t>(d) << plan.width); };
  if (plan.digits == 2) {
    std::uint32_t *const first = counter(0), *const second = counter(1);
    for (Size i = 0; i < n; ++i) {
      ++first[digit(records[i], plan.low)];
      ++second[digit(records[i], plan.low + plan.width)];
    }
  } else {
    for (int d = 0; d < plan.digits; ++d) {
      std::uint32_t* const one = counter(d);
      for (Size i = 0; i < n; ++i) ++one[digit(records[i], plan.low + d * plan.width)];
    }
  }

  R *from = records, *other = room;
  for (int d = 0; d < plan.digits; ++d) {
    std::uint32_t* const next = counter(d);
    const int shift = plan.low + d * plan.width;
    if (next[digit(from[0], shift)] == n) continue;
    std::uint32_t begin = 0;
    for (int k = 0; k < 1 << plan.width; ++k) {
      const std::uint32_t size = next[k];
      next[k] = begin;
      begin += size;
    }
    for (Size i = 0; i < n; ++i) other[next[digit(from[i], shift)]++] = from[i];
    R* const sorted = other;
    other = from;
    from = sorted;
  }
  if (plan.low > 0) sort_runs(from, other, n, least, plan.low);
  copy(from, n, to);
}

// In the cache; `to` is `records` or none of the others.
template <class R>
void sort_by_digits(R* records, R* room, Size n, R* to) {
  if (n <= kFew) {
    sort_few(records, n);
    return copy(records, n, to);
  }
  const KeyRange keys = range(records, n);
  if (keys.least == keys.greatest) return copy(records, n, to);
  sort_in_cache(records, room, n, keys, to);
}

#ifdef __AVX512F__
template <class Word, class Done>
void sort_in_vectors(Plain<Word>* records, Plain<Word>* other, Size n, Plain<Word>* to, const Done& done) {
  using Record = Plain<Word>;
  const auto slow = [](Word* words, Word* room, Size count, Word* into) {
    sort_by_digits(reinterpret_cast<Record*>(words), reinterpret_cast<Record*>(room), count,
                   reinterpret_cast<Record*>(into));
  };
  const auto done_words = [&](Word* words, Size count) { done(reinterpret_cast<Record*>(words), count); };
  Quicksort<Word>::sort(&records->word, &other->word, n, &to->word, 2 * bit_width(static_cast<std::uint64_t>(n)), slow,
                        done_words);
}
#endif

/// Sorts n records to `to`, which is `records` or `room`. Overwrites both, and `cached`, kCacheBytes that stay in the
/// cache from one call to the next; none of the three overlap. Calls done(part, size) for parts of `to` that are
/// sorted, while they are in the cache.
template <class R, class Done>
void sort_records(R* records, R* room, Size n, R* cached, int depth, R* to, const Done& done) {
  const bool fits = n * static_cast<Size>(sizeof(R)) <= kCacheBytes;
#ifdef __AVX512F__
  if constexpr (sizeof(R) >= 4 && std::is_same_v<R, Plain<typename R::Key>>) {
    if (fits) {
      if (to == records) copy(records, n, room);
      return sort_in_vectors(to == records ? room : records, cached, n, to, done);
    }
  }
#endif
  if (fits) {
    sort_by_digits(records, cached, n, to);
    return done(to, n);
  }
  const KeyRange keys = range(records, n);
  if (keys.least != keys.greatest) return sort_by_groups(records, room, n, cached, keys, depth, to, done);
  copy(records, n, to);
  done(to, n);
}

}  // namespace
}  // namespace ingot::prebuilt
