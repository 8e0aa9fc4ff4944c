using Index = i32;

struct R0 : Combine<f64, R0> {
  static INGOT_FN f64 combine(f64 left, f64 right) { return math::maximum(left, right); }
};

struct Params {
  alignas(8) Index in0_stride0;
  alignas(8) Index in1_stride0;
  alignas(8) Index out0_stride0;
  alignas(8) Index in0_stride1;
  alignas(8) Index reduced;
  alignas(8) const i8* in0;
  alignas(8) const f64* in1;
  alignas(8) f64* out0;
  alignas(8) f64* post_out0;
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
  const Index c0 = kept;
  at.in0 = c0 * p.in0_stride0;
  at.in1 = c0 * p.in1_stride0;
  at.out0 = c0 * p.out0_stride0;
  return at;
}

struct Place {
  Index in0;
  Index in1;
  Index out0;
};

INGOT_FN Place place(const Params& p, const Origin& origin, Index i) {
  Place at;
  at.in0 = origin.in0 + i * p.in0_stride1;
  at.in1 = origin.in1;
  at.out0 = origin.out0 + i;
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
    for (int row = 0; row < 16; row += 8) {
      if (row * 64 >= count) break;
      Place at[8];
      Span span[8];
      i8 in0[8][2];
      f64 in1[8][2];
#pragma unroll
      for (int u = 0; u < 8; ++u) {
        const int first = (row + u) * 64 + rank * 2;
        span[u] = span_of<2>(first, count);
        if (!active) span[u].end = 0;
        at[u] = place(p, origin, begin + first);
        load_each(in0[u], p.in0 + at[u].in0, p.in0_stride1, span[u]);
        load_uniform(in1[u], p.in1 + at[u].in1, span[u]);
      }
#pragma unroll
      for (int u = 0; u < 8; ++u) {
        f64 out0[2];
#pragma unroll
        for (int j = 0; j < 2; ++j) {
          const i8 v0 = in0[u][j];
          const f64 v1 = math::cast<f64>(v0);
          const f64 v2 = in1[u][j];
          const f64 v3 = math::add(v1, v2);
          if (span[u].has(j)) lanes0[j] = row + u == 0 ? R0::start(v3) : R0::fold(lanes0[j], v3, row + u);
          out0[j] = v3;
        }
        store_vector(p.out0 + at[u].out0, out0, span[u]);
      }
    }
    tree0.push(fold_lanes<R0, 2>(lanes0, rank, size, count), rank, size, leaf, 1024, count);
  }
  const i64 total = smaller<i64>(p.reduced - static_cast<i64>(first_leaf) * 1024, static_cast<i64>(leaves) * 1024);
  return {tree0.finish(size, leaves, 1024, total)};
}

INGOT_FN void finish(const Params& p, Index kept, const States& states) {
  const Index c0 = kept;
  const f64 v0 = R0::result(states.r0);
  p.post_out0[c0] = v0;
}

extern "C" __global__ void __launch_bounds__(256, 2) row_of_narrow_and_wide(const __grid_constant__ Params p) {
  const int size = 1 << p.log_team, rank = threadIdx.x & (size - 1);
  const Index slot = static_cast<Index>(blockIdx.x) * (256 >> p.log_team) + (threadIdx.x >> p.log_team);
  const bool active = slot < p.kept;
  const Index kept = active ? slot : p.kept - 1;
  const States states = run(p, origin_of(p, kept), rank, size, active, 0, p.leaves);
  if (active && rank == 0) finish(p, kept, states);
}
