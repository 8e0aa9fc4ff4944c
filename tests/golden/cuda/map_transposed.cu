using Index = i32;

struct Params {
  alignas(8) Index row;
  Divisor<Index> extent0;
  Divisor<Index> chunks;
  Divisor<Index> tiles;
  alignas(8) Index in0_stride1;
  alignas(8) Index in0_stride0;
  alignas(8) Index in1_stride0;
  alignas(8) Index out0_stride0;
  alignas(8) Index out1_stride1;
  alignas(8) Index out1_stride0;
  alignas(8) const f64* in0;
  alignas(8) const f64* in1;
  alignas(8) f64* out0;
  alignas(8) f64* out1;
};

extern "C" __global__ void __launch_bounds__(256) map_transposed(const __grid_constant__ Params p) {
  __shared__ f64 in0_tile[32][33];
  const int place = threadIdx.x % 32, first = threadIdx.x / 32;
  Index rest = blockIdx.x;
  const Index i = split_off(rest, p.chunks) * 32;
  const Index k = split_off(rest, p.tiles) * 32;
  const int width = static_cast<int>(smaller<Index>(p.row - i, 32));
  const int height = static_cast<int>(smaller<Index>(static_cast<Index>(p.extent0.value) - k, 32));
  const Index in0_at = k * p.in0_stride0 + i * p.in0_stride1;
  const Index in1_at = k * p.in1_stride0 + i;
  const Index out0_at = k * p.out0_stride0 + i;
  const Index out1_at = k * p.out1_stride0 + i * p.out1_stride1;
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    const int line = first + u * 8;
    if (place < height && line < width) {
      in0_tile[line][place] = p.in0[in0_at + place * p.in0_stride0 + line * p.in0_stride1];
    }
  }
  __syncthreads();
  f64 in1[4];
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    const int line = first + u * 8;
    in1[u] = line < height && place < width ? p.in1[in1_at + line * p.in1_stride0 + place] : f64(0);
  }
#pragma unroll
  for (int u = 0; u < 4; ++u) {
    const int line = first + u * 8;
    if (line >= height || place >= width) continue;
    const f64 v0 = in0_tile[place][line];
    const f64 v1 = in1[u];
    const f64 v2 = math::maximum(v0, v1);
    p.out0[out0_at + line * p.out0_stride0 + place] = v2;
    p.out1[out1_at + line * p.out1_stride0 + place * p.out1_stride1] = v0;
  }
}
