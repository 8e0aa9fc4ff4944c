using Index = i64;

struct R0 : Combine<f64, R0> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::add(left, right); }
};

struct Params {
  alignas(8) Index reduced;
  alignas(8) const f64* in0;
  alignas(8) f64* post_out0;
  alignas(8) int log_leaves;
  alignas(8) Index leaves;
  Divisor<Index> runs;
  alignas(8) u32* tickets;
  alignas(8) int log_run;
  alignas(8) R0::State* partials0;
};

struct Origin {
};

INGOT_FN Origin origin_of(const Params& p, Index kept) {
  Origin at;
  return at;
}

struct Place {
  Index in0;
};

INGOT_FN Place place(const Params& p, const Origin& origin, Index i) {
  Place at;
  at.in0 = i;
  return at;
}

struct States {
  R0::State r0;
};

INGOT_FN States run(const Params& p, const Origin& origin, int rank, int size, bool active, Index first_leaf, Index leaves) {
  WarpTree<R0> tree0;
  for (Index leaf = 0; leaf < leaves; ++leaf) {
    const Index begin = (first_leaf + leaf) * 1024;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 1024));
    R0::Lane lanes0[2] = {};
#pragma unroll 1
    for (int row = 0; row < 16; row += 4) {
      if (row * 64 >= count) break;
      Place at[4];
      Span span[4];
      f64 in0[4][2];
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        const int first = (row + u) * 64 + rank * 2;
        span[u] = span_of<2>(first, count);
        if (!active) span[u].end = 0;
        at[u] = place(p, origin, begin + first);
        load_each(in0[u], p.in0 + at[u].in0, 1, span[u]);
      }
#pragma unroll
      for (int u = 0; u < 4; ++u) {
#pragma unroll
        for (int j = 0; j < 2; ++j) {
          const f64 v0 = in0[u][j];
          if (span[u].has(j)) lanes0[j] = row + u == 0 ? R0::start(v0) : R0::fold(lanes0[j], v0, row + u);
        }
      }
    }
    tree0.push(fold_lanes<R0, 2>(lanes0, rank, size, count), rank, size, leaf, 1024, count);
  }
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 1024, static_cast<i64>(leaves) * 1024);
  return {tree0.finish(size, leaves, 1024, total)};
}

INGOT_FN void finish(const Params& p, Index kept, const States& states) {
  const f64 v0 = R0::result(states.r0);
  p.post_out0[0] = v0;
}

extern "C" __global__ void __launch_bounds__(256, 2) row_sum_all_unaligned_wide(const __grid_constant__ Params p) {
  Index kept = blockIdx.x;
  const Index run_number = split_off(kept, p.runs);
  const Index run_leaves = static_cast<Index>(1) << p.log_run, first_leaf = run_number * run_leaves;
  const Index leaves = smaller(p.leaves - first_leaf, run_leaves);
  const Index before = static_cast<Index>(threadIdx.x / 32) << p.log_leaves;
  const Index mine = clamp<Index>(leaves - before, 0, static_cast<Index>(1) << p.log_leaves);
  States states = {};
  if (mine > 0) states = run(p, origin_of(p, kept), threadIdx.x % 32, 32, true, first_leaf + before, mine);
  const i64 each = static_cast<i64>(1024) << p.log_leaves, run_each = static_cast<i64>(1024) << p.log_run;
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 1024, run_each);
  const Index present = (leaves + (static_cast<Index>(1) << p.log_leaves) - 1) >> p.log_leaves;
  states.r0 = join_warps<R0>(states.r0, present, each, total);
  const Index runs = static_cast<Index>(p.runs.value);
  if (runs > 1) {
    const i64 row = static_cast<i64>(kept) * runs;
    if (threadIdx.x == 0) {
      p.partials0[row + run_number] = states.r0;
    }
    if (!is_last_block(p.tickets + kept, runs)) return;
    states.r0 = join_partials<R0>(p.partials0 + row, runs, run_each, p.reduced);
  }
  if (threadIdx.x == 0) finish(p, kept, states);
}
