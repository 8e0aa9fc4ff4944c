using Index = i32;

struct R0 : Combine<u8, R0> {
  static INGOT_FN u8 combine(u8 left, u8 right) { return math::logical_or(left, right); }
};
struct R1 : Combine<i64, R1> {
  static INGOT_FN i64 combine(i64 left, i64 right) { return math::add(left, right); }
};

struct Params {
  alignas(8) Index shift;
  alignas(8) Index row;
  alignas(8) u8* post_out0;
  alignas(8) i64* post_out1;
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
  alignas(8) const u8* in0;
  alignas(8) R0::State* partials0;
  alignas(8) R1::State* partials1;
};

struct Columns {
  Index in0;
  Span span;
};

INGOT_FN Columns columns_of(const Params& p, Index unit) {
  Columns at;
  const Index i = unit * 2 - p.shift;
  at.span = span_of<2>(i, p.row);
  at.in0 = i;
  return at;
}

struct Results {
  Index post_out0, post_out1;
  Span span;
};

INGOT_FN Results results_of(const Params& p, Index unit) {
  Results at;
  const Index i = unit * 2 - p.shift;
  at.span = span_of<2>(i, p.row);
  at.post_out0 = i;
  at.post_out1 = i;
  return at;
}

INGOT_FN void finish(const Params& p, Index unit, const R0::State (&states0)[2], const R1::State (&states1)[2]) {
  const Results at = results_of(p, unit);
  u8 post_out0[2];
  i64 post_out1[2];
#pragma unroll
  for (int j = 0; j < 2; ++j) {
    const u8 v0 = R0::result(states0[j]);
    const i64 v1 = R1::result(states1[j]);
    post_out0[j] = v0;
    post_out1[j] = v1;
  }
  store_vector(p.post_out0 + at.post_out0, post_out0, at.span);
  store_vector(p.post_out1 + at.post_out1, post_out1, at.span);
}

extern "C" __global__ void __launch_bounds__(256, 3) column_any_and_count(const __grid_constant__ Params p) {
  __shared__ uint4 pool[256];
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
  ThreadTree<R0, 4> tree0[2];
  ThreadTree<R1, 4> tree1[2];
  for (int leaf = 0; leaf < mine; ++leaf) {
    const Index begin = (first_leaf + before + leaf) * 64;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 64));
    R0::Lane lanes0[2] = {};
    R1::Lane lanes1[2] = {};
#pragma unroll 1
    for (int row = 0; row < count; row += 8) {
      Index in0_row[8];
      u8 in0[8][2];
#pragma unroll
      for (int u = 0; u < 8; ++u) {
        const Span span = row + u < count ? columns.span : Span{0, 0};
        Index rest = begin + row + u;
        const Index c0 = rest;
        in0_row[u] = c0 * p.in0_stride0;
        load_vector(in0[u], p.in0 + columns.in0 + in0_row[u], span);
      }
#pragma unroll
      for (int u = 0; u < 8; ++u) {
        if (row + u >= count) break;
#pragma unroll
        for (int j = 0; j < 2; ++j) {
          const u8 v0 = in0[u][j];
          const i64 v1 = math::cast<i64>(v0);
          lanes0[j] = row + u == 0 ? R0::start(v0) : R0::fold(lanes0[j], v0, row + u);
          lanes1[j] = row + u == 0 ? R1::start(v1) : R1::fold(lanes1[j], v1, row + u);
        }
      }
    }
#pragma unroll
    for (int j = 0; j < 2; ++j) {
      tree0[j].push(R0::state(lanes0[j], count), leaf, 64, count);
      tree1[j].push(R1::state(lanes1[j], count), leaf, 64, count);
    }
  }
  const i64 each = static_cast<i64>(64) << p.log_leaves, run_each = static_cast<i64>(64) << p.log_run;
  const i64 begin = static_cast<i64>(first_leaf) * 64, total = smaller<i64>(p.reduced - begin, run_each);
  const Index present = (leaves + (1 << p.log_leaves) - 1) >> p.log_leaves;
  R0::State states0[2] = {};
  R1::State states1[2] = {};
  if (mine > 0) {
#pragma unroll
    for (int j = 0; j < 2; ++j) {
      states0[j] = tree0[j].finish(mine, 64, smaller(total - team * each, each));
      states1[j] = tree1[j].finish(mine, 64, smaller(total - team * each, each));
    }
  }
  join_teams<R0>(states0, pool, p.log_columns, present, each, total);
  join_teams<R1>(states1, pool, p.log_columns, present, each, total);
  if (p.runs > 1) {
    const i64 stride = static_cast<i64>(p.units) * 2;
    if (exists && team == 0) {
#pragma unroll
      for (int j = 0; j < 2; ++j) {
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
