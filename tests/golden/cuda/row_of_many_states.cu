using Index = i32;

struct R0 : Combine<f64, R0> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::add(left, right); }
};
struct R1 : Combine<f64, R1> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::multiply(left, right); }
};
struct R2 : SumSquaredDeviations<f64> {};
struct R3 : Combine<f64, R3> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::maximum(left, right); }
};
struct R4 : Combine<f64, R4> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::minimum(left, right); }
};
struct R5 : SumOfExponentials<f64> {};
struct R6 : FirstBest<f64, 1> {};
struct R7 : FirstBest<f64, 0> {};

struct Params {
  alignas(8) Index reduced;
  alignas(8) const f64* in0;
  alignas(8) f64 param0;
  alignas(8) f64 param1;
  alignas(8) f64 param2;
  alignas(8) f64 param3;
  alignas(8) f64* out0;
  alignas(8) f64* out1;
  alignas(8) f64* out2;
  alignas(8) f64* out3;
  alignas(8) f64* post_out0;
  alignas(8) f64* post_out1;
  alignas(8) f64* post_out2;
  alignas(8) f64* post_out3;
  alignas(8) f64* post_out4;
  alignas(8) f64* post_out5;
  alignas(8) i64* post_out6;
  alignas(8) i64* post_out7;
  alignas(8) int log_leaves;
  alignas(8) Index leaves;
  Divisor<Index> runs;
  alignas(8) u32* tickets;
  alignas(8) int log_run;
  alignas(8) R0::State* partials0;
  alignas(8) R1::State* partials1;
  alignas(8) R2::State* partials2;
  alignas(8) R3::State* partials3;
  alignas(8) R4::State* partials4;
  alignas(8) R5::State* partials5;
  alignas(8) R6::State* partials6;
  alignas(8) R7::State* partials7;
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
  Index out1;
  Index out2;
  Index out3;
};

INGOT_FN Place place(const Params& p, const Origin& origin, Index i) {
  Place at;
  at.in0 = i;
  at.out0 = i;
  at.out1 = i;
  at.out2 = i;
  at.out3 = i;
  return at;
}

struct States {
  R0::State r0;
  R1::State r1;
  R2::State r2;
  R3::State r3;
  R4::State r4;
  R5::State r5;
  R6::State r6;
  R7::State r7;
};

INGOT_FN States run(const Params& p, const Origin& origin, int rank, int size, bool active, Index first_leaf, Index leaves) {
  WarpTree<R0> tree0;
  WarpTree<R1> tree1;
  WarpTree<R2> tree2;
  WarpTree<R3> tree3;
  WarpTree<R4> tree4;
  WarpTree<R5> tree5;
  WarpTree<R6> tree6;
  WarpTree<R7> tree7;
  for (Index leaf = 0; leaf < leaves; ++leaf) {
    const Index begin = (first_leaf + leaf) * 1024;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 1024));
    R0::Lane lanes0[2] = {};
    R1::Lane lanes1[2] = {};
    R2::Lane lanes2[2] = {};
    R3::Lane lanes3[2] = {};
    R4::Lane lanes4[2] = {};
    R5::Lane lanes5[2] = {};
    R6::Lane lanes6[2] = {};
    R7::Lane lanes7[2] = {};
#pragma unroll 1
    for (int row = 0; row < 16; row += 1) {
      if (row * 64 >= count) break;
      Place at[1];
      Span span[1];
      f64 in0[1][2];
#pragma unroll
      for (int u = 0; u < 1; ++u) {
        const int first = (row + u) * 64 + rank * 2;
        span[u] = span_of<2>(first, count);
        if (!active) span[u].end = 0;
        at[u] = place(p, origin, begin + first);
        load_vector(in0[u], p.in0 + at[u].in0, span[u]);
      }
#pragma unroll
      for (int u = 0; u < 1; ++u) {
        f64 out0[2];
        f64 out1[2];
        f64 out2[2];
        f64 out3[2];
#pragma unroll
        for (int j = 0; j < 2; ++j) {
          const f64 v0 = in0[u][j];
          const f64 v1 = p.param0;
          const f64 v2 = math::multiply(v0, v1);
          const f64 v3 = p.param1;
          const f64 v4 = math::multiply(v0, v3);
          const f64 v5 = p.param2;
          const f64 v6 = math::multiply(v0, v5);
          const f64 v7 = p.param3;
          const f64 v8 = math::multiply(v0, v7);
          if (span[u].has(j)) lanes0[j] = row + u == 0 ? R0::start(v0) : R0::fold(lanes0[j], v0, row + u);
          if (span[u].has(j)) lanes1[j] = row + u == 0 ? R1::start(v0) : R1::fold(lanes1[j], v0, row + u);
          if (span[u].has(j)) lanes2[j] = row + u == 0 ? R2::start(v0) : R2::fold(lanes2[j], v0, row + u);
          if (span[u].has(j)) lanes3[j] = row + u == 0 ? R3::start(v0) : R3::fold(lanes3[j], v0, row + u);
          if (span[u].has(j)) lanes4[j] = row + u == 0 ? R4::start(v0) : R4::fold(lanes4[j], v0, row + u);
          if (span[u].has(j)) lanes5[j] = row + u == 0 ? R5::start(v0) : R5::fold(lanes5[j], v0, row + u);
          if (span[u].has(j)) lanes6[j] = row + u == 0 ? R6::start(v0) : R6::fold(lanes6[j], v0, row + u);
          if (span[u].has(j)) lanes7[j] = row + u == 0 ? R7::start(v0) : R7::fold(lanes7[j], v0, row + u);
          out0[j] = v2;
          out1[j] = v4;
          out2[j] = v6;
          out3[j] = v8;
        }
        store_vector(p.out0 + at[u].out0, out0, span[u]);
        store_vector(p.out1 + at[u].out1, out1, span[u]);
        store_vector(p.out2 + at[u].out2, out2, span[u]);
        store_vector(p.out3 + at[u].out3, out3, span[u]);
      }
    }
    tree0.push(fold_lanes<R0, 2>(lanes0, rank, size, count), rank, size, leaf, 1024, count);
    tree1.push(fold_lanes<R1, 2>(lanes1, rank, size, count), rank, size, leaf, 1024, count);
    tree2.push(fold_lanes<R2, 2>(lanes2, rank, size, count), rank, size, leaf, 1024, count);
    tree3.push(fold_lanes<R3, 2>(lanes3, rank, size, count), rank, size, leaf, 1024, count);
    tree4.push(fold_lanes<R4, 2>(lanes4, rank, size, count), rank, size, leaf, 1024, count);
    tree5.push(fold_lanes<R5, 2>(lanes5, rank, size, count), rank, size, leaf, 1024, count);
    tree6.push(fold_lanes<R6, 2>(lanes6, rank, size, count), rank, size, leaf, 1024, count);
    tree7.push(fold_lanes<R7, 2>(lanes7, rank, size, count), rank, size, leaf, 1024, count);
  }
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 1024, static_cast<i64>(leaves) * 1024);
  return {tree0.finish(size, leaves, 1024, total), tree1.finish(size, leaves, 1024, total), tree2.finish(size, leaves, 1024, total), tree3.finish(size, leaves, 1024, total), tree4.finish(size, leaves, 1024, total), tree5.finish(size, leaves, 1024, total), tree6.finish(size, leaves, 1024, total), tree7.finish(size, leaves, 1024, total)};
}

INGOT_FN void finish(const Params& p, Index kept, const States& states) {
  const f64 v0 = R0::result(states.r0);
  const f64 v1 = R1::result(states.r1);
  const f64 v2 = R2::result(states.r2);
  const f64 v3 = R3::result(states.r3);
  const f64 v4 = R4::result(states.r4);
  const f64 v5 = R5::result(states.r5);
  const i64 v6 = R6::result(states.r6);
  const i64 v7 = R7::result(states.r7);
  p.post_out0[0] = v0;
  p.post_out1[0] = v1;
  p.post_out2[0] = v2;
  p.post_out3[0] = v3;
  p.post_out4[0] = v4;
  p.post_out5[0] = v5;
  p.post_out6[0] = v6;
  p.post_out7[0] = v7;
}

extern "C" __global__ void __launch_bounds__(256, 1) row_of_many_states(const __grid_constant__ Params p) {
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
  states.r4 = join_warps<R4>(states.r4, present, each, total);
  states.r5 = join_warps<R5>(states.r5, present, each, total);
  states.r6 = join_warps<R6>(states.r6, present, each, total);
  states.r7 = join_warps<R7>(states.r7, present, each, total);
  const Index runs = static_cast<Index>(p.runs.value);
  if (runs > 1) {
    const i64 row = static_cast<i64>(kept) * runs;
    if (threadIdx.x == 0) {
      p.partials0[row + run_number] = states.r0;
      p.partials1[row + run_number] = states.r1;
      p.partials2[row + run_number] = states.r2;
      p.partials3[row + run_number] = states.r3;
      p.partials4[row + run_number] = states.r4;
      p.partials5[row + run_number] = states.r5;
      p.partials6[row + run_number] = states.r6;
      p.partials7[row + run_number] = states.r7;
    }
    if (!is_last_block(p.tickets + kept, runs)) return;
    states.r0 = join_partials<R0>(p.partials0 + row, runs, run_each, p.reduced);
    states.r1 = join_partials<R1>(p.partials1 + row, runs, run_each, p.reduced);
    states.r2 = join_partials<R2>(p.partials2 + row, runs, run_each, p.reduced);
    states.r3 = join_partials<R3>(p.partials3 + row, runs, run_each, p.reduced);
    states.r4 = join_partials<R4>(p.partials4 + row, runs, run_each, p.reduced);
    states.r5 = join_partials<R5>(p.partials5 + row, runs, run_each, p.reduced);
    states.r6 = join_partials<R6>(p.partials6 + row, runs, run_each, p.reduced);
    states.r7 = join_partials<R7>(p.partials7 + row, runs, run_each, p.reduced);
  }
  if (threadIdx.x == 0) finish(p, kept, states);
}
