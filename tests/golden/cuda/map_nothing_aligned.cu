using Index = i32;

struct Params {
  alignas(8) Index row;
  alignas(8) int units_each;
  alignas(8) const f32* in0;
  alignas(8) const f32* in1;
  alignas(8) const f32* in2;
  alignas(8) f32 param0;
  alignas(8) f32* out0;
};

struct Place {
  Index in0, in1, in2, out0;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  const Index i = unit;
  at.span = span_of<1>(i, p.row);
  at.in0 = i;
  at.in1 = i;
  at.in2 = 0;
  at.out0 = i;
  return at;
}

extern "C" __global__ void __launch_bounds__(256, 2) map_nothing_aligned(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 * p.units_each + threadIdx.x;
  Place at[8];
  f32 in0[8][1];
  f32 in1[8][1];
  f32 in2[8][1];
#pragma unroll
  for (int u = 0; u < 8; ++u) {
    at[u] = place(p, first + u * 256);
    if (u >= p.units_each) at[u].span = Span{0, 0};
    load_each(in0[u], p.in0 + at[u].in0, 1, at[u].span);
    load_each(in1[u], p.in1 + at[u].in1, 1, at[u].span);
    load_uniform(in2[u], p.in2 + at[u].in2, at[u].span);
  }
#pragma unroll
  for (int u = 0; u < 8; ++u) {
    if (u >= p.units_each) break;
    f32 out0[1];
#pragma unroll
    for (int j = 0; j < 1; ++j) {
      const f32 v0 = in0[u][j];
      const f32 v1 = in1[u][j];
      const f32 v2 = p.param0;
      const f32 v3 = in2[u][j];
      const f32 v4 = math::multiply(v2, v0);
      const f32 v5 = math::multiply(v3, v1);
      const f32 v6 = math::add(v4, v5);
      out0[j] = v6;
    }
    store_each(p.out0 + at[u].out0, out0, 1, at[u].span);
  }
}
