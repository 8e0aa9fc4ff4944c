// The tables of kernels/cpu/support.h: every level gives the bits of the scalar bodies, at every length; reductions
// follow the canonical order, against a model written here from its definition in host/ir/kernel.h.
#include "kernels/cpu/support.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <type_traits>
#include <vector>

#include "host/ir/kernel.h"

namespace ingot::cpu {

extern const Support kSupportScalar;  // support_level.cpp with INGOT_ONE_LANE

namespace {

constexpr int kSeed = 20261122;

std::vector<Level> levels() {
  std::vector<Level> all;
  for (int i = 0; i <= static_cast<int>(choose_level(nullptr).level); ++i) all.push_back(static_cast<Level>(i));
  return all;
}

template <class F>
void with_type(DType d, F f) {
  switch (d) {
    case DType::Int8: return f(std::int8_t{});
    case DType::Int16: return f(std::int16_t{});
    case DType::Int32: return f(std::int32_t{});
    case DType::Int64: return f(std::int64_t{});
    case DType::Bool:
    case DType::UInt8: return f(std::uint8_t{});
    case DType::Float16:  // by their bits: a NaN has the same ones everywhere
    case DType::BFloat16:
    case DType::UInt16: return f(std::uint16_t{});
    case DType::UInt32: return f(std::uint32_t{});
    case DType::UInt64: return f(std::uint64_t{});
    case DType::Float32: return f(float{});
    case DType::Float64: return f(double{});
    default: FAIL() << name(d);
  }
}

using Bytes = std::vector<unsigned char>;

template <class T>
T special_value(std::mt19937_64& random) {
  using L = std::numeric_limits<T>;
  if constexpr (std::is_floating_point_v<T>) {
    const T values[] = {T(0),     T(-0.0),       T(1),           T(-1),           T(0.5),           T(2.5),
                        T(-3.5),  L::infinity(), -L::infinity(), L::quiet_NaN(),  L::denorm_min(),  -L::denorm_min(),
                        L::min(), L::max(),      L::lowest(),    T(1e10),         T(-1e18),         T(1e22),
                        T(127.5), T(-128.5),     T(65535.7),     T(2147483647.5), T(-2147483649.0), T(9.3e18),
                        T(1.9e19)};
    return values[random() % std::size(values)];
  } else {
    const T values[] = {T(0),  T(1), T(2), T(3), T(-1), T(7), L::min(), L::max(), T(L::max() - 1), T(L::min() + 1),
                        T(31), T(64)};
    return values[random() % std::size(values)];
  }
}

// A third special values, a third any bits, a third in [low, high].
Bytes operand(DType d, std::int64_t n, double low, double high, std::mt19937_64& random) {
  Bytes bytes(static_cast<std::size_t>(n) * itemsize(d));
  with_type(d, [&](auto zero) {
    using T = decltype(zero);
    T* out = reinterpret_cast<T*>(bytes.data());
    for (std::int64_t i = 0; i < n; ++i) {
      T value;
      const std::uint64_t bits = random();
      if (is_bool(d)) {
        value = static_cast<T>(bits & 1);
      } else if (bits % 3 == 0) {
        value = special_value<T>(random);
      } else if (bits % 3 == 1) {
        const std::uint64_t any = random();
        std::memcpy(&value, &any, sizeof value);
      } else {
        const double unit = std::uniform_real_distribution<double>(0, 1)(random);
        double x = low + unit * (high - low);
        if (!std::is_floating_point_v<T>) {
          const double lowest = static_cast<double>(std::numeric_limits<T>::lowest());
          const double highest = sizeof(T) == 8 ? 9e18 : static_cast<double>(std::numeric_limits<T>::max());
          x = std::fmin(std::fmax(x, lowest), highest);
        }
        value = static_cast<T>(x);
      }
      out[i] = value;
    }
  });
  return bytes;
}

// Index of the first element whose bits differ, a NaN being equal to any NaN; -1 for none.
std::int64_t first_difference(DType d, const unsigned char* a, const unsigned char* b, std::int64_t n) {
  std::int64_t at = -1;
  with_type(d, [&](auto zero) {
    using T = decltype(zero);
    for (std::int64_t i = 0; i < n && at < 0; ++i) {
      T x, y;
      std::memcpy(&x, a + i * sizeof(T), sizeof(T));
      std::memcpy(&y, b + i * sizeof(T), sizeof(T));
      if (std::memcmp(&x, &y, sizeof(T)) != 0 && !(x != x && y != y)) at = i;
    }
  });
  return at;
}

constexpr unsigned char kGuard = 0xA5;

// Runs `call(out, n)` for every length, and for each checks the values against `expected` and the byte past them.
void expect_same_at_every_length(const std::string& what, DType result, const Bytes& expected,
                                 const std::function<void(void*, std::int64_t)>& call) {
  const std::int64_t size = static_cast<std::int64_t>(itemsize(result)),
                     most = static_cast<std::int64_t>(expected.size()) / size;
  for (std::int64_t n = 0; n <= most; ++n) {
    Bytes out(static_cast<std::size_t>(n * size) + 1, kGuard);
    call(out.data(), n);
    const std::int64_t at = first_difference(result, expected.data(), out.data(), n);
    ASSERT_EQ(at, -1) << what << ": element " << at << " of " << n << " differs from the scalar body";
    ASSERT_EQ(out.back(), kGuard) << what << " writes past " << n << " elements";
  }
}

std::int64_t longest(DType d) { return 2 * 256 / static_cast<std::int64_t>(itemsize(d)) + 3; }

TEST(Support, AppliesEveryOpLikeItsScalarBodyAtEveryLength) {
  std::mt19937_64 random(kSeed);
  for (int op = 0; op < kOpCount; ++op) {
    const OpInfo& row = info(static_cast<Op>(op));
    const bool index = row.operands == Operands::Index, selects = (row.properties & Selects_) != 0;
    for (int d = 0; d < kDTypeCount; ++d) {
      const DType dtype = static_cast<DType>(d);
      const bool exists = row.result == Result::Random ? dtype == DType::Float32 || dtype == DType::Float64
                                                       : has_body(static_cast<Op>(op), dtype);
      for (const Level level : levels())
        ASSERT_EQ(support(level).apply[op][d] != nullptr, exists) << row.name << " of " << name(dtype);
      if (!exists) continue;
      const DType type = index ? DType::Int64 : dtype, result = row.result == Result::Bool ? DType::Bool : dtype;
      const std::int64_t most = longest(dtype);
      const Bytes a = operand(selects ? DType::Bool : type, most, row.low, row.high, random);
      const Bytes b = operand(type, most, row.low, row.high, random),
                  c = operand(type, most, row.low, row.high, random);
      Bytes expected(static_cast<std::size_t>(most) * itemsize(result));
      kSupportScalar.apply[op][d](expected.data(), a.data(), b.data(), c.data(), most);
      for (const Level level : levels()) {
        const std::string what = std::string(row.name) + " of " + std::string(name(dtype)) + " at " + level_name(level);
        Support::Apply* const apply = support(level).apply[op][d];
        expect_same_at_every_length(what, result, expected,
                                    [&](void* out, std::int64_t n) { apply(out, a.data(), b.data(), c.data(), n); });
        Bytes in_place = selects ? b : a;
        if (selects)
          apply(in_place.data(), a.data(), in_place.data(), c.data(), most);
        else
          apply(in_place.data(), in_place.data(), b.data(), c.data(), most);
        if (itemsize(result) <= itemsize(selects ? dtype : type)) {
          EXPECT_EQ(first_difference(result, expected.data(), in_place.data(), most), -1) << what << " in place";
        }
      }
    }
  }
}

TEST(Support, CastsEveryPairLikeTheScalarBodyAtEveryLength) {
  std::mt19937_64 random(kSeed);
  for (int from = 0; from < kDTypeCount; ++from) {
    for (int to = 0; to < kDTypeCount; ++to) {
      const DType source = static_cast<DType>(from), target = static_cast<DType>(to);
      const bool exists = !is_complex(source) && !is_complex(target);
      for (const Level level : levels()) ASSERT_EQ(support(level).cast[from][to] != nullptr, exists);
      if (!exists) continue;
      const std::int64_t most = longest(itemsize(source) < itemsize(target) ? target : source);
      const Bytes a = operand(source, most, -300, 300, random);
      Bytes expected(static_cast<std::size_t>(most) * itemsize(target));
      kSupportScalar.cast[from][to](expected.data(), a.data(), most);
      for (const Level level : levels()) {
        const std::string what =
            std::string(name(source)) + " to " + std::string(name(target)) + " at " + level_name(level);
        expect_same_at_every_length(what, target, expected, [&](void* out, std::int64_t n) {
          support(level).cast[from][to](out, a.data(), n);
        });
      }
    }
  }
}

TEST(Support, BoolResultsAreZeroOrOne) {
  std::mt19937_64 random(kSeed);
  for (int op = 0; op < kOpCount; ++op) {
    const OpInfo& row = info(static_cast<Op>(op));
    for (int d = 0; d < kDTypeCount; ++d) {
      if (row.operands == Operands::Index || !has_body(static_cast<Op>(op), static_cast<DType>(d))) continue;
      if (row.result != Result::Bool && static_cast<DType>(d) != DType::Bool) continue;
      const DType type = static_cast<DType>(d);
      const Bytes a = operand(type, 100, -8, 8, random), b = operand(type, 100, -8, 8, random),
                  c = operand(type, 100, -8, 8, random);
      const Bytes condition = operand(DType::Bool, 100, 0, 1, random);
      Bytes out(100);
      support(Level::Baseline)
          .apply[op][d](out.data(), row.properties & Selects_ ? condition.data() : a.data(), b.data(), c.data(), 100);
      for (const unsigned char value : out) ASSERT_LE(value, 1) << row.name << " of " << name(type);
    }
  }
}

TEST(Support, CountsByAnyStep) {
  for (const Level level : levels()) {
    for (const std::int64_t step : {std::int64_t{1}, std::int64_t{-3}, std::int64_t{1} << 40, std::int64_t{0}}) {
      for (std::int64_t n = 0; n < 20; ++n) {
        std::vector<std::int64_t> out(static_cast<std::size_t>(n) + 1, 77);
        support(level).iota(out.data(), -5, step, n);
        for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(out[i], -5 + i * step);
        ASSERT_EQ(out[n], 77);
      }
    }
  }
}

// The model of the canonical order. A state is a value and how many elements it stands for; an absent one is skipped.
template <class T>
struct Plain {
  T value;
};
template <class T>
struct Triple {
  T mean, rest, m2;
};

template <class T, class State>
struct Model {
  std::function<State(const std::vector<T>&)> lane;  // elements of a lane, in order
  std::function<State(const State&, std::int64_t, const State&, std::int64_t)> join;
};

template <class T>
T combine(Reducer reducer, T a, T b) {
  if constexpr (std::is_floating_point_v<T>) {
    if (reducer == Reducer::sum) return a + b;
    if (reducer == Reducer::prod) return a * b;
    if (a != a || b != b) return std::numeric_limits<T>::quiet_NaN();
    const bool a_below = a < b || (a == b && std::signbit(a));
    return (reducer == Reducer::min) == a_below ? a : b;
  } else {
    switch (reducer) {
      case Reducer::sum: return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
      case Reducer::prod: return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
      case Reducer::min: return a < b ? a : b;
      case Reducer::max: return a > b ? a : b;
      case Reducer::any: return static_cast<T>(a | b);
      case Reducer::all: return static_cast<T>(a & b);
      default: break;  // no op joins two states
    }
    return T{};
  }
}

template <class T>
Model<T, Plain<T>> plain_model(Reducer reducer) {
  return {[=](const std::vector<T>& v) {
            T sum = v[0];
            for (std::size_t i = 1; i < v.size(); ++i) sum = combine<T>(reducer, sum, v[i]);
            return Plain<T>{sum};
          },
          [=](const Plain<T>& a, std::int64_t, const Plain<T>& b, std::int64_t) {
            return Plain<T>{combine<T>(reducer, a.value, b.value)};
          }};
}

// Shifted sums per lane, then Chan, Golub and LeVeque's merge, rounded as kernels/math/reduce.h says.
template <class T>
Triple<T> about(T a, T b, T m2) {
  const T mean = a + b, b_part = mean - a;
  return {mean, b - b_part, m2};
}
template <class T>
Model<T, Triple<T>> moments_model() {
  return {[](const std::vector<T>& v) {
            T s = 0, q = 0;
            for (std::size_t i = 1; i < v.size(); ++i) {
              const T d = v[i] - v[0];
              s += d;
              q = std::fma(d, d, q);
            }
            const T n = static_cast<T>(v.size());
            const T square = s * s;
            const T m2 = q - square / n;
            return about<T>(v[0], s / n, m2 < 0 ? T(0) : m2);
          },
          [](const Triple<T>& a, std::int64_t na, const Triple<T>& b, std::int64_t nb) {
            const double share = static_cast<double>(nb) / (static_cast<double>(na) + static_cast<double>(nb));
            const T weight = static_cast<T>(static_cast<double>(na) * share);
            const T delta = (b.mean - a.mean) + (b.rest - a.rest);
            const T square = delta * delta;
            const T between = square * weight;
            return about<T>(a.mean, std::fma(delta, static_cast<T>(share), a.rest), (a.m2 + b.m2) + between);
          }};
}

// The library's own exp: what it is worth, math_test.cpp asks.
template <class T>
T exp_at(Level level, T x) {
  T y;
  const DType dtype = sizeof(T) == 4 ? DType::Float32 : DType::Float64;
  support(level).apply[static_cast<int>(Op::exp)][static_cast<int>(dtype)](&y, &x, nullptr, nullptr, 1);
  return y;
}

template <class T>
struct Pair {
  T largest, sum;
};
template <class T>
Model<T, Pair<T>> exponentials_model(Level level) {
  const auto join = [level](const Pair<T>& a, std::int64_t, const Pair<T>& b, std::int64_t) {
    const Pair<T>&high = a.largest >= b.largest ? a : b, &low = a.largest >= b.largest ? b : a;
    const T below = high.largest == low.largest ? T(0) : -std::fabs(high.largest - low.largest);
    return Pair<T>{high.largest, std::fma(low.sum, exp_at(level, below), high.sum)};
  };
  return {[join](const std::vector<T>& v) {
            Pair<T> s{v[0], v[0] == v[0] ? T(1) : v[0]};
            for (std::size_t i = 1; i < v.size(); ++i) s = join(s, 1, {v[i], 1}, 1);
            return s;
          },
          join};
}

template <class T, class State>
struct Counted {
  State state;
  std::int64_t count;
};

template <class T, class State>
using Maybe = std::optional<Counted<T, State>>;

template <class T, class State>
Maybe<T, State> joined(const Model<T, State>& model, const Maybe<T, State>& a, const Maybe<T, State>& b) {
  if (!a || !b) return a ? a : b;
  return Counted<T, State>{model.join(a->state, a->count, b->state, b->count), a->count + b->count};
}

template <class T, class State>
State model_leaf(const Model<T, State>& model, const std::vector<T>& values, std::int64_t lanes) {
  std::vector<Maybe<T, State>> lane(static_cast<std::size_t>(lanes));
  for (std::int64_t l = 0; l < lanes; ++l) {
    std::vector<T> own;
    for (std::size_t i = static_cast<std::size_t>(l); i < values.size(); i += static_cast<std::size_t>(lanes))
      own.push_back(values[i]);
    if (!own.empty()) lane[l] = Counted<T, State>{model.lane(own), static_cast<std::int64_t>(own.size())};
  }
  for (std::int64_t h = lanes / 2; h >= 1; h /= 2)
    for (std::int64_t l = 0; l < h; ++l) lane[l] = joined(model, lane[l], lane[l + h]);
  return lane[0]->state;
}

template <class T, class State>
Maybe<T, State> model_tree(const Model<T, State>& model, const std::vector<Maybe<T, State>>& leaves, std::size_t begin,
                           std::size_t count) {
  if (count == 1) return leaves[begin];
  std::size_t left = 1;
  while (2 * left < count) left *= 2;
  return joined(model, model_tree(model, leaves, begin, left), model_tree(model, leaves, begin + left, count - left));
}

template <class T>
std::vector<T> numbers(std::int64_t n, Reducer reducer, std::mt19937_64& random) {
  std::vector<T> v(static_cast<std::size_t>(n));
  for (T& x : v) {
    if (reducer == Reducer::any || reducer == Reducer::all)
      x = static_cast<T>(random() & 1);
    else if (!std::is_floating_point_v<T>)
      x = static_cast<T>(random());
    else if (reducer == Reducer::prod)
      x = static_cast<T>(std::uniform_real_distribution<double>(0.9, 1.1)(random));
    else
      x = static_cast<T>(std::normal_distribution<double>(3, 100)(random));
  }
  if (std::is_floating_point_v<T> && (reducer == Reducer::min || reducer == Reducer::max)) {
    for (T& x : v)
      x = random() % 4 == 0 ? T(0) * (random() % 2 ? T(1) : T(-1)) : (x < 0) == (reducer == Reducer::min) ? -x : x;
    if (n > 7 && random() % 3 == 0) v[random() % v.size()] = std::numeric_limits<T>::quiet_NaN();
  }
  return v;
}

template <class T>
bool same_bits(T a, T b) {
  return std::memcmp(&a, &b, sizeof a) == 0 || (a != a && b != b);
}

template <class T>
std::vector<T> flat(const Plain<T>& s) {
  return {s.value};
}
template <class T>
std::vector<T> flat(const Pair<T>& s) {
  return {s.largest, s.sum};
}
template <class T>
std::vector<T> flat(const Triple<T>& s) {
  return {s.mean, s.rest, s.m2};
}

template <class T, class State>
void check_row(Level level, Reducer reducer, DType dtype, const Model<T, State>& model, std::int64_t count,
               std::int64_t lanes, std::mt19937_64& random) {
  const Support& s = support(level);
  const int r = static_cast<int>(reducer), d = static_cast<int>(dtype);
  const std::int64_t leaf = 16 * lanes, leaves = (count + leaf - 1) / leaf;
  const std::int64_t per_state = ir::arrays(reducer);
  const std::vector<T> values = numbers<T>(count, reducer, random);
  std::vector<T> acc(static_cast<std::size_t>(3 * lanes)), states(static_cast<std::size_t>(leaves * per_state));
  std::vector<Maybe<T, State>> expected;
  for (std::int64_t k = 0; k < leaves; ++k) {
    const std::int64_t begin = k * leaf, n = std::min(leaf, count - begin);
    const std::vector<T> own(values.begin() + begin, values.begin() + begin + n);
    expected.push_back(Counted<T, State>{model_leaf(model, own, lanes), n});
    // In two pieces, which a block of the interpreter may cut at any row.
    const std::int64_t cut = lanes * static_cast<std::int64_t>(random() % 16);
    s.clear[r][d](acc.data(), lanes);
    const std::int64_t head = std::min(n, cut);
    if (head > 0) s.accumulate_rows[r][d](acc.data(), lanes, own.data(), head, 0);
    if (n > head) s.accumulate_rows[r][d](acc.data(), lanes, own.data() + head, n - head, head / lanes);
    s.fold[r][d](acc.data(), lanes, n, &states[static_cast<std::size_t>(k * per_state)]);
    const std::vector<T> want = flat(expected.back()->state);
    for (std::int64_t p = 0; p < per_state; ++p)
      ASSERT_TRUE(same_bits(want[p], states[k * per_state + p]))
          << name(reducer) << " of " << name(dtype) << " at " << level_name(level) << ": leaf " << k << " of " << count
          << " elements in " << lanes << " lanes gives " << +states[k * per_state + p] << ", the model " << +want[p];
  }
  s.join[r][d](states.data(), leaves, leaf, count);
  const std::vector<T> want = flat(model_tree(model, expected, 0, expected.size())->state);
  T result;
  s.finish[r][d](states.data(), 1, &result);
  EXPECT_TRUE(same_bits(want.back(), result))
      << name(reducer) << " of " << name(dtype) << " at " << level_name(level) << ": " << count << " elements in "
      << lanes << " lanes give " << +result << ", the model " << +want.back();
}

template <class T, class State>
void check_columns(Level level, Reducer reducer, DType dtype, const Model<T, State>& model, std::int64_t rows,
                   std::int64_t n, std::mt19937_64& random) {
  const Support& s = support(level);
  const int r = static_cast<int>(reducer), d = static_cast<int>(dtype);
  const std::int64_t per_state = ir::arrays(reducer), leaf = 64, leaves = (rows + leaf - 1) / leaf;
  const std::vector<T> values = numbers<T>(rows * n, reducer, random);
  std::vector<std::vector<T>> states(static_cast<std::size_t>(leaves),
                                     std::vector<T>(static_cast<std::size_t>(n * per_state)));
  std::vector<T> acc(static_cast<std::size_t>(3 * n));
  for (std::int64_t k = 0; k < leaves; ++k) {
    const std::int64_t count = std::min(leaf, rows - k * leaf);
    for (std::int64_t row = 0; row < count; ++row)
      s.accumulate[r][d](acc.data(), n, &values[static_cast<std::size_t>((k * leaf + row) * n)], n, row);
    s.column_fold[r][d](acc.data(), n, count, states[k].data());
  }
  for (std::int64_t step = 1; step < leaves; step *= 2)
    for (std::int64_t k = 0; k + step < leaves; k += 2 * step)
      s.column_join[r][d](states[k].data(), states[k + step].data(), n, step * leaf,
                          std::min(step * leaf, rows - (k + step) * leaf));
  std::vector<T> results(static_cast<std::size_t>(n));
  s.finish[r][d](states[0].data(), n, results.data());
  for (std::int64_t i = 0; i < n; ++i) {
    std::vector<Maybe<T, State>> expected;
    for (std::int64_t k = 0; k < leaves; ++k) {
      std::vector<T> own;
      for (std::int64_t row = k * leaf; row < std::min(rows, (k + 1) * leaf); ++row) own.push_back(values[row * n + i]);
      expected.push_back(Counted<T, State>{model.lane(own), static_cast<std::int64_t>(own.size())});
    }
    const T want = flat(model_tree(model, expected, 0, expected.size())->state).back();
    ASSERT_TRUE(same_bits(want, results[i])) << name(reducer) << " of " << name(dtype) << " at " << level_name(level)
                                             << ": column " << i << " of " << n << " with " << rows << " rows";
  }
}

template <class Check>
void for_each_reduction(Check check) {
  for (const Level level : levels()) {
    for (int r = 0; r < kReducerCount; ++r) {
      const Reducer reducer = static_cast<Reducer>(r);
      if (state(reducer) == State::Best) continue;  // whose states are not made of values: below
      for (int d = 0; d < kDTypeCount; ++d) {
        const DType dtype = static_cast<DType>(d);
        if (!has_fold(reducer, dtype)) continue;
        with_type(dtype, [&](auto zero) {
          using T = decltype(zero);
          if constexpr (std::is_floating_point_v<T>) {
            if (reducer == Reducer::sumsqdev) return check(level, reducer, dtype, moments_model<T>());
            if (reducer == Reducer::sumexp) return check(level, reducer, dtype, exponentials_model<T>(level));
          }
          check(level, reducer, dtype, plain_model<T>(reducer));
        });
      }
    }
  }
}

// Few different values, so that the first of many equal ones is asked for.
template <class T>
std::vector<T> ties(std::int64_t n, std::mt19937_64& random) {
  std::vector<T> values(static_cast<std::size_t>(n));
  const bool with_nan = random() % 3 == 0;
  for (T& x : values) {
    x = static_cast<T>(random() % 4);
    if constexpr (std::is_floating_point_v<T>) {
      if (x == 0 && random() % 2) x = -x;
      if (with_nan && random() % 100 == 0) x = std::numeric_limits<T>::quiet_NaN();
      if (random() % 200 == 0) x = std::numeric_limits<T>::infinity() * (random() % 2 ? T(1) : T(-1));
    }
  }
  return values;
}

template <class T>
std::int64_t first_best(Reducer reducer, const std::vector<T>& values, std::int64_t begin, std::int64_t end,
                        std::int64_t step) {
  std::int64_t best = begin;
  for (std::int64_t i = begin; i < end; i += step) {
    const T x = values[static_cast<std::size_t>(i)], b = values[static_cast<std::size_t>(best)];
    if (b != b) break;
    if (x != x || (reducer == Reducer::argmax ? x > b : x < b)) best = i;
  }
  return (best - begin) / step;
}

template <class T>
void check_places(Level level, Reducer reducer, DType dtype, std::mt19937_64& random) {
  struct Best {
    T value;
    std::int64_t place;
  };
  const Support& s = support(level);
  const int r = static_cast<int>(reducer), d = static_cast<int>(dtype);
  const std::string what = std::string(name(reducer)) + " of " + std::string(name(dtype)) + " at " + level_name(level);
  for (const std::int64_t lanes : {512 / static_cast<std::int64_t>(sizeof(T)), std::int64_t{64}, std::int64_t{8}}) {
    const std::int64_t leaf = 16 * lanes;
    for (const std::int64_t count : {std::int64_t{1}, lanes - 1, lanes + 1, 5 * lanes + 7, leaf, 40 * lanes + 5}) {
      const std::vector<T> values = ties<T>(count, random);
      std::vector<Best> states(static_cast<std::size_t>((count + leaf - 1) / leaf));
      std::vector<T> acc(static_cast<std::size_t>(2 * lanes));
      for (std::int64_t begin = 0; begin < count; begin += leaf) {
        const std::int64_t n = std::min(leaf, count - begin), head = std::min(n, 2 * lanes);
        s.clear[r][d](acc.data(), lanes);
        s.accumulate_rows[r][d](acc.data(), lanes, values.data() + begin, head, 0);
        if (n > head) s.accumulate_rows[r][d](acc.data(), lanes, values.data() + begin + head, n - head, 2);
        s.fold[r][d](acc.data(), lanes, n, &states[static_cast<std::size_t>(begin / leaf)]);
      }
      s.join[r][d](states.data(), static_cast<std::int64_t>(states.size()), leaf, count);
      std::int64_t place = -1;
      s.finish[r][d](states.data(), 1, &place);
      ASSERT_EQ(place, first_best(reducer, values, 0, count, 1)) << what << ", " << count << " in " << lanes;
    }
  }
  for (const std::int64_t rows : {1, 3, 64, 65, 200}) {
    const std::int64_t n = 37;
    const std::vector<T> values = ties<T>(rows * n, random);
    std::vector<T> acc(static_cast<std::size_t>(2 * n));
    std::vector<Best> left(static_cast<std::size_t>(n)), right(static_cast<std::size_t>(n));
    for (std::int64_t begin = 0; begin < rows; begin += 64) {
      const std::int64_t count = std::min<std::int64_t>(64, rows - begin);
      for (std::int64_t row = 0; row < count; ++row)
        s.accumulate[r][d](acc.data(), n, values.data() + (begin + row) * n, n, row);
      s.column_fold[r][d](acc.data(), n, count, begin == 0 ? left.data() : right.data());
      if (begin > 0) s.column_join[r][d](left.data(), right.data(), n, begin, count);
    }
    std::vector<std::int64_t> places(static_cast<std::size_t>(n));
    s.finish[r][d](left.data(), n, places.data());
    for (std::int64_t i = 0; i < n; ++i)
      ASSERT_EQ(places[static_cast<std::size_t>(i)], first_best(reducer, values, i, rows * n, n))
          << what << ", column " << i << " of " << rows << " rows";
  }
}

TEST(Support, FindsTheFirstOfTheBest) {
  std::mt19937_64 random(kSeed);
  for (const Level level : levels())
    for (const Reducer reducer : {Reducer::argmin, Reducer::argmax})
      for (int d = 0; d < kDTypeCount; ++d) {
        const DType dtype = static_cast<DType>(d);
        if (has_fold(reducer, dtype))
          with_type(dtype, [&](auto zero) { check_places<decltype(zero)>(level, reducer, dtype, random); });
      }
}

TEST(Support, FoldsRowsInTheCanonicalOrder) {
  std::mt19937_64 random(kSeed);
  for_each_reduction([&](Level level, Reducer reducer, DType dtype, const auto& model) {
    const std::int64_t own = 512 / static_cast<std::int64_t>(itemsize(dtype));
    for (const std::int64_t lanes : {own, std::int64_t{64}, std::int64_t{8}}) {
      for (const std::int64_t count : {std::int64_t{1}, std::int64_t{2}, std::int64_t{3}, lanes - 1, lanes, lanes + 1,
                                       3 * lanes / 2 + 1, 5 * lanes + 7, 16 * lanes - 1, 16 * lanes, 16 * lanes + 1,
                                       40 * lanes + 5, 48 * lanes, 150 * lanes + lanes / 2 + 3})
        check_row(level, reducer, dtype, model, count, lanes, random);
    }
  });
}

TEST(Support, JoinsAnyNumberOfLeavesInTheCanonicalTree) {
  std::mt19937_64 random(kSeed);
  const auto model = plain_model<double>(Reducer::sum);
  const auto moments = moments_model<float>();
  for (const Level level : levels()) {
    for (std::int64_t leaves = 1; leaves < 70; ++leaves) {
      check_row(level, Reducer::sum, DType::Float64, model, (leaves - 1) * 128 + 77, 8, random);
      check_row(level, Reducer::sumsqdev, DType::Float32, moments, (leaves - 1) * 256 + 99, 16, random);
    }
  }
}

TEST(Support, FoldsColumnsInTheCanonicalOrder) {
  std::mt19937_64 random(kSeed);
  for_each_reduction([&](Level level, Reducer reducer, DType dtype, const auto& model) {
    for (const std::int64_t rows : {1, 2, 63, 64, 65, 200, 449})
      for (const std::int64_t n : {1, 3, 37}) check_columns(level, reducer, dtype, model, rows, n, random);
  });
}

TEST(Support, SumOfNegativeZerosIsNegativeZero) {
  const std::vector<double> zeros(5, -0.0);
  std::vector<double> acc(64);
  double state = 1;
  for (const Level level : levels()) {
    const Support& s = support(level);
    const int sum = static_cast<int>(Reducer::sum), f64 = static_cast<int>(DType::Float64);
    s.clear[sum][f64](acc.data(), 64);
    s.accumulate_rows[sum][f64](acc.data(), 64, zeros.data(), 5, false);
    s.fold[sum][f64](acc.data(), 64, 5, &state);
    EXPECT_TRUE(state == 0 && std::signbit(state));
  }
}

TEST(Support, GathersAndScattersAnyStrides) {
  std::mt19937_64 random(kSeed);
  for (const Level level : levels()) {
    for (const std::int64_t size : {1, 2, 4, 8, 16}) {
      for (const std::int64_t rows : {1, 2, 7, 16, 33}) {
        for (const std::int64_t n : {1, 3, 16, 61}) {
          // Steps in elements: contiguous, reversed, transposed both ways, strided, broadcast.
          const std::int64_t pairs[][2] = {{n, 1},     {n, -1},         {-n, 1},    {1, rows},     {-1, rows},
                                           {1, -rows}, {-1, -rows - 2}, {2 * n, 2}, {3, 3 * rows}, {-3, 3 * rows + 1},
                                           {0, 1},     {1, 0},          {0, 0}};
          for (const auto& [row, step] : pairs) {
            const std::int64_t extent = 8 * (rows + 3) * (n + 3), origin = extent / 2;
            Bytes memory(static_cast<std::size_t>(extent * size));
            for (auto& byte : memory) byte = static_cast<unsigned char>(random());
            const std::int64_t out_row = (n + 2) * size;
            Bytes out(static_cast<std::size_t>(rows * out_row), kGuard);
            support(level).gather[item_index(size)](out.data(), out_row, memory.data() + origin * size, row * size,
                                                    step * size, rows, n);
            for (std::int64_t r = 0; r < rows; ++r) {
              for (std::int64_t i = 0; i < n; ++i)
                ASSERT_EQ(
                    std::memcmp(&out[r * out_row + i * size], &memory[(origin + r * row + i * step) * size], size), 0)
                    << "gather of " << size << " bytes, row " << r << ", element " << i << ", steps " << row << " and "
                    << step;
              ASSERT_EQ(out[r * out_row + n * size], kGuard);
            }
            if (row == 0 || step == 0) continue;
            Bytes scattered(memory.size(), kGuard), want(memory.size(), kGuard);
            for (std::int64_t r = 0; r < rows; ++r)
              for (std::int64_t i = 0; i < n; ++i)
                std::memcpy(&want[(origin + r * row + i * step) * size], &out[r * out_row + i * size], size);
            support(level).scatter[item_index(size)](scattered.data() + origin * size, row * size, step * size,
                                                     out.data(), out_row, rows, n);
            ASSERT_EQ(scattered, want) << "scatter of " << size << " bytes, steps " << row << " and " << step << ", "
                                       << rows << " x " << n;
          }
        }
      }
    }
  }
}

TEST(Support, FillsAndStreamsExactlyWhatIsAsked) {
  for (const Level level : levels()) {
    for (const std::int64_t size : {1, 2, 4, 8, 16}) {
      for (std::int64_t n = 0; n < 150; ++n) {
        const unsigned char value[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
        Bytes out(static_cast<std::size_t>(n * size) + 1, kGuard);
        support(level).fill[item_index(size)](out.data(), value, n);
        for (std::int64_t i = 0; i < n; ++i) ASSERT_EQ(std::memcmp(&out[i * size], value, size), 0);
        ASSERT_EQ(out.back(), kGuard);
      }
    }
    alignas(64) unsigned char memory[600];
    unsigned char from[512];
    for (int i = 0; i < 512; ++i) from[i] = static_cast<unsigned char>(7 * i);
    for (const std::int64_t offset : {0, 8, 1}) {
      for (std::int64_t bytes = 0; bytes < 512; ++bytes) {
        std::memset(memory, kGuard, sizeof memory);
        unsigned char* to = memory + offset;
        support(level).stream(to, from, bytes);
        support(level).fence();
        ASSERT_EQ(std::memcmp(to, from, bytes), 0);
        ASSERT_EQ(to[bytes], kGuard);
        if (offset != 0) {
          ASSERT_EQ(to[-1], kGuard);
        }
      }
    }
  }
}

TEST(Level, HasTheNameThatChoosesIt) {
  EXPECT_STREQ(level_name(Level::Baseline), "x86-64");
  EXPECT_STREQ(level_name(Level::V3), "x86-64-v3");
  EXPECT_STREQ(level_name(Level::V4), "x86-64-v4");
}

TEST(Level, IsChosenByNameOrTheHighest) {
  const Level highest = choose_level(nullptr).level;
  EXPECT_EQ(choose_level("").level, highest);
  EXPECT_EQ(choose_level("x86-64").level, Level::Baseline);
  EXPECT_EQ(choose_level("x86-64").error, LevelError::None);
  EXPECT_EQ(choose_level("haswell").error, LevelError::Unknown);
  EXPECT_EQ(choose_level("haswell").level, highest);
  EXPECT_EQ(choose_level("x86-64-v4").error, highest == Level::V4 ? LevelError::None : LevelError::Unavailable);
  for (const Level level : levels()) EXPECT_EQ(choose_level(level_name(level)).level, level);
}

}  // namespace
}  // namespace ingot::cpu
