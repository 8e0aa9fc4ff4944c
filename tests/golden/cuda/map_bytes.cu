using Index = i32;

struct Params {
  alignas(8) Index shift;
  alignas(8) Index row;
  alignas(8) int units_each;
  alignas(8) const u8* in0;
  alignas(8) const u8* in1;
  alignas(8) u8* out0;
};

struct Place {
  Index in0, in1, out0;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  const Index i = unit * 16 - p.shift;
  at.span = span_of<16>(i, p.row);
  at.in0 = i;
  at.in1 = i;
  at.out0 = i;
  return at;
}

extern "C" __global__ void __launch_bounds__(256) map_bytes(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 * p.units_each + threadIdx.x;
  Place at[2];
  u8 in0[2][16];
  u8 in1[2][16];
#pragma unroll
  for (int u = 0; u < 2; ++u) {
    at[u] = place(p, first + u * 256);
    if (u >= p.units_each) at[u].span = Span{0, 0};
    load_vector(in0[u], p.in0 + at[u].in0, at[u].span);
    load_vector(in1[u], p.in1 + at[u].in1, at[u].span);
  }
#pragma unroll
  for (int u = 0; u < 2; ++u) {
    if (u >= p.units_each) break;
    u8 out0[16];
#pragma unroll
    for (int j = 0; j < 16; ++j) {
      const u8 v0 = in0[u][j];
      const u8 v1 = in1[u][j];
      const u8 v2 = math::add(v0, v1);
      out0[j] = v2;
    }
    store_vector(p.out0 + at[u].out0, out0, at[u].span);
  }
}
