using Index = i32;

struct R0 : SumSquaredDeviations<f32> {};
struct R1 : Combine<f32, R1> {
  static INGOT_FN f32 combine(f32 left, f32 right) { return math::maximum(left, right); }
};

struct Params {
  alignas(8) Index shift;
  alignas(8) Index row;
  alignas(8) const f32* post_in0;
  alignas(8) f32 post_param0;
  alignas(8) f32* post_out0;
  alignas(8) f32* post_out1;
  alignas(8) Index reduced;
  alignas(8) Index leaves;
  alignas(8) int log_columns;
  alignas(8) int log_leaves;
  alignas(8) int log_run;
  Divisor<Index> tiles;
  alignas(8) Index runs;
  alignas(8) Index units;
  alignas(8) u32* tickets;
  alignas(8) Index in0_stride0;
  alignas(8) Index in1_stride0;
  alignas(8) const f32* in0;
  alignas(8) const f32* in1;
  alignas(8) R0::State* partials0;
  alignas(8) R1::State* partials1;
};

struct Columns {
  Index in0, in1;
  Span span;
};

INGOT_FN Columns columns_of(const Params& p, Index unit) {
  Columns at;
  const Index i = unit * 4 - p.shift;
  at.span = span_of<4>(i, p.row);
  at.in0 = i;
  at.in1 = 0;
  return at;
}

struct Results {
  Index post_in0, post_out0, post_out1;
  Span span;
};

INGOT_FN Results results_of(const Params& p, Index unit) {
  Results at;
  const Index i = unit * 4 - p.shift;
  at.span = span_of<4>(i, p.row);
  at.post_in0 = i;
  at.post_out0 = i;
  at.post_out1 = i;
  return at;
}

INGOT_FN void finish(const Params& p, Index unit, const R0::State (&states0)[4], const R1::State (&states1)[4]) {
  const Results at = results_of(p, unit);
  f32 post_in0[4];
  load_vector(post_in0, p.post_in0 + at.post_in0, at.span);
  f32 post_out0[4];
  f32 post_out1[4];
#pragma unroll
  for (int j = 0; j < 4; ++j) {
    const f32 v0 = R0::result(states0[j]);
    const f32 v1 = R1::result(states1[j]);
    const f32 v2 = p.post_param0;
    const f32 v3 = math::divide(v0, v2);
    const f32 v4 = post_in0[j];
    const f32 v5 = math::add(v1, v4);
    post_out0[j] = v3;
    post_out1[j] = v5;
  }
  store_vector(p.post_out0 + at.post_out0, post_out0, at.span);
  store_each(p.post_out1 + at.post_out1, post_out1, 1, at.span);
}

extern "C" __global__ void __launch_bounds__(256, 3) column_siblings(const __grid_constant__ Params p) {
  __shared__ uint4 pool[768];
  const int team = threadIdx.x >> p.log_columns;
  Index run_number = blockIdx.x;
  const Index tile = split_off(run_number, p.tiles);
  const Index unit = (tile << p.log_columns) + (threadIdx.x & ((1 << p.log_columns) - 1));
  const bool exists = unit < p.units;
  const Columns columns = columns_of(p, unit);
  const Index run_leaves = static_cast<Index>(1) << p.log_run, first_leaf = run_number * run_leaves;
  const Index leaves = smaller(p.leaves - first_leaf, run_leaves);
  const Index before = static_cast<Index>(team) << p.log_leaves;
  const int mine = static_cast<int>(clamp<Index>(leaves - before, 0, 1 << p.log_leaves));
  ThreadTree<R0, 4> tree0[4];
  ThreadTree<R1, 4> tree1[4];
  for (int leaf = 0; leaf < mine; ++leaf) {
    const Index begin = (first_leaf + before + leaf) * 64;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 64));
    R0::Lane lanes0[4] = {};
    R1::Lane lanes1[4] = {};
#pragma unroll 1
    for (int row = 0; row < count; row += 4) {
      Index in0_row[4];
      Index in1_row[4];
      f32 in0[4][4];
      f32 in1[4][4];
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        const Span span = row + u < count ? columns.span : Span{0, 0};
        Index rest = begin + row + u;
        const Index c0 = rest;
        in0_row[u] = c0 * p.in0_stride0;
        in1_row[u] = c0 * p.in1_stride0;
        load_vector(in0[u], p.in0 + columns.in0 + in0_row[u], span);
        load_uniform(in1[u], p.in1 + columns.in1 + in1_row[u], span);
      }
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        if (row + u >= count) break;
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const f32 v0 = in0[u][j];
          const f32 v1 = in1[u][j];
          const f32 v2 = math::subtract(v0, v1);
          lanes0[j] = row + u == 0 ? R0::start(v2) : R0::fold(lanes0[j], v2, row + u);
          lanes1[j] = row + u == 0 ? R1::start(v2) : R1::fold(lanes1[j], v2, row + u);
        }
      }
    }
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      tree0[j].push(R0::state(lanes0[j], count), leaf, 64, count);
      tree1[j].push(R1::state(lanes1[j], count), leaf, 64, count);
    }
  }
  const i64 each = static_cast<i64>(64) << p.log_leaves, run_each = static_cast<i64>(64) << p.log_run;
  const i64 begin = static_cast<i64>(first_leaf) * 64, total = smaller<i64>(p.reduced - begin, run_each);
  const Index present = (leaves + (1 << p.log_leaves) - 1) >> p.log_leaves;
  R0::State states0[4] = {};
  R1::State states1[4] = {};
  if (mine > 0) {
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      states0[j] = tree0[j].finish(mine, 64, smaller(total - team * each, each));
      states1[j] = tree1[j].finish(mine, 64, smaller(total - team * each, each));
    }
  }
  join_teams<R0>(states0, pool, p.log_columns, present, each, total);
  join_teams<R1>(states1, pool, p.log_columns, present, each, total);
  if (p.runs > 1) {
    const i64 stride = static_cast<i64>(p.units) * 4;
    if (exists && team == 0) {
#pragma unroll
      for (int j = 0; j < 4; ++j) {
        p.partials0[run_number * stride + static_cast<i64>(j) * p.units + unit] = states0[j];
        p.partials1[run_number * stride + static_cast<i64>(j) * p.units + unit] = states1[j];
      }
    }
    if (!is_last_block(p.tickets + tile, p.runs)) return;
    join_team_partials<R0>(states0, pool, p.partials0 + unit, stride, p.units, exists, p.log_columns, p.runs, run_each, p.reduced);
    join_team_partials<R1>(states1, pool, p.partials1 + unit, stride, p.units, exists, p.log_columns, p.runs, run_each, p.reduced);
  }
  if (exists && team == 0) finish(p, unit, states0, states1);
}
