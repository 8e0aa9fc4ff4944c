using Index = i32;

struct Params {
  alignas(8) Index shift;
  alignas(8) Index row;
  Divisor<Index> chunks;
  alignas(8) Index units;
  Divisor<Index> extent1;
  alignas(8) Index in0_stride0;
  alignas(8) Index in0_stride1;
  alignas(8) Index in1_stride0;
  alignas(8) Index in1_stride1;
  alignas(8) Index out0_stride0;
  alignas(8) Index out0_stride1;
  alignas(8) int units_each;
  alignas(8) const f64* in0;
  alignas(8) const f64* in1;
  alignas(8) f64* out0;
};

struct Place {
  Index in0, in1, out0;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  Index rest = unit;
  const Index i = split_off(rest, p.chunks) * 2 - p.shift;
  at.span = unit < p.units ? span_of<2>(i, p.row) : Span{0, 0};
  const Index c1 = split_off(rest, p.extent1);
  const Index c0 = rest;
  at.in0 = c0 * p.in0_stride0 + c1 * p.in0_stride1 + i;
  at.in1 = c0 * p.in1_stride0 + c1 * p.in1_stride1;
  at.out0 = c0 * p.out0_stride0 + c1 * p.out0_stride1 + i;
  return at;
}

extern "C" __global__ void __launch_bounds__(256) map_rank3(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 * p.units_each + threadIdx.x;
  Place at[4];
  f64 in0[4][2];
  f64 in1[4][2];
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    at[u] = place(p, first + u * 256);
    if (u >= p.units_each) at[u].span = Span{0, 0};
    load_vector(in0[u], p.in0 + at[u].in0, at[u].span);
    load_uniform(in1[u], p.in1 + at[u].in1, at[u].span);
  }
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    if (u >= p.units_each) break;
    f64 out0[2];
#pragma unroll
    for (int j = 0; j < 2; ++j) {
      const f64 v0 = in0[u][j];
      const f64 v1 = in1[u][j];
      const f64 v2 = math::subtract(v0, v1);
      out0[j] = v2;
    }
    store_vector(p.out0 + at[u].out0, out0, at[u].span);
  }
}
