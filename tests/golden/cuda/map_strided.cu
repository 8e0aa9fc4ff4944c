using Index = i32;

struct Params {
  alignas(8) Index row;
  Divisor<Index> chunks;
  alignas(8) Index units;
  alignas(8) Index in0_stride0;
  alignas(8) Index in0_stride1;
  alignas(8) Index in1_stride0;
  alignas(8) Index out0_stride0;
  alignas(8) Index out1_stride0;
  alignas(8) Index out1_stride1;
  alignas(8) int units_each;
  alignas(8) const f64* in0;
  alignas(8) const f64* in1;
  alignas(8) f64* out0;
  alignas(8) f64* out1;
};

struct Place {
  Index in0, in1, out0, out1;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  Index rest = unit;
  const Index i = split_off(rest, p.chunks);
  at.span = unit < p.units ? span_of<1>(i, p.row) : Span{0, 0};
  const Index c0 = rest;
  at.in0 = c0 * p.in0_stride0 + i * p.in0_stride1;
  at.in1 = c0 * p.in1_stride0 + i;
  at.out0 = c0 * p.out0_stride0 + i;
  at.out1 = c0 * p.out1_stride0 + i * p.out1_stride1;
  return at;
}

extern "C" __global__ void __launch_bounds__(256) map_strided(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 * p.units_each + threadIdx.x;
  Place at[4];
  f64 in0[4][1];
  f64 in1[4][1];
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    at[u] = place(p, first + u * 256);
    if (u >= p.units_each) at[u].span = Span{0, 0};
    load_each(in0[u], p.in0 + at[u].in0, p.in0_stride1, at[u].span);
    load_each(in1[u], p.in1 + at[u].in1, 1, at[u].span);
  }
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    if (u >= p.units_each) break;
    f64 out0[1];
    f64 out1[1];
#pragma unroll
    for (int j = 0; j < 1; ++j) {
      const f64 v0 = in0[u][j];
      const f64 v1 = in1[u][j];
      const f64 v2 = math::maximum(v0, v1);
      out0[j] = v2;
      out1[j] = v0;
    }
    store_each(p.out0 + at[u].out0, out0, 1, at[u].span);
    store_each(p.out1 + at[u].out1, out1, p.out1_stride1, at[u].span);
  }
}
