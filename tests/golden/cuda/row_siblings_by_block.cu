using Index = i32;

struct R0 : Combine<f64, R0> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::add(left, right); }
};
struct R1 : SumSquaredDeviations<f64> {};
struct R2 : Combine<f64, R2> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::maximum(left, right); }
};
struct R3 : Combine<u8, R3> {
  static INGOT_FN u8 combine(u8 left, u8 right) { return math::logical_or(left, right); }
};

struct Params {
  Divisor<Index> extent1;
  alignas(8) Index in0_stride0;
  alignas(8) Index in0_stride1;
  alignas(8) Index in1_stride0;
  alignas(8) Index in1_stride1;
  alignas(8) Index reduced;
  alignas(8) const f64* in0;
  alignas(8) const f64* in1;
  alignas(8) f64 param0;
  alignas(8) f64 post_param0;
  alignas(8) Index post_in0_stride0;
  alignas(8) const f64* post_in0;
  alignas(8) Index post_out0_stride0;
  alignas(8) f64* post_out0;
  alignas(8) Index post_out1_stride0;
  alignas(8) Index post_out1_stride1;
  alignas(8) f64* post_out1;
  alignas(8) Index post_out2_stride0;
  alignas(8) f64* post_out2;
  alignas(8) Index post_out3_stride0;
  alignas(8) u8* post_out3;
  alignas(8) int log_leaves;
  alignas(8) Index leaves;
  Divisor<Index> runs;
  alignas(8) u32* tickets;
  alignas(8) int log_run;
  alignas(8) R0::State* partials0;
  alignas(8) R1::State* partials1;
  alignas(8) R2::State* partials2;
  alignas(8) R3::State* partials3;
};

struct Origin {
  Index in0;
  Index in1;
};

INGOT_FN Origin origin_of(const Params& p, Index kept) {
  Origin at;
  const Index c1 = split_off(kept, p.extent1);
  const Index c0 = kept;
  at.in0 = c0 * p.in0_stride0 + c1 * p.in0_stride1;
  at.in1 = c0 * p.in1_stride0 + c1 * p.in1_stride1;
  return at;
}

struct Place {
  Index in0;
  Index in1;
};

INGOT_FN Place place(const Params& p, const Origin& origin, Index i) {
  Place at;
  at.in0 = origin.in0 + i;
  at.in1 = origin.in1;
  return at;
}

struct States {
  R0::State r0;
  R1::State r1;
  R2::State r2;
  R3::State r3;
};

INGOT_FN States run(const Params& p, const Origin& origin, int rank, int size, bool active, Index first_leaf, Index leaves) {
  WarpTree<R0> tree0;
  WarpTree<R1> tree1;
  WarpTree<R2> tree2;
  WarpTree<R3> tree3;
  for (Index leaf = 0; leaf < leaves; ++leaf) {
    const Index begin = (first_leaf + leaf) * 1024;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 1024));
    R0::Lane lanes0[2] = {};
    R1::Lane lanes1[2] = {};
    R2::Lane lanes2[2] = {};
    R3::Lane lanes3[2] = {};
#pragma unroll 1
    for (int row = 0; row < 16; row += 4) {
      if (row * 64 >= count) break;
      Place at[4];
      Span span[4];
      f64 in0[4][2];
      f64 in1[4][2];
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        const int first = (row + u) * 64 + rank * 2;
        span[u] = span_of<2>(first, count);
        if (!active) span[u].end = 0;
        at[u] = place(p, origin, begin + first);
        load_vector(in0[u], p.in0 + at[u].in0, span[u]);
        load_uniform(in1[u], p.in1 + at[u].in1, span[u]);
      }
#pragma unroll
      for (int u = 0; u < 4; ++u) {
#pragma unroll
        for (int j = 0; j < 2; ++j) {
          const f64 v0 = in0[u][j];
          const f64 v1 = in1[u][j];
          const f64 v2 = math::subtract(v0, v1);
          const f64 v3 = p.param0;
          const u8 v4 = math::less(v3, v2);
          if (span[u].has(j)) lanes0[j] = row + u == 0 ? R0::start(v2) : R0::fold(lanes0[j], v2, row + u);
          if (span[u].has(j)) lanes1[j] = row + u == 0 ? R1::start(v2) : R1::fold(lanes1[j], v2, row + u);
          if (span[u].has(j)) lanes2[j] = row + u == 0 ? R2::start(v2) : R2::fold(lanes2[j], v2, row + u);
          if (span[u].has(j)) lanes3[j] = row + u == 0 ? R3::start(v4) : R3::fold(lanes3[j], v4, row + u);
        }
      }
    }
    tree0.push(fold_lanes<R0, 2>(lanes0, rank, size, count), rank, size, leaf, 1024, count);
    tree1.push(fold_lanes<R1, 2>(lanes1, rank, size, count), rank, size, leaf, 1024, count);
    tree2.push(fold_lanes<R2, 2>(lanes2, rank, size, count), rank, size, leaf, 1024, count);
    tree3.push(fold_lanes<R3, 2>(lanes3, rank, size, count), rank, size, leaf, 1024, count);
  }
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 1024, static_cast<i64>(leaves) * 1024);
  return {tree0.finish(size, leaves, 1024, total), tree1.finish(size, leaves, 1024, total), tree2.finish(size, leaves, 1024, total), tree3.finish(size, leaves, 1024, total)};
}

INGOT_FN void finish(const Params& p, Index kept, const States& states) {
  const Index c1 = split_off(kept, p.extent1);
  const Index c0 = kept;
  const f64 v0 = R0::result(states.r0);
  const f64 v1 = R1::result(states.r1);
  const f64 v2 = R2::result(states.r2);
  const u8 v3 = R3::result(states.r3);
  const f64 v4 = p.post_param0;
  const f64 v5 = math::divide(v0, v4);
  const f64 v6 = math::sqrt(v1);
  const f64 v7 = p.post_in0[c0 * p.post_in0_stride0];
  const f64 v8 = math::subtract(v2, v7);
  p.post_out0[c0 * p.post_out0_stride0 + c1] = v5;
  p.post_out1[c0 * p.post_out1_stride0 + c1 * p.post_out1_stride1] = v6;
  p.post_out2[c0 * p.post_out2_stride0 + c1] = v8;
  p.post_out3[c0 * p.post_out3_stride0 + c1] = v3;
}

extern "C" __global__ void __launch_bounds__(256, 2) row_siblings_by_block(const __grid_constant__ Params p) {
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
  states.r1 = join_warps<R1>(states.r1, present, each, total);
  states.r2 = join_warps<R2>(states.r2, present, each, total);
  states.r3 = join_warps<R3>(states.r3, present, each, total);
  const Index runs = static_cast<Index>(p.runs.value);
  if (runs > 1) {
    const i64 row = static_cast<i64>(kept) * runs;
    if (threadIdx.x == 0) {
      p.partials0[row + run_number] = states.r0;
      p.partials1[row + run_number] = states.r1;
      p.partials2[row + run_number] = states.r2;
      p.partials3[row + run_number] = states.r3;
    }
    if (!is_last_block(p.tickets + kept, runs)) return;
    states.r0 = join_partials<R0>(p.partials0 + row, runs, run_each, p.reduced);
    states.r1 = join_partials<R1>(p.partials1 + row, runs, run_each, p.reduced);
    states.r2 = join_partials<R2>(p.partials2 + row, runs, run_each, p.reduced);
    states.r3 = join_partials<R3>(p.partials3 + row, runs, run_each, p.reduced);
  }
  if (threadIdx.x == 0) finish(p, kept, states);
}
