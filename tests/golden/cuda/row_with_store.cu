using Index = i32;

struct R0 : Combine<f32, R0> {
  static INGOT_FN f32 combine(f32 left, f32 right) { return math::add(left, right); }
};
struct R1 : Combine<i8, R1> {
  static INGOT_FN i8 combine(i8 left, i8 right) { return math::minimum(left, right); }
};

struct Params {
  alignas(8) Index reduced;
  alignas(8) const f32* in0;
  alignas(8) f32* out0;
  alignas(8) f32* post_out0;
  alignas(8) i8* post_out1;
  alignas(8) int log_leaves;
  alignas(8) Index leaves;
  Divisor<Index> runs;
  alignas(8) u32* tickets;
  alignas(8) int log_run;
  alignas(8) R0::State* partials0;
  alignas(8) R1::State* partials1;
};

struct Origin {
};

INGOT_FN Origin origin_of(const Params& p, Index kept) {
  Origin at;
  return at;
}

struct Place {
  Index in0;
  Index out0;
};

INGOT_FN Place place(const Params& p, const Origin& origin, Index i) {
  Place at;
  at.in0 = i;
  at.out0 = i;
  return at;
}

struct States {
  R0::State r0;
  R1::State r1;
};

INGOT_FN States run(const Params& p, const Origin& origin, int rank, int size, bool active, Index first_leaf, Index leaves) {
  WarpTree<R0> tree0;
  WarpTree<R1> tree1;
  for (Index leaf = 0; leaf < leaves; ++leaf) {
    const Index begin = (first_leaf + leaf) * 2048;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 2048));
    R0::Lane lanes0[4] = {};
    R1::Lane lanes1[4] = {};
#pragma unroll 1
    for (int row = 0; row < 16; row += 4) {
      if (row * 128 >= count) break;
      Place at[4];
      Span span[4];
      f32 in0[4][4];
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        const int first = (row + u) * 128 + rank * 4;
        span[u] = span_of<4>(first, count);
        if (!active) span[u].end = 0;
        at[u] = place(p, origin, begin + first);
        load_vector(in0[u], p.in0 + at[u].in0, span[u]);
      }
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        f32 out0[4];
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const f32 v0 = in0[u][j];
          const f32 v1 = math::square(v0);
          const i8 v2 = math::cast<i8>(v1);
          if (span[u].has(j)) lanes0[j] = row + u == 0 ? R0::start(v1) : R0::fold(lanes0[j], v1, row + u);
          if (span[u].has(j)) lanes1[j] = row + u == 0 ? R1::start(v2) : R1::fold(lanes1[j], v2, row + u);
          out0[j] = v1;
        }
        store_vector(p.out0 + at[u].out0, out0, span[u]);
      }
    }
    tree0.push(fold_lanes<R0, 4>(lanes0, rank, size, count), rank, size, leaf, 2048, count);
    tree1.push(fold_lanes<R1, 4>(lanes1, rank, size, count), rank, size, leaf, 2048, count);
  }
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 2048, static_cast<i64>(leaves) * 2048);
  return {tree0.finish(size, leaves, 2048, total), tree1.finish(size, leaves, 2048, total)};
}

INGOT_FN void finish(const Params& p, Index kept, const States& states) {
  const f32 v0 = R0::result(states.r0);
  const i8 v1 = R1::result(states.r1);
  p.post_out0[0] = v0;
  p.post_out1[0] = v1;
}

extern "C" __global__ void __launch_bounds__(256, 2) row_with_store(const __grid_constant__ Params p) {
  Index kept = blockIdx.x;
  const Index run_number = split_off(kept, p.runs);
  const Index run_leaves = static_cast<Index>(1) << p.log_run, first_leaf = run_number * run_leaves;
  const Index leaves = smaller(p.leaves - first_leaf, run_leaves);
  const Index before = static_cast<Index>(threadIdx.x / 32) << p.log_leaves;
  const Index mine = clamp<Index>(leaves - before, 0, static_cast<Index>(1) << p.log_leaves);
  States states = {};
  if (mine > 0) states = run(p, origin_of(p, kept), threadIdx.x % 32, 32, true, first_leaf + before, mine);
  const i64 each = static_cast<i64>(2048) << p.log_leaves, run_each = static_cast<i64>(2048) << p.log_run;
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 2048, run_each);
  const Index present = (leaves + (static_cast<Index>(1) << p.log_leaves) - 1) >> p.log_leaves;
  states.r0 = join_warps<R0>(states.r0, present, each, total);
  states.r1 = join_warps<R1>(states.r1, present, each, total);
  const Index runs = static_cast<Index>(p.runs.value);
  if (runs > 1) {
    const i64 row = static_cast<i64>(kept) * runs;
    if (threadIdx.x == 0) {
      p.partials0[row + run_number] = states.r0;
      p.partials1[row + run_number] = states.r1;
    }
    if (!is_last_block(p.tickets + kept, runs)) return;
    states.r0 = join_partials<R0>(p.partials0 + row, runs, run_each, p.reduced);
    states.r1 = join_partials<R1>(p.partials1 + row, runs, run_each, p.reduced);
  }
  if (threadIdx.x == 0) finish(p, kept, states);
}
