using Index = i32;

struct R0 : SumSquaredDeviations<f32> {};

struct Params {
  alignas(8) Index in0_stride1;
  alignas(8) Index in1_stride1;
  alignas(8) Index out0_stride1;
  Divisor<Index> extent2;
  alignas(8) Index in0_stride0;
  alignas(8) Index in0_stride2;
  alignas(8) Index in1_stride0;
  alignas(8) Index out0_stride0;
  alignas(8) Index reduced;
  alignas(8) const f32* in0;
  alignas(8) i64 in1_first;
  alignas(8) f32* out0;
  alignas(8) f32* post_out0;
  alignas(8) int log_team;
  alignas(8) Index kept;
  alignas(8) Index leaves;
};

struct Origin {
  Index in0;
  Index in1;
  Index out0;
};

INGOT_FN Origin origin_of(const Params& p, Index kept) {
  Origin at;
  const Index c1 = kept;
  at.in0 = c1 * p.in0_stride1;
  at.in1 = c1 * p.in1_stride1;
  at.out0 = c1 * p.out0_stride1;
  return at;
}

struct Place {
  Index in0;
  Index in1;
  Index out0;
};

INGOT_FN Place place(const Params& p, const Origin& origin, Index i) {
  Place at;
  Index rest = i;
  const Index c2 = split_off(rest, p.extent2);
  const Index c0 = rest;
  at.in0 = origin.in0 + c0 * p.in0_stride0 + c2 * p.in0_stride2;
  at.in1 = origin.in1 + c0 * p.in1_stride0 + c2;
  at.out0 = origin.out0 + c0 * p.out0_stride0 + c2;
  return at;
}

struct States {
  R0::State r0;
};

INGOT_FN States run(const Params& p, const Origin& origin, int rank, int size, bool active, Index first_leaf, Index leaves) {
  WarpTree<R0> tree0;
  for (Index leaf = 0; leaf < leaves; ++leaf) {
    const Index begin = (first_leaf + leaf) * 2048;
    const int count = static_cast<int>(smaller<Index>(p.reduced - begin, 2048));
    R0::Lane lanes0[4] = {};
#pragma unroll 1
    for (int row = 0; row < 16; row += 4) {
      if (row * 128 >= count) break;
      Place at[4][4];
      Span span[4];
      f32 in0[4][4];
      i64 in1[4][4];
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        const int first = (row + u) * 128 + rank * 4;
        span[u] = span_of<4>(first, count);
        if (!active) span[u].end = 0;
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          at[u][j] = place(p, origin, begin + first + j);
          in0[u][j] = span[u].has(j) ? p.in0[at[u][j].in0] : f32(0);
          in1[u][j] = p.in1_first + at[u][j].in1;
        }
      }
#pragma unroll
      for (int u = 0; u < 4; ++u) {
        f32 out0[4];
#pragma unroll
        for (int j = 0; j < 4; ++j) {
          const f32 v0 = in0[u][j];
          const i64 v1 = in1[u][j];
          const f32 v2 = math::cast<f32>(v1);
          const f32 v3 = math::add(v0, v2);
          if (span[u].has(j)) lanes0[j] = row + u == 0 ? R0::start(v3) : R0::fold(lanes0[j], v3, row + u);
          if (span[u].has(j)) p.out0[at[u][j].out0] = v3;
        }
      }
    }
    tree0.push(fold_lanes<R0, 4>(lanes0, rank, size, count), rank, size, leaf, 2048, count);
  }
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 2048, static_cast<i64>(leaves) * 2048);
  return {tree0.finish(size, leaves, 2048, total)};
}

INGOT_FN void finish(const Params& p, Index kept, const States& states) {
  const Index c1 = kept;
  const f32 v0 = R0::result(states.r0);
  p.post_out0[c1] = v0;
}

extern "C" __global__ void __launch_bounds__(256, 2) row_with_store_by_element(const __grid_constant__ Params p) {
  const int size = 1 << p.log_team, rank = threadIdx.x & (size - 1);
  const Index slot = static_cast<Index>(blockIdx.x) * (256 >> p.log_team) + (threadIdx.x >> p.log_team);
  const bool active = slot < p.kept;
  const Index kept = active ? slot : p.kept - 1;
  const States states = run(p, origin_of(p, kept), rank, size, active, 0, p.leaves);
  if (active && rank == 0) finish(p, kept, states);
}
