using Index = i32;

struct Params {
  alignas(8) Index shift;
  alignas(8) Index row;
  alignas(8) i64 in0_first;
  alignas(8) i64 param0;
  alignas(8) f64* out0;
};

struct Place {
  Index in0, out0;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  const Index i = unit * 2 - p.shift;
  at.span = span_of<2>(i, p.row);
  at.in0 = i;
  at.out0 = i;
  return at;
}

extern "C" __global__ void __launch_bounds__(256) map_random(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 + threadIdx.x;
  Place at[1];
  i64 in0[1][2];
#pragma unroll
  for (int u = 0; u < 1; ++u) {
    at[u] = place(p, first + u * 256);
    load_index(in0[u], p.in0_first + at[u].in0, 1);
  }
#pragma unroll
  for (int u = 0; u < 1; ++u) {
    f64 out0[2];
#pragma unroll
    for (int j = 0; j < 2; ++j) {
      const i64 v0 = in0[u][j];
      const i64 v1 = p.param0;
      const f64 v2 = math::random_uniform<f64>(v0, v1);
      out0[j] = v2;
    }
    store_vector(p.out0 + at[u].out0, out0, at[u].span);
  }
}
