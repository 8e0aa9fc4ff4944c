using Index = i32;

struct Params {
  alignas(8) Index shift;
  alignas(8) Index row;
  alignas(8) int units_each;
  alignas(8) const u8* in0;
  alignas(8) const i8* in1;
  alignas(8) const f32* in2;
  alignas(8) f32* out0;
  alignas(8) u8* out1;
  alignas(8) u8* out2;
};

struct Place {
  Index in0, in1, in2, out0, out1, out2;
  Span span;
};

INGOT_FN Place place(const Params& p, Index unit) {
  Place at;
  const Index i = unit * 4 - p.shift;
  at.span = span_of<4>(i, p.row);
  at.in0 = i;
  at.in1 = i;
  at.in2 = i;
  at.out0 = i;
  at.out1 = i;
  at.out2 = i;
  return at;
}

extern "C" __global__ void __launch_bounds__(256) map_bool_and_casts(const __grid_constant__ Params p) {
  const Index first = static_cast<Index>(blockIdx.x) * 256 * p.units_each + threadIdx.x;
  Place at[2];
  u8 in0[2][4];
  i8 in1[2][4];
  f32 in2[2][4];
#pragma unroll
  for (int u = 0; u < 2; ++u) {
    at[u] = place(p, first + u * 256);
    if (u >= p.units_each) at[u].span = Span{0, 0};
    load_vector(in0[u], p.in0 + at[u].in0, at[u].span);
    load_vector(in1[u], p.in1 + at[u].in1, at[u].span);
    load_vector(in2[u], p.in2 + at[u].in2, at[u].span);
  }
#pragma unroll
  for (int u = 0; u < 2; ++u) {
    if (u >= p.units_each) break;
    f32 out0[4];
    u8 out1[4];
    u8 out2[4];
#pragma unroll
    for (int j = 0; j < 4; ++j) {
      const u8 v0 = in0[u][j];
      const i8 v1 = in1[u][j];
      const f32 v2 = in2[u][j];
      const f32 v3 = math::cast<f32>(v1);
      const f32 v4 = math::where(v0, v3, v2);
      const u8 v5 = math::less(v3, v2);
      const u8 v6 = math::cast_bool(v2);
      out0[j] = v4;
      out1[j] = v5;
      out2[j] = v6;
    }
    store_vector(p.out0 + at[u].out0, out0, at[u].span);
    store_vector(p.out1 + at[u].out1, out1, at[u].span);
    store_vector(p.out2 + at[u].out2, out2, at[u].span);
  }
}
