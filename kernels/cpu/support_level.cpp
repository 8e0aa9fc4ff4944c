// The table of one CPU level: INGOT_CPU_LEVEL is Baseline, V3 or V4, and the compiler is told to produce code for it.
#include "kernels/cpu/support.h"

#include "kernels/cpu/copy.h"
#include "kernels/cpu/fold.h"
#include "kernels/cpu/fold_best.h"
#include "kernels/cpu/fold_exponentials.h"
#include "kernels/cpu/loops.h"

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

namespace ingot::cpu {
namespace {

using DTypes = MakeSequence<kDTypeCount>;

template <class Body, DType D>
constexpr Support::Apply* apply_entry() {
  if constexpr (has_body(Body::operands, D, Body::result))
    return apply<Body, typename ElementOf<D>::type>;
  else
    return nullptr;
}

template <class Body, int... D>
constexpr void fill_apply(Support& s, int op, Sequence<D...>) {
  ((s.apply[op][D] = apply_entry<Body, DType(D)>()), ...);
}

template <DType From, DType To>
constexpr Support::Cast* cast_entry() {
  using F = typename ElementOf<From>::type;
  using T = typename ElementOf<To>::type;
  if constexpr (!has_casts(From) || !has_casts(To)) {
    return nullptr;
  } else if constexpr (From == To) {
    return copy<sizeof(F)>;
  } else {
    return cast<T, F, is_bool(To)>;
  }
}

template <DType From, int... To>
constexpr void fill_cast_row(Support& s, Sequence<To...>) {
  ((s.cast[int(From)][To] = cast_entry<From, DType(To)>()), ...);
}
template <int... From>
constexpr void fill_cast(Support& s, Sequence<From...>) {
  (fill_cast_row<DType(From)>(s, DTypes{}), ...);
}

template <class F>
constexpr void fill_reducer(Support& s, int reducer, int d) {
  s.clear[reducer][d] = F::clear;
  s.accumulate[reducer][d] = F::accumulate;
  s.accumulate_rows[reducer][d] = F::accumulate_rows;
  s.fold[reducer][d] = F::fold;
  s.join[reducer][d] = F::join;
  s.column_fold[reducer][d] = F::column_fold;
  s.column_join[reducer][d] = F::column_join;
  s.finish[reducer][d] = F::finish;
}

struct merge_body {
  static constexpr auto operands = Float;
};

// By the state column of ops.def.
template <class Body, class T>
using ValueFoldOf = Fold<Body, T>;
template <class, class T>
using MomentsFoldOf = MomentsFold<T>;
template <class, class T>
using ExponentialsFoldOf = ExponentialsFold<T>;
template <class Body, class T>
using BestFoldOf = BestFold<__is_same(Body, maximum_body), T>;

template <template <class, class> class F, class Body, DType D>
constexpr void fill_reducer_entry(Support& s, int reducer) {
  if constexpr (has_body(Body::operands, D)) fill_reducer<F<Body, typename ElementOf<D>::type>>(s, reducer, int(D));
}
template <template <class, class> class F, class Body, int... D>
constexpr void fill_reducers(Support& s, int reducer, Sequence<D...>) {
  (fill_reducer_entry<F, Body, DType(D)>(s, reducer), ...);
}

template <class... T>
struct Types {};

template <class... T>
constexpr void fill_copies(Support& s, Types<T...>) {
  ((s.gather[item_index(sizeof(T))] = gather<T>), ...);
  ((s.scatter[item_index(sizeof(T))] = scatter<T>), ...);
  ((s.fill[item_index(sizeof(T))] = fill<T>), ...);
}

constexpr Support make_support() {
  Support s{};
  int op = 0;
#define INGOT_OP(name, ...) fill_apply<name##_body>(s, op++, DTypes{});
#include "kernels/ops.def"
  fill_cast(s, DTypes{});
  s.iota = iota;
  int reducer = 0;
#define INGOT_OP(...)
#define INGOT_REDUCER(name, combine, state, ...) fill_reducers<state##FoldOf, combine##_body>(s, reducer++, DTypes{});
#include "kernels/ops.def"
  fill_copies(s, Types<u8, u16, u32, u64, Item16>{});
  s.stream = stream;
  s.fence = fence;
  return s;
}

}  // namespace

extern const Support JOIN(kSupport, INGOT_CPU_LEVEL);
constinit const Support JOIN(kSupport, INGOT_CPU_LEVEL) = make_support();

}  // namespace ingot::cpu
