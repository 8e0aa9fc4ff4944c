#include "limits.h"

#include <algorithm>

namespace bench {
namespace {

constexpr unsigned kThreads = 256;
constexpr int kUnits = 4;       // of 16 bytes that a thread has in flight
constexpr int kChains = 8;      // of dependent multiply-adds in a thread: more than the latency needs
constexpr int kBlocks = 8;      // a multiprocessor, of the multiply-adds
constexpr double kHolds = 20;   // times as long as it took to measure, a rate is not measured again
constexpr double kLong = 2e-3;  // a measurement that launching no longer shows in

// Loads are all begun before the first is used; a sum that cannot be what is asked for keeps them alive.
constexpr const char* kText = R"(
extern "C" __global__ void __launch_bounds__(256) bench_copy(const double2* x, double2* out, long long n) {
  const long long first = (long long)blockIdx.x * 1024 + threadIdx.x;
  double2 v[4];
#pragma unroll
  for (int u = 0; u < 4; ++u)
    if (first + 256 * u < n) v[u] = x[first + 256 * u];
#pragma unroll
  for (int u = 0; u < 4; ++u)
    if (first + 256 * u < n) out[first + 256 * u] = v[u];
}

extern "C" __global__ void __launch_bounds__(256) bench_read(const double2* x, double* out, long long n) {
  const long long first = (long long)blockIdx.x * 1024 + threadIdx.x;
  double2 v[4];
#pragma unroll
  for (int u = 0; u < 4; ++u)
    if (first + 256 * u < n) v[u] = x[first + 256 * u];
  double sum = 0;
#pragma unroll
  for (int u = 0; u < 4; ++u)
    if (first + 256 * u < n) sum += v[u].x + v[u].y;
  if (sum < -1) out[0] = sum;
}

extern "C" __global__ void __launch_bounds__(256) bench_fill(double2* x, long long n) {
  const long long first = (long long)blockIdx.x * 1024 + threadIdx.x;
  for (int u = 0; u < 4; ++u) {
    const long long i = first + 256 * u;
    const unsigned long long mixed = (unsigned long long)(i + 1) * 0x9E3779B97F4A7C15ull;
    if (i < n) x[i].x = (double)(mixed >> 11) * 0x1p-53, x[i].y = 1.0 - x[i].x;
  }
}

extern "C" __global__ void __launch_bounds__(256) bench_multiply_add(double* out, long long steps) {
  double chain[8];
#pragma unroll
  for (int c = 0; c < 8; ++c) chain[c] = threadIdx.x + c;
  for (long long step = 0; step < steps; step += 8)
#pragma unroll
    for (int r = 0; r < 8; ++r)
#pragma unroll
      for (int c = 0; c < 8; ++c) chain[c] = fma(chain[c], 0.999, 1e-3);
  double sum = 0;
#pragma unroll
  for (int c = 0; c < 8; ++c) sum += chain[c];
  if (sum < -1) out[0] = sum;
}

extern "C" __global__ void __launch_bounds__(256) bench_empty(long long) {}
)";

std::uint32_t blocks_for(std::int64_t units) {
  return static_cast<std::uint32_t>((units + kThreads * kUnits - 1) / (kThreads * kUnits));
}

}  // namespace

DeviceLimits::DeviceLimits(std::shared_ptr<Gpu> gpu, std::int64_t n) : gpu_(std::move(gpu)), units_((n + 1) / 2) {
  const auto kernels =
      gpu_->compile(kText, {"bench_copy", "bench_read", "bench_fill", "bench_multiply_add", "bench_empty"});
  copy_ = kernels[0], read_ = kernels[1], multiply_add_ = kernels[3], empty_ = kernels[4];
  x_ = gpu_->allocate(static_cast<std::size_t>(16 * units_));
  out_ = gpu_->allocate(static_cast<std::size_t>(16 * units_));
  gpu_->launch(kernels[2], blocks_for(units_), kThreads, {&x_, &units_});
  gpu_->synchronize();
}

DeviceLimits::~DeviceLimits() {
  gpu_->release(x_);
  gpu_->release(out_);
}

double DeviceLimits::copy() {
  const double by_kernel = clocked([&] {
    gpu_->launch(copy_, blocks_for(units_), kThreads, {&x_, &out_, &units_});
    gpu_->synchronize();
  });
  const double by_driver = clocked([&] {
    gpu_->copy(out_, x_, static_cast<std::size_t>(16 * units_));
    gpu_->synchronize();
  });
  return std::min(by_kernel, by_driver);
}

double DeviceLimits::read() {
  return clocked([&] {
    gpu_->launch(read_, blocks_for(units_), kThreads, {&x_, &out_, &units_});
    gpu_->synchronize();
  });
}

double DeviceLimits::empty() {
  std::int64_t nothing = 0;
  return clocked([&] {
    gpu_->launch(empty_, 1, kThreads, {&nothing});
    gpu_->synchronize();
  });
}

double DeviceLimits::launch() {
  std::int64_t nothing = 0;
  const double seconds = clocked([&] { gpu_->launch(empty_, 1, kThreads, {&nothing}); });
  gpu_->synchronize();
  return seconds;
}

double DeviceLimits::multiply_add_rate() {
  using Clock = std::chrono::steady_clock;
  if (Clock::now() < rate_holds_until_) return rate_;
  const auto blocks = static_cast<std::uint32_t>(kBlocks * gpu_->multiprocessors());
  double seconds = 0;
  for (;; steps_ *= 2) {
    seconds = clocked([&] {
      gpu_->launch(multiply_add_, blocks, kThreads, {&out_, &steps_});
      gpu_->synchronize();
    });
    if (seconds >= kLong) break;
  }
  rate_ = 2.0 * kChains * static_cast<double>(steps_) * blocks * kThreads / seconds;
  rate_holds_until_ =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(kHolds * seconds));
  return rate_;
}

Contestant DeviceLimits::copy_limit(std::shared_ptr<DeviceLimits> limits) {
  return {.name = "copy", .role = Role::Limit, .run = [=] { return limits->copy(); }};
}

Contestant DeviceLimits::read_limit(std::shared_ptr<DeviceLimits> limits) {
  return {.name = "read", .role = Role::Limit, .run = [=] { return limits->read(); }};
}

Contestant DeviceLimits::flops_limit(std::shared_ptr<DeviceLimits> limits, double flops) {
  return {.name = "fma peak", .role = Role::Limit, .run = [=] { return flops / limits->multiply_add_rate(); }};
}

}  // namespace bench
