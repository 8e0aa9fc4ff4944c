#include "kernels/prebuilt/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>
#include <numeric>
#include <random>
#include <ranges>
#include <vector>

#include "host/exec/routine.h"
#include "kernels/prebuilt/sort_steps.h"

namespace ingot::prebuilt {
namespace {

const DType kDTypes[] = {DType::Bool,   DType::Int8,   DType::Int16,  DType::Int32,   DType::Int64,  DType::UInt8,
                         DType::UInt16, DType::UInt32, DType::UInt64, DType::Float32, DType::Float64};

using Bytes = std::vector<std::byte>;

// Random bits, so that floats are of all kinds; half of the elements are copies of others.
Bytes elements(DType dtype, std::int64_t n, unsigned seed) {
  std::mt19937_64 random(seed);
  const std::size_t size = itemsize(dtype);
  Bytes bytes(static_cast<std::size_t>(n) * size);
  for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
    std::uint64_t bits = random();
    if (dtype == DType::Bool) bits &= 1;
    std::memcpy(bytes.data() + i * size, &bits, size);
    if (bits % 2 != 0) std::memcpy(bytes.data() + i * size, bytes.data() + random() % (i + 1) * size, size);
  }
  return bytes;
}

Bytes sorted(cpu::Level level, DType dtype, Records records, const Bytes& in, bool descending, std::int64_t first = 0) {
  const Sorting& loops = sorting(level, dtype, records);
  const auto n = static_cast<std::int64_t>(in.size() / itemsize(dtype));
  const auto bytes = static_cast<std::size_t>(n * loops.record_bytes);
  const auto aligned = [](std::size_t size) { return std::vector<std::uint64_t>((size + 7) / 8); };
  auto a = aligned(bytes), b = aligned(bytes), cached = aligned(kCacheBytes);
  loops.encode(in.data(), n, first, descending, a.data());
  Bytes out(records == Records::Keys ? in.size() : static_cast<std::size_t>(n) * 8);
  const bool in_place = out.size() == bytes;
  loops.sort(a.data(), b.data(), n, cached.data(), descending, in_place ? static_cast<void*>(b.data()) : out.data());
  if (in_place) std::memcpy(out.data(), b.data(), bytes);
  return out;
}

TEST(Sorting, GivesTheSameAtEveryLevelAndForEveryKindOfRecords) {
  for (const DType dtype : kDTypes) {
    for (const std::int64_t n : {1, 30, 5000, 70'000}) {
      const Bytes in = elements(dtype, n, static_cast<unsigned>(n));
      for (const bool descending : {false, true}) {
        const Bytes keys = sorted(cpu::Level::Baseline, dtype, Records::Keys, in, descending);
        const Bytes positions = sorted(cpu::Level::Baseline, dtype, Records::Pairs, in, descending);
        for (int level = 0; level <= static_cast<int>(cpu::detect_level()); ++level) {
          SCOPED_TRACE(std::string(name(dtype)) + cpu::level_name(cpu::Level(level)));
          EXPECT_EQ(sorted(cpu::Level(level), dtype, Records::Keys, in, descending), keys);
          EXPECT_EQ(sorted(cpu::Level(level), dtype, Records::Pairs, in, descending), positions);
          if (itemsize(dtype) <= 4) {
            EXPECT_EQ(sorted(cpu::Level(level), dtype, Records::Packed, in, descending), positions);
          }
        }
      }
    }
  }
}

// Values of which the pivots of quicksort.h are always among the least: it takes the median of three places for each
// lane, then that of three lanes, twice, and what is not less keeps its order. The rest is near them, but for the last
// one that is left.
template <class Word>
std::vector<Word> with_bad_pivots(std::size_t n) {
  constexpr Word greatest = std::numeric_limits<Word>::max();
  constexpr std::size_t lanes = 64 / sizeof(Word);
  const auto median = [](Word a, Word b, Word c) { return std::max(std::min(a, b), std::min(std::max(a, b), c)); };
  std::vector<Word> values(n, greatest);
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  Word least = 0;
  while (order.size() > 300) {
    const std::size_t size = order.size();
    const auto sample = [&](std::size_t place) {
      Word& value = values[order[place]];
      if (value == greatest) value = least++;
      return value;
    };
    Word v[lanes], w[3];
    for (std::size_t l = 0; l < lanes; ++l)
      v[l] = median(sample(size / 4 + l), sample(size / 2 + l), sample(size - size / 4 + l));
    for (std::size_t l = 0; l < 3; ++l)
      w[l] = median(v[l], v[(l + lanes / 3) % lanes], v[(l + 2 * (lanes / 3)) % lanes]);
    const Word pivot = median(w[0], w[1], w[2]);
    std::erase_if(order, [&](std::size_t i) { return values[i] < pivot; });
  }
  bool far = true;
  for (Word& value : std::views::reverse(values)) {
    if (value != greatest) continue;
    if (!far) value = least + static_cast<Word>(&value - values.data()) * 7919 % 100'000;
    far = false;
  }
  return values;
}

template <class Word>
void sorts_all_patterns(DType dtype) {
  constexpr Word greatest = std::numeric_limits<Word>::max();
  const auto check = [dtype](std::vector<Word> values, const std::string& what) {
    Bytes in(values.size() * sizeof(Word)), expected(in.size());
    std::memcpy(in.data(), values.data(), in.size());
    std::sort(values.begin(), values.end());
    std::memcpy(expected.data(), values.data(), in.size());
    for (int level = 0; level <= static_cast<int>(cpu::detect_level()); ++level)
      EXPECT_EQ(sorted(cpu::Level(level), dtype, Records::Keys, in, false), expected)
          << what << ", n = " << values.size() << ", " << cpu::level_name(cpu::Level(level));
  };
  std::vector<std::size_t> lengths(300);
  std::iota(lengths.begin(), lengths.end(), 1);
  lengths.insert(lengths.end(), {1000, 4095, 100'003});
  std::mt19937_64 random(2);
  const auto make = [](std::size_t n, auto&& f) {
    std::vector<Word> values(n);
    for (std::size_t i = 0; i < n; ++i) values[i] = static_cast<Word>(f(i));
    return values;
  };
  for (const std::size_t n : lengths) {
    check(make(n, [&](std::size_t) { return random(); }), "random");
    check(make(n, [&](std::size_t) { return random() % 3 * (greatest / 2); }), "of three values");
    check(make(n, [&](std::size_t i) { return i; }), "ascending");
    check(make(n, [&](std::size_t i) { return n - i; }), "descending");
    check(make(n, [&](std::size_t i) { return std::min(i, n - i); }), "up and down");
    check(make(n, [&](std::size_t i) { return i % 16; }), "a comb");
    check(make(n, [&](std::size_t) { return greatest; }), "the greatest");
    check(make(n, [&](std::size_t i) { return i == n / 2 ? Word{0} : greatest; }), "all but one the greatest");
  }
  check(with_bad_pivots<Word>(20'000), "with bad pivots");
}

// What is hard for a choice of pivots, at lengths around those of vectors and of networks of them.
TEST(Sorting, IsThatOfTheStandardLibraryForAllPatterns) {
  sorts_all_patterns<std::uint32_t>(DType::UInt32);
  sorts_all_patterns<std::uint64_t>(DType::UInt64);
}

TEST(Sorting, KeepsPositionsBeyond32Bits) {
  const std::vector<std::int32_t> values = {5, -5, 5, 0};
  Bytes in(16);
  std::memcpy(in.data(), values.data(), 16);
  const std::int64_t first = std::int64_t{1} << 40;
  const Bytes out = sorted(cpu::detect_level(), DType::Int32, Records::Pairs, in, false, first);
  const std::int64_t expected[] = {first + 1, first + 3, first, first + 2};
  EXPECT_EQ(std::memcmp(out.data(), expected, sizeof expected), 0);
}

// Groups in the order of their keys, none of them with most of the records, and the places that a scatter needs; also
// where a few elements lie beyond all that a sample knows, and where the first, which it knows, leaves most of the
// others to a few cells, which are cut.
TEST(Sorting, SplitsElementsIntoOrderedGroupsOfSimilarSize) {
  constexpr std::int64_t n = 200'003;
  std::mt19937_64 random(1);
  std::vector<double> values(n);
  std::vector<std::uint64_t> keys(n);
  for (double& v : values) v = std::ldexp(static_cast<double>(random() >> 11), -53);  // half of them of one exponent
  for (const std::size_t i : {1u, 777u, 150'001u}) values[i] = i % 2 == 0 ? 1e300 : -1e300;
  values[5] = std::numeric_limits<double>::infinity();
  for (int level = 0; level <= static_cast<int>(cpu::detect_level()); ++level) {
    for (const int which : {0, 1, 2, 3}) {
      const bool cuts = which % 2 != 0, descending = which >= 2;
      values[0] = cuts ? 1e300 : 0.5;
      const Sorting& loops = sorting(cpu::Level(level), DType::Float64, Records::Keys);
      const auto split = std::make_unique<Split>();
      loops.plan_split(values.data(), n, descending, *split);
      EXPECT_EQ(split->has_whole_cells, !cuts);
      ASSERT_GE(split->groups, Split::kLeastGroups / 2);
      ASSERT_LE(split->groups, Split::kMaxGroups);
      std::vector<std::int64_t> next(static_cast<std::size_t>(split->groups), 0);
      loops.count(values.data(), n, descending, *split, next.data());
      EXPECT_LT(*std::max_element(next.begin(), next.end()), n / 16);
      std::int64_t begin = 0;
      std::vector<std::int64_t> begins;
      for (std::int64_t& place : next) {
        begins.push_back(begin);
        begin += std::exchange(place, begin);
      }
      ASSERT_EQ(begin, n);
      loops.scatter(values.data(), n, 0, descending, *split, next.data(), keys.data());
      std::uint64_t before = 0;
      for (std::size_t g = 0; g < begins.size(); ++g) {
        const auto from = keys.begin() + begins[g], to = keys.begin() + next[g];
        if (from == to) continue;
        if (begins[g] > 0) {
          EXPECT_GT(*std::min_element(from, to), before);
        }
        before = *std::max_element(from, to);
      }
    }
  }
}

// As sort.cu's, without a device.
class HostWork {
 public:
  explicit HostWork(DeviceCall& call) : call_(call) {}

  template <class T>
  T* array(Size n) {
    const std::size_t at = used_;
    used_ += static_cast<std::size_t>(n) * sizeof(T);
    used_ = (used_ + 255) / 256 * 256;
    return is_run() ? reinterpret_cast<T*>(static_cast<std::byte*>(call_.scratch) + at) : nullptr;
  }
  template <class F>
  void run(Size n, F f) {
    for (Size i = 0; is_run() && i < n; ++i) f(i);
  }
  template <class K>
  void sort_keys(const K* in, K* out, Size n, int bits) {
    if (!is_run()) return;
    std::copy_n(in, n, out);
    std::stable_sort(out, out + n, [&](K a, K b) { return low(a, bits) < low(b, bits); });
  }
  void sort_pairs(const Word* in, Word* out, const Size* values, Size* sorted, Size n, int bits) {
    if (!is_run()) return;
    std::vector<std::pair<Word, Size>> pairs;
    for (Size i = 0; i < n; ++i) pairs.emplace_back(in[i], values[i]);
    std::stable_sort(pairs.begin(), pairs.end(),
                     [&](const auto& a, const auto& b) { return low(a.first, bits) < low(b.first, bits); });
    for (Size i = 0; i < n; ++i) {
      out[i] = pairs[static_cast<std::size_t>(i)].first;
      sorted[i] = pairs[static_cast<std::size_t>(i)].second;
    }
  }
  const char* finish() {
    if (!is_run()) call_.scratch_bytes = used_;
    EXPECT_LE(used_, call_.scratch_bytes);
    return nullptr;
  }

 private:
  static Word low(Word word, int bits) { return bits == 64 ? word : word & ((Word{1} << bits) - 1); }
  bool is_run() const { return call_.scratch != nullptr; }

  DeviceCall& call_;
  std::size_t used_ = 0;
};

TEST(SortSteps, OfTheModuleGiveWhatTheHostGives) {
  for (const DType dtype : kDTypes) {
    for (const Shape& shape : {Shape{1}, Shape{777}, Shape{3, 1}, Shape{5, 100}, Shape{2, 8, 33}}) {
      for (const bool positions : {false, true}) {
        for (const bool descending : {false, true}) {
          SCOPED_TRACE(std::string(name(dtype)) + to_string(shape));
          Bytes in = elements(dtype, shape.numel(), 7);
          const DType result = positions ? DType::Int64 : dtype;
          Bytes expected(static_cast<std::size_t>(shape.numel()) * itemsize(result)), got(expected.size());
          const exec::RoutineCall host{
              {{dtype, shape, in.data()}}, {result, shape, expected.data()}, Dims{descending}, 1};
          positions ? exec::run_argsort(host) : exec::run_sort(host);

          const std::int64_t parameters[] = {descending};
          const DeviceArray input{dtype, shape.ndim(), shape.data(), in.data()};
          DeviceCall call{0, nullptr, &input, {result, shape.ndim(), shape.data(), got.data()}, parameters, nullptr, 0};
          ASSERT_EQ(sort_steps<HostWork>(&call, positions), nullptr);
          std::vector<std::uint64_t> scratch(call.scratch_bytes / 8 + 1);
          call.scratch = scratch.data();
          ASSERT_EQ(sort_steps<HostWork>(&call, positions), nullptr);
          EXPECT_EQ(got, expected);
        }
      }
    }
  }
}

}  // namespace
}  // namespace ingot::prebuilt
