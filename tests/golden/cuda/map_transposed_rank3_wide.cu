using Index = i64;

struct Params {
  alignas(8) Index row;
  Divisor<Index> extent1;
  Divisor<Index> chunks;
  Divisor<Index> tiles;
  alignas(8) Index in0_stride0;
  alignas(8) Index in0_stride2;
  alignas(8) Index in0_stride1;
  alignas(8) Index in1_stride0;
  alignas(8) Index in1_stride2;
  alignas(8) Index in1_stride1;
  alignas(8) Index in2_stride0;
  alignas(8) Index in2_stride2;
  alignas(8) Index in2_stride1;
  alignas(8) Index in3_stride0;
  alignas(8) Index in3_stride1;
  alignas(8) Index out0_stride0;
  alignas(8) Index out0_stride1;
  alignas(8) const i8* in0;
  alignas(8) const i64* in1;
  alignas(8) i64 in2_first;
  alignas(8) const i64* in3;
  alignas(8) i64* out0;
};

extern "C" __global__ void __launch_bounds__(256) map_transposed_rank3_wide(const __grid_constant__ Params p) {
  __shared__ i8 in0_tile[32][36];
  __shared__ i64 in1_tile[32][33];
  const int place = threadIdx.x % 32, first = threadIdx.x / 32;
  Index rest = blockIdx.x;
  const Index i = split_off(rest, p.chunks) * 32;
  const Index k = split_off(rest, p.tiles) * 32;
  const int width = static_cast<int>(smaller<Index>(p.row - i, 32));
  const int height = static_cast<int>(smaller<Index>(static_cast<Index>(p.extent1.value) - k, 32));
  const Index c0 = rest;
  const Index in0_at = c0 * p.in0_stride0 + k * p.in0_stride1 + i * p.in0_stride2;
  const Index in1_at = c0 * p.in1_stride0 + k * p.in1_stride1 + i * p.in1_stride2;
  const Index in2_at = c0 * p.in2_stride0 + k * p.in2_stride1 + i * p.in2_stride2;
  const Index in3_at = c0 * p.in3_stride0 + k * p.in3_stride1;
  const Index out0_at = c0 * p.out0_stride0 + k * p.out0_stride1 + i;
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    const int line = first + u * 8;
    if (place < height && line < width) {
      in0_tile[line][place] = p.in0[in0_at + place * p.in0_stride1 + line * p.in0_stride2];
      in1_tile[line][place] = p.in1[in1_at + place * p.in1_stride1 + line * p.in1_stride2];
    }
  }
  __syncthreads();
  i64 in2[4];
  i64 in3[4];
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    const int line = first + u * 8;
    in2[u] = p.in2_first + in2_at + line * p.in2_stride1 + place * p.in2_stride2;
    in3[u] = line < height && place < width ? p.in3[in3_at + line * p.in3_stride1] : i64(0);
  }
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    const int line = first + u * 8;
    if (line >= height || place >= width) continue;
    const i8 v0 = in0_tile[place][line];
    const i64 v1 = in1_tile[place][line];
    const i64 v2 = in2[u];
    const i64 v3 = in3[u];
    const i64 v4 = math::cast<i64>(v0);
    const i64 v5 = math::add(v4, v1);
    const i64 v6 = math::multiply(v2, v3);
    const i64 v7 = math::add(v5, v6);
    p.out0[out0_at + line * p.out0_stride1 + place] = v7;
  }
}
