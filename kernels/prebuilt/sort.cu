// sort and argsort on a CUDA device, by CUB's stable radix sort.
#include <cub/device/device_radix_sort.cuh>

#include "kernels/prebuilt/sort_steps.h"

namespace ingot::prebuilt {
namespace {

constexpr int kThreads = 256;

template <class F>
__global__ void each(Size n, F f) {
  for (Size i = blockIdx.x * Size{kThreads} + threadIdx.x; i < n; i += gridDim.x * Size{kThreads}) f(i);
}

// The needs of a call, laid out in its scratch memory; the first error.
class Work {
 public:
  explicit Work(DeviceCall& call) : call_(call), stream_(static_cast<cudaStream_t>(call.stream)) {
    check(cudaSetDevice(call.ordinal));
  }

  bool is_run() const { return call_.scratch != nullptr; }

  template <class T>
  T* array(Size n) {
    return static_cast<T*>(take(static_cast<std::size_t>(n) * sizeof(T)));
  }

  template <class F>
  void run(Size n, F f) {
    if (!is_run() || error_ != cudaSuccess) return;
    const Size blocks = (n + kThreads - 1) / kThreads, most = 1 << 16;
    each<<<static_cast<unsigned>(blocks < most ? blocks : most), kThreads, 0, stream_>>>(n, f);
    check(cudaGetLastError());
  }

  template <class K>
  void sort_keys(const K* in, K* out, Size n, int bits) {
    sort([&](void* temporary, std::size_t& bytes) {
      return cub::DeviceRadixSort::SortKeys(temporary, bytes, in, out, n, 0, bits, stream_);
    });
  }
  void sort_pairs(const Word* in, Word* out, const Size* values, Size* sorted, Size n, int bits) {
    sort([&](void* temporary, std::size_t& bytes) {
      return cub::DeviceRadixSort::SortPairs(temporary, bytes, in, out, values, sorted, n, 0, bits, stream_);
    });
  }

  const char* finish() {
    if (!is_run()) call_.scratch_bytes = used_ + temporary_;
    return error_ == cudaSuccess ? nullptr : cudaGetErrorString(error_);
  }

 private:
  static std::size_t aligned(std::size_t bytes) { return (bytes + 255) / 256 * 256; }

  void check(cudaError_t error) {
    if (error_ == cudaSuccess) error_ = error;
  }

  void* take(std::size_t bytes) {
    void* const at = is_run() ? static_cast<char*>(call_.scratch) + used_ : nullptr;
    used_ += aligned(bytes);
    return at;
  }

  // What CUB needs for one sort is free again for the next. All arrays are taken before the first.
  template <class Sort>
  void sort(Sort&& begin) {
    if (error_ != cudaSuccess) return;
    std::size_t bytes = 0;
    check(begin(nullptr, bytes));
    temporary_ = aligned(bytes) > temporary_ ? aligned(bytes) : temporary_;
    if (is_run() && error_ == cudaSuccess) check(begin(static_cast<char*>(call_.scratch) + used_, bytes));
  }

  DeviceCall& call_;
  cudaStream_t stream_;
  std::size_t used_ = 0, temporary_ = 0;
  cudaError_t error_ = cudaSuccess;
};

}  // namespace
}  // namespace ingot::prebuilt

extern "C" __attribute__((visibility("default"))) const char* ingot_prebuilt_sort(ingot::prebuilt::DeviceCall* call) {
  return ingot::prebuilt::sort_steps<ingot::prebuilt::Work>(call, false);
}
extern "C" __attribute__((visibility("default"))) const char* ingot_prebuilt_argsort(
    ingot::prebuilt::DeviceCall* call) {
  return ingot::prebuilt::sort_steps<ingot::prebuilt::Work>(call, true);
}
