using Index = i32;

struct Params {
  alignas(8) Index row;
  Divisor<Index> chunks;
  alignas(8) Index units;
  alignas(8) Index in0_stride0;
  alignas(8) Index in0_stride1;
  alignas(8) Index in1_stride0;
  alignas(8) Index out0_stride0;
  alignas(8) i64 in0_first;
  alignas(8) i64 in1_first;
  alignas(8) i64* out0;
};

struct Place {
  Index in0, in1, out0;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  Index rest = unit;
  const Index i = split_off(rest, p.chunks);
  at.span = unit < p.units ? span_of<1>(i, p.row) : Span{0, 0};
  const Index c0 = rest;
  at.in0 = c0 * p.in0_stride0 + i * p.in0_stride1;
  at.in1 = c0 * p.in1_stride0;
  at.out0 = c0 * p.out0_stride0 + i;
  return at;
}

extern "C" __global__ void __launch_bounds__(256) map_index(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 + threadIdx.x;
  Place at[1];
  i64 in0[1][1];
  i64 in1[1][1];
#pragma unroll
  for (int u = 0; u < 1; ++u) {
    at[u] = place(p, first + u * 256);
    load_index(in0[u], p.in0_first + at[u].in0, p.in0_stride1);
    load_index(in1[u], p.in1_first + at[u].in1, 0);
  }
#pragma unroll
  for (int u = 0; u < 1; ++u) {
    i64 out0[1];
#pragma unroll
    for (int j = 0; j < 1; ++j) {
      const i64 v0 = in0[u][j];
      const i64 v1 = in1[u][j];
      const i64 v2 = math::multiply(v0, v1);
      out0[j] = v2;
    }
    store_each(p.out0 + at[u].out0, out0, 1, at[u].span);
  }
}
