// The loops of one CPU level: INGOT_CPU_LEVEL is Baseline, V3 or V4, and the compiler is told to produce code for it.
#include <type_traits>

#include "kernels/cpu/turn.h"
#include "kernels/prebuilt/gemm.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::prebuilt {
namespace {

using namespace cpu;

// A tile of kRows rows and kVectors registers of columns fills the registers: of AVX-512 24 of 32, beside which there
// are those of b and one of a. A panel of b for a block of terms then takes the first-level cache, and is read once for
// each panel of a.
#if defined(__AVX512F__)
constexpr int kFloatRows = 8, kFloatVectors = 3;
#elif defined(__AVX2__)
constexpr int kFloatRows = 4, kFloatVectors = 3;
#else
constexpr int kFloatRows = 4, kFloatVectors = 2;
#endif

constexpr Size kAhead = 512;  // bytes, in which memory answers

constexpr Size kRowsAhead = 4;    // of what is packed
constexpr Size kTermsOfLine = 8;  // in which a tile asks for one line of the next: of 8 rows in kBlock terms

// Elements and what is done with them.
template <class T>
struct Number {
  using Element = T;
  template <class V>
  static ALWAYS_INLINE V multiply_add(V a, V b, V sum) {
    if constexpr (Scalar<T>::is_float)
      return math::fma(a, b, sum);
    else if constexpr (Lane<V>::count == 1)
      return static_cast<V>(u64(a) * u64(b) + u64(sum));
    else
      return a * b + sum;
  }
  template <class V>
  static ALWAYS_INLINE V add(V a, V b) {
    return static_cast<V>(a + b);
  }
};
struct Truth {
  using Element = u8;
  template <class V>
  static ALWAYS_INLINE V multiply_add(V a, V b, V sum) {
    return static_cast<V>((a & b) | sum);
  }
  template <class V>
  static ALWAYS_INLINE V add(V a, V b) {
    return static_cast<V>(a | b);
  }
};

// What will be read soon, fetched meanwhile: of b a share of the next panel, `step` elements a term, and the elements
// of the next tile of c.
template <class T>
struct Soon {
  const T* b;
  Size step;
  T* c;
};

// R rows of C vectors of columns. a is packed, with kPacked elements a term, or that is 0 and a has steps.
template <class N, class V, int R, int C, int kPacked, class T = typename N::Element>
ALWAYS_INLINE void tile(const T* a, Size a_row, Size a_term, const T* b, Size b_term, Size terms, T* c, Size c_row,
                        bool adds, Soon<T> soon) {
  constexpr int L = Lane<V>::count;
  V sum[R][C];
#pragma clang loop unroll(full)
  for (int i = 0; i < R; ++i) {
#pragma clang loop unroll(full)
    for (int v = 0; v < C; ++v) sum[i][v] = splat<V>(T(0));
  }
  for (Size p = 0; p < terms; ++p) {
    if constexpr (kPacked > 0) {
      constexpr Size kLine = 64 / sizeof(T), kLines = 4;  // of a row, wherever it begins
      __builtin_prefetch(a + 16 * kPacked);
      __builtin_prefetch(soon.b, 0, 2);
      __builtin_prefetch(soon.c + p / (kLines * kTermsOfLine) * c_row + p / kTermsOfLine % kLines * kLine, 1);
      soon.b += soon.step;
    }
    V right[C];
#pragma clang loop unroll(full)
    for (int v = 0; v < C; ++v) right[v] = load<V>(b + v * L);
#pragma clang loop unroll(full)
    for (int i = 0; i < R; ++i) {
      const V left = splat<V>(kPacked > 0 ? a[i] : a[i * a_row]);
#pragma clang loop unroll(full)
      for (int v = 0; v < C; ++v) sum[i][v] = N::multiply_add(left, right[v], sum[i][v]);
    }
    a += kPacked > 0 ? kPacked : a_term;
    b += b_term;
  }
#pragma clang loop unroll(full)
  for (int i = 0; i < R; ++i) {
#pragma clang loop unroll(full)
    for (int v = 0; v < C; ++v) {
      T* const to = c + i * c_row + v * L;
      store(to, adds ? N::add(load<V>(to), sum[i][v]) : sum[i][v]);
    }
  }
}

// R rows at a time, and those that are left by halves of that, or one by one.
template <int R, bool kHalves, class F>
ALWAYS_INLINE void in_rows(Size rows, F&& f) {
  Size i = 0;
  for (; i + R <= rows; i += R) f(std::integral_constant<int, R>{}, i);
  if constexpr (R > 1) {
    if (i < rows) in_rows<kHalves ? R / 2 : 1, kHalves>(rows - i, [&](auto count, Size k) { f(count, i + k); });
  }
}

template <class N, class T = typename N::Element>
struct Loops {
  static constexpr bool kFloat = Scalar<T>::is_float;  // others have fewer shapes of tiles, for less code
  static constexpr int kRows = kFloat ? kFloatRows : 4, kVectors = kFloat ? kFloatVectors : 2;
  static constexpr int kLanes = kRegisterBytes / sizeof(T);
  static constexpr int kColumns = kVectors * kLanes;
  using Register = vec<T, kLanes>;

  template <class V, int C>
  static __attribute__((noinline)) void strip(const Product& s, Size first, Size column) {
    const Size terms = s.terms - first < kBlock ? s.terms - first : kBlock;
    const T* const a = static_cast<const T*>(s.a) + first * s.a_term;
    const T* const b = static_cast<const T*>(s.b) + first * s.b_term + column;
    T* const c = static_cast<T*>(s.c) + column;
    in_rows<kRows, kFloat>(s.rows, [&](auto rows, Size i) {
      tile<N, V, rows(), C, 0>(a + i * s.a_row, s.a_row, s.a_term, b, s.b_term, terms, c + i * s.c_row, s.c_row,
                               s.adds || first > 0, {});
    });
  }

  // Columns that are left, in vectors of ever fewer lanes.
  template <int L>
  static void narrow_strips(const Product& s, Size first, Size column) {
    if constexpr (L > 1) {
      using V = vec<T, L>;
      if (column + L <= s.columns) {
        strip<V, 1>(s, first, column);
        column += L;
      }
      narrow_strips<L / 2>(s, first, column);
    } else {
      for (; column < s.columns; ++column) strip<T, 1>(s, first, column);
    }
  }

  static void multiply(const Product& s) {
    for (Size first = 0; first < s.terms; first += kBlock) {
      Size column = 0;
      for (; column + kColumns <= s.columns; column += kColumns) strip<Register, kVectors>(s, first, column);
      if constexpr (kVectors > 2) {
        if (column + 2 * kLanes <= s.columns) {
          strip<Register, 2>(s, first, column);
          column += 2 * kLanes;
        }
      }
      for (; column + kLanes <= s.columns; column += kLanes) strip<Register, 1>(s, first, column);
      narrow_strips<kFloat ? kLanes / 2 : 1>(s, first, column);
    }
  }

  template <int C>
  static __attribute__((noinline)) void panel(const Product& s, const T* b, T* c, Size width) {
    const T* const a = static_cast<const T*>(s.a);
    const Size panels = (s.rows + kRows - 1) / kRows, share = (kColumns * s.terms + panels - 1) / panels;
    const Size step = (share + s.terms - 1) / s.terms;
    const T* next = b + kColumns * s.terms;
    in_rows<kRows, kFloat>(s.rows, [&](auto rows, Size i) {
      const T* const from = a + i / kRows * kRows * s.terms + i % kRows;
      T* const to = c + i * s.c_row;
      const Soon<T> soon{next, step, i + kRows < s.rows ? to + kRows * s.c_row : c + C * kLanes};
      if (width == C * kLanes) {
        tile<N, Register, rows(), C, kRows>(from, 0, 0, b, kColumns, s.terms, to, s.c_row, s.adds, soon);
      } else {
        T edge[kRows * C * kLanes];
        tile<N, Register, rows(), C, kRows>(from, 0, 0, b, kColumns, s.terms, edge, C * kLanes, false, soon);
        for (Size r = 0; r < rows(); ++r) {
          T* const row = to + r * s.c_row;
          const T* const sums = edge + r * C * kLanes;
          for (Size j = 0; j < width; ++j) row[j] = s.adds ? N::add(row[j], sums[j]) : sums[j];
        }
      }
      next += share;
    });
  }

  static void multiply_packed(const Product& s) {
    for (Size column = 0; column < s.columns; column += kColumns) {
      const T* const b = static_cast<const T*>(s.b) + column * s.terms;
      T* const c = static_cast<T*>(s.c) + column;
      const Size width = s.columns - column;
      if (width > (kVectors - 1) * kLanes)
        panel<kVectors>(s, b, c, width < kColumns ? width : kColumns);
      else if (width > kLanes)
        panel<2>(s, b, c, width);
      else
        panel<1>(s, b, c, width);
    }
  }

  template <int kWidth>
  static void pack(const void* from, Size step, Size terms, Size width, void* panels) {
    const T* term = static_cast<const T*>(from);
    T* to = static_cast<T*>(panels);
    const Size whole = width / kWidth * kWidth, last = width - whole;
    for (Size p = 0; p < terms; ++p, term += step, to += kWidth) {
      for (Size j = 0; j < whole; j += kWidth) {
        __builtin_memcpy(to + j * terms, term + j, kWidth * sizeof(T));
#pragma clang loop unroll(full)
        for (Size at = 0; at < kWidth; at += 64 / sizeof(T)) __builtin_prefetch(term + kRowsAhead * step + j + at);
      }
      if (last > 0)
        for (Size j = 0; j < kWidth; ++j) to[whole * terms + j] = j < last ? term[whole + j] : T(0);
    }
  }

  template <int P, class V>
  static ALWAYS_INLINE void extend_vectors(const T* x, Size x_step, const T* b, Size b_term, T* sums, Size& j, Size n) {
    constexpr int L = Lane<V>::count;
    V left[P];
#pragma clang loop unroll(full)
    for (int p = 0; p < P; ++p) left[p] = splat<V>(x[p * x_step]);
    for (; j + L <= n; j += L) {
      V sum = load<V>(sums + j);
#pragma clang loop unroll(full)
      for (int p = 0; p < P; ++p) {
        sum = N::multiply_add(left[p], load<V>(b + p * b_term + j), sum);
        if (L > 1) __builtin_prefetch(b + p * b_term + j + kAhead / sizeof(T));
      }
      store(sums + j, sum);
    }
  }

  static void extend(const void* x_values, Size x_step, const void* b_values, Size b_term, Size terms, void* to,
                     Size n) {
    const T *x = static_cast<const T*>(x_values), *b = static_cast<const T*>(b_values);
    T* const sums = static_cast<T*>(to);
    in_rows<8, kFloat>(terms, [&](auto count, Size p) {
      const T *const left = x + p * x_step, *const right = b + p * b_term;
      Size j = 0;
      extend_vectors<count(), Register>(left, x_step, right, b_term, sums, j, n);
      extend_vectors<count(), T>(left, x_step, right, b_term, sums, j, n);
    });
  }

  // Chains of G registers, one for each lane, of which the last has `count`: a block of as many terms of each as there
  // are lanes is turned in registers. Two registers hide what each waits for.
  template <int G, bool kWhole>
  static __attribute__((noinline)) void extend_lanes(const T* x, const T* b, Size b_column, Size terms, T* sums,
                                                     Size count) {
    Register sum[G];
    T some[kLanes] = {};
    if constexpr (!kWhole)
      for (Size i = 0; i < count; ++i) some[i] = sums[i];
#pragma clang loop unroll(full)
    for (int g = 0; g < G; ++g) sum[g] = load<Register>(kWhole ? sums + g * kLanes : some);
    const auto load_turned = [&](Register(&block)[kLanes], int g, Size p) __attribute__((always_inline)) {
#pragma clang loop unroll(full)
      for (int i = 0; i < kLanes; ++i) {  // a lane that is not there repeats the last
        const T* const from = b + (kWhole || i < count ? g * kLanes + i : count - 1) * b_column + p;
        block[i] = load<Register>(from);
        __builtin_prefetch(from + kAhead / sizeof(T));
      }
      turn(block);
    };
    Size p = 0;
    for (; p + kLanes <= terms; p += kLanes) {
#pragma clang loop unroll(full)
      for (int g = 0; g < G; ++g) {
        Register block[kLanes];
        load_turned(block, g, p);
#pragma clang loop unroll(full)
        for (int i = 0; i < kLanes; ++i) sum[g] = N::multiply_add(splat<Register>(x[p + i]), block[i], sum[g]);
      }
    }
    if (p < terms && terms >= kLanes) {  // the last block again, but for what was taken of it
      const Size last = terms - kLanes;
#pragma clang loop unroll(full)
      for (int g = 0; g < G; ++g) {
        Register block[kLanes];
        load_turned(block, g, last);
        for (Size i = p - last; i < kLanes; ++i)
          sum[g] = N::multiply_add(splat<Register>(x[last + i]), block[i], sum[g]);
      }
      p = terms;
    }
#pragma clang loop unroll(full)
    for (int g = 0; g < G; ++g) store(kWhole ? sums + g * kLanes : some, sum[g]);
    if constexpr (!kWhole)
      for (Size i = 0; i < count; ++i) sums[i] = some[i];
    for (Size i = 0; i < (G - 1) * kLanes + count && p < terms; ++i)
      sums[i] = chain(x + p, b + i * b_column + p, terms - p, sums[i]);
  }

  static void extend_turned(const void* x_values, const void* b_values, Size b_column, Size terms, void* to, Size n) {
    const T *const x = static_cast<const T*>(x_values), *const b = static_cast<const T*>(b_values);
    T* const sums = static_cast<T*>(to);
    Size j = 0;
    if constexpr (kFloat) {
      for (; j + 2 * kLanes <= n; j += 2 * kLanes)
        extend_lanes<2, true>(x, b + j * b_column, b_column, terms, sums + j, kLanes);
      if (j + kLanes <= n) {
        extend_lanes<1, true>(x, b + j * b_column, b_column, terms, sums + j, kLanes);
        j += kLanes;
      }
      if (j < n) extend_lanes<1, false>(x, b + j * b_column, b_column, terms, sums + j, n - j);
    } else {
      for (; j < n; ++j) sums[j] = chain(x, b + j * b_column, terms, sums[j]);
    }
  }

  static T chain(const T* x, const T* y, Size terms, T sum) {
    for (Size p = 0; p < terms; ++p) sum = N::multiply_add(x[p], y[p], sum);
    return sum;
  }

  static void add(void* to, const void* sums_at, Size n) {
    T* const c = static_cast<T*>(to);
    const T* const sums = static_cast<const T*>(sums_at);
    for (Size j = 0; j < n; ++j) c[j] = N::add(c[j], sums[j]);
  }

  static constexpr Gemm table{kRows,  kColumns,      multiply, multiply_packed, pack<kRows>, pack<kColumns>,
                              extend, extend_turned, add};
};

constexpr GemmTable make_table() {
  GemmTable table{};
  const auto put = [&](auto loops, auto... dtypes) {
    ((table.loops[static_cast<int>(dtypes)] = decltype(loops)::table), ...);
  };
  put(Loops<Truth>{}, DType::Bool);
  put(Loops<Number<u8>>{}, DType::Int8, DType::UInt8);
  put(Loops<Number<u16>>{}, DType::Int16, DType::UInt16);
  put(Loops<Number<u32>>{}, DType::Int32, DType::UInt32);
  put(Loops<Number<u64>>{}, DType::Int64, DType::UInt64);
  put(Loops<Number<f32>>{}, DType::Float32);
  put(Loops<Number<f64>>{}, DType::Float64);
  return table;
}

}  // namespace

extern const GemmTable JOIN(kGemm, INGOT_CPU_LEVEL);
constinit const GemmTable JOIN(kGemm, INGOT_CPU_LEVEL) = make_table();

}  // namespace ingot::prebuilt
