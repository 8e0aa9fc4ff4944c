// What kernels do on the software GPU: barriers, shuffles, shared memory, faults, and Ingot's own kernels.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <numeric>
#include <set>
#include <sstream>

#include "host/emit/cuda/program.h"
#include "opened.h"

namespace fake_cuda_test {
namespace {

std::string golden(const std::string& name) {
  std::ostringstream text;
  text << ingot::cuda::prelude() << std::ifstream(INGOT_TESTS_DIR "/golden/cuda/" + name + ".cu").rdbuf();
  return text.str();
}

constexpr const char* kReverse = R"(
extern "C" __global__ void __launch_bounds__(1024) reverse(int* at) {
  __shared__ int slots[1024];
  const int n = blockDim.x, i = threadIdx.x;
  at += blockIdx.x * n;
  slots[i] = at[i];
  __syncthreads();
  at[i] = slots[n - 1 - i];
}
)";

using KernelTest = Gpu;

TEST_F(KernelTest, MeetAtBarriersUnderEverySeed) {
  const auto reverse = kernel(kReverse, "reverse");
  for (const int threads : {1, 2, 31, 32, 33, 256, 1000, 1024}) {
    for (const std::uint64_t seed : kSeeds) {
      control().set_seed(seed);
      constexpr int blocks = 7;
      std::vector<int> values(static_cast<std::size_t>(blocks * threads));
      std::iota(values.begin(), values.end(), 0);
      const Address at = allocate(values.size() * sizeof(int));
      put(at, values);
      ASSERT_EQ(launch(reverse, blocks, threads, at), Result::Success);
      for (auto block = values.begin(); block != values.end(); block += threads) std::reverse(block, block + threads);
      EXPECT_EQ(get<int>(at, values.size()), values) << threads << " threads, seed " << seed;
    }
  }
}

TEST_F(KernelTest, ShuffleWithinTheirWarp) {
  const auto shuffles = kernel(R"(
extern "C" __global__ void shuffles(double* at) {
  const int i = threadIdx.x, lane = i % 32;
  const double x = i;
  double* out = at + 8 * i;
  out[0] = __shfl_sync(0xffffffffu, x, 5);
  out[1] = __shfl_down_sync(0xffffffffu, x, 3);
  out[2] = __shfl_up_sync(0xffffffffu, x, 3);
  out[3] = __shfl_xor_sync(0xffffffffu, x, 16);
  out[4] = __shfl_sync(0xffffffffu, x, 1, 8);
  out[5] = __shfl_down_sync(0xffffffffu, x, 2, 4);
  out[6] = __ballot_sync(0xffffffffu, lane % 3 == 0);
  if (lane < 8) {
    out[7] = __shfl_sync(0xffu, x, 7 - lane);
  } else {
    out[7] = __shfl_sync(0xffffff00u, x, 39 - lane);
  }
}
)",
                               "shuffles");
  for (const std::uint64_t seed : kSeeds) {
    control().set_seed(seed);
    constexpr int threads = 96;
    const Address at = allocate(threads * 8 * sizeof(double));
    ASSERT_EQ(launch(shuffles, 1, threads, at), Result::Success);
    const auto out = get<double>(at, threads * 8);
    unsigned thirds = 0;
    for (unsigned lane = 0; lane < 32; lane += 3) thirds |= 1u << lane;
    for (int i = 0; i < threads; ++i) {
      const int lane = i % 32, first = i - lane;
      const double* got = &out[static_cast<std::size_t>(8 * i)];
      EXPECT_EQ(got[0], first + 5);
      EXPECT_EQ(got[1], lane + 3 < 32 ? i + 3 : i);
      EXPECT_EQ(got[2], lane >= 3 ? i - 3 : i);
      EXPECT_EQ(got[3], first + (lane ^ 16));
      EXPECT_EQ(got[4], first + lane / 8 * 8 + 1);
      EXPECT_EQ(got[5], lane % 4 + 2 < 4 ? i + 2 : i);
      EXPECT_EQ(got[6], thirds);
      EXPECT_EQ(got[7], first + (lane < 8 ? 7 - lane : 39 - lane));
    }
  }
}

TEST_F(KernelTest, SeesItsPlaceInTheGrid) {
  const auto place = kernel(R"(
struct Out { unsigned* at; };
extern "C" __global__ void place(const Out out, unsigned factor) {
  const unsigned block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
  const unsigned thread = threadIdx.x + blockDim.x * (threadIdx.y + blockDim.y * threadIdx.z);
  out.at[block * blockDim.x * blockDim.y * blockDim.z + thread] = factor * block + thread;
}
)",
                            "place");
  constexpr unsigned threads = 3 * 5 * 2, blocks = 4 * 3 * 2;
  Address at = allocate(threads * blocks * sizeof(unsigned));
  unsigned factor = 1000;
  void* parameters[] = {&at, &factor};
  ASSERT_EQ(driver().launch(place, 4, 3, 2, 3, 5, 2, 0, nullptr, parameters, nullptr), Result::Success);
  const auto out = get<unsigned>(at, threads * blocks);
  for (unsigned i = 0; i < threads * blocks; ++i) EXPECT_EQ(out[i], 1000 * (i / threads) + i % threads);
  EXPECT_EQ(books().blocks, blocks);
}

TEST_F(KernelTest, CountsAcrossBlocks) {
  const auto count = kernel(R"(
extern "C" __global__ void count(unsigned long long* at) { atomicAdd(at, 1); }
)",
                            "count");
  const Address at = allocate(8);
  put<std::uint64_t>(at, {0});
  ASSERT_EQ(launch(count, 1000, 64, at), Result::Success);
  EXPECT_EQ(get<std::uint64_t>(at, 1)[0], 64000u);
}

// A kernel that forgets a barrier gives wrong results under some seed: the order of warps does change.
TEST_F(KernelTest, OrderChangesWithTheSeed) {
  const auto first = kernel(R"(
extern "C" __global__ void first(unsigned* at) {
  if (threadIdx.x % 32 == 0) at[blockIdx.x * 8 + atomicAdd(at + 64 + blockIdx.x, 1u)] = threadIdx.x / 32;
}
)",
                            "first");
  std::set<std::vector<unsigned>> orders;
  for (const std::uint64_t seed : kSeeds) {
    control().set_seed(seed);
    const Address at = allocate(72 * 4);
    put(at, std::vector<unsigned>(72, 0));
    ASSERT_EQ(launch(first, 8, 256, at), Result::Success);
    orders.insert(get<unsigned>(at, 64));
  }
  EXPECT_EQ(orders.size(), std::size(kSeeds));
}

TEST_F(KernelTest, PoisonsSharedMemoryBeforeEachBlock) {
  const auto leak = kernel(R"(
extern "C" __global__ void leak(unsigned* at) {
  __shared__ unsigned slot;
  at[blockIdx.x] = slot;
  slot = 7;
}
)",
                           "leak");
  const Address at = allocate(64 * 4);
  ASSERT_EQ(launch(leak, 64, 1, at), Result::Success);
  EXPECT_EQ(get<unsigned>(at, 64), std::vector<unsigned>(64, ~0u));
}

// What a kernel does, and the error it must leave.
struct Crash {
  const char* name;
  const char* body;
  Result error;
};

class CrashTest : public Gpu, public testing::WithParamInterface<Crash> {};

TEST_P(CrashTest, IsReportedAndSticks) {
  const auto crash =
      kernel(std::string("extern \"C\" __global__ void crash(int* at) {\n  const int i = threadIdx.x;\n") +
                 GetParam().body + "\n}\n",
             "crash");
  const Address at = allocate(4096);
  for (const std::uint64_t seed : kSeeds) {
    control().set_seed(seed);
    testing::internal::CaptureStderr();
    ASSERT_EQ(launch(crash, 4, 64, at), Result::Success);
    EXPECT_EQ(driver().stream_synchronize(nullptr), GetParam().error);
    const std::string said = testing::internal::GetCapturedStderr();
    EXPECT_NE(said.find("kernel crash, block ("), std::string::npos) << said;
    Address other = 0;
    EXPECT_EQ(driver().allocate(&other, 16), GetParam().error);
    EXPECT_EQ(launch(crash, 1, 1, at), GetParam().error);
    control().clear_errors();
    put<int>(at, {1, 2, 3});
    EXPECT_EQ(get<int>(at, 3), (std::vector<int>{1, 2, 3}));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kernels, CrashTest,
    testing::Values(
        Crash{"BeyondTheEnd", "at[1024 + i] = 1;", Result::IllegalAddress},
        Crash{"BeforeTheStart", "at[-1024 * 1024 - i] = 1;", Result::IllegalAddress},
        Crash{"Null", "*(volatile int*)nullptr = i;", Result::IllegalAddress},
        Crash{"AfterABarrier", "__syncthreads(); if (i == 40) at[1 << 20] = 1;", Result::IllegalAddress},
        Crash{"Misaligned", "((uint4*)(at + 1))->x = i;", kMisalignedAddress},
        Crash{"HalfAtTheBarrier", "if (i % 2) __syncthreads();", Result::LaunchFailed},
        Crash{"OneLeavesEarly", "if (i == 33) return; __syncthreads();", Result::LaunchFailed},
        Crash{"WarpLeavesEarly", "if (i < 32) return; __syncthreads();", Result::LaunchFailed},
        Crash{"HalfShuffles", "if (i % 2) at[i] = __shfl_sync(0xffffffffu, i, 0);", Result::LaunchFailed},
        Crash{"NotInItsMask", "at[i] = __shfl_sync(0x1u, i, 0);", Result::LaunchFailed},
        Crash{"ShufflesAndVotes",
              "if (i % 2) at[i] = __shfl_sync(0xffffffffu, i, 0); else at[i] = __ballot_sync(0xffffffffu, i);",
              Result::LaunchFailed},
        Crash{"TwoMasks", "at[i] = __shfl_sync(i % 32 == 0 ? 0x3u : 0xffffffffu, i, 0);", Result::LaunchFailed},
        Crash{"Trap", "if (i == 1) __trap();", Result::LaunchFailed},
        Crash{"StackOverflow",
              "struct R { static int down(int n) { return n > 0 ? down(n - 1) + 1 : 0; } }; at[i] = R::down(1 << 20);",
              Result::LaunchFailed}),
    [](const auto& info) { return std::string(info.param.name); });

TEST_F(KernelTest, KeepTheLimitsOfTheDevice) {
  const auto reverse = kernel(kReverse, "reverse");
  Address at = allocate(4096 * 4);
  void* parameters[] = {&at};
  struct {
    unsigned grid[3], block[3], shared;
    Result expected;
  } const cases[] = {
      {{1, 1, 1}, {1025, 1, 1}, 0, Result::InvalidValue},  {{1, 1, 1}, {32, 33, 1}, 0, Result::InvalidValue},
      {{1, 1, 1}, {1, 1, 65}, 0, Result::InvalidValue},    {{0, 1, 1}, {1, 1, 1}, 0, Result::InvalidValue},
      {{1, 1, 1}, {0, 1, 1}, 0, Result::InvalidValue},     {{1, 65536, 1}, {1, 1, 1}, 0, Result::InvalidValue},
      {{1, 1, 65536}, {1, 1, 1}, 0, Result::InvalidValue}, {{1, 1, 1}, {1, 1, 1}, 49152, Result::InvalidValue},
      {{1, 1, 1}, {1024, 1, 1}, 0, Result::Success},       {{1, 1, 1}, {1, 1, 1}, 45056, Result::Success},
  };
  for (const auto& c : cases)
    EXPECT_EQ(driver().launch(reverse, c.grid[0], c.grid[1], c.grid[2], c.block[0], c.block[1], c.block[2], c.shared,
                              nullptr, parameters, nullptr),
              c.expected)
        << c.grid[0] << " " << c.block[0] << " " << c.shared;
  EXPECT_EQ(driver().launch(reverse, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr), Result::InvalidValue);
  const auto bounded = kernel("extern \"C\" __global__ void __launch_bounds__(128, 2) bounded(int* at) {}", "bounded");
  EXPECT_EQ(launch(bounded, 1, 128, at), Result::Success);
  EXPECT_EQ(launch(bounded, 1, 129, at), kLaunchOutOfResources);
}

TEST_F(KernelTest, RunsAMapOfIngot) {
  const auto map = kernel(golden("map_sqrt_plus_sin"), "map_sqrt_plus_sin");
  struct Params {
    std::int64_t shift, row;
    Address in, out;
  };
  constexpr std::size_t n = 3001;
  std::vector<double> x(n);
  for (std::size_t i = 0; i < n; ++i) x[i] = 0.37 * static_cast<double>(i);
  const Address in = allocate(n * 8), out = allocate(n * 8);
  put(in, x);
  ASSERT_EQ(launch(map, 6, 256, Params{0, n, in, out}), Result::Success);
  const auto y = get<double>(out, n);
  for (std::size_t i = 0; i < n; ++i) EXPECT_NEAR(y[i], std::sqrt(x[i]) + std::sin(x[i]), 1e-13 * (1 + y[i]));
  EXPECT_GT(nvrtc_counts().with_prelude + nvrtc_counts().from_disk, 0u) << "the end of the prelude is not recognised";
}

// Four blocks write partial sums; the last to finish joins them.
TEST_F(KernelTest, RunsAReductionOfIngotUnderEverySeed) {
  const auto sum = kernel(golden("row_sum_all"), "row_sum_all");
  struct Params {
    std::int64_t reduced;
    Address in, out;
    std::int64_t log_leaves, leaves;
    struct {
      std::uint32_t magic, shift, value, padding;
    } runs;
    Address tickets;
    std::int64_t log_run;
    Address partials;
  };
  constexpr std::size_t n = 100'000;
  std::vector<double> x(n);
  std::iota(x.begin(), x.end(), -3.0);
  const Address in = allocate(n * 8), out = allocate(8), tickets = allocate(4), partials = allocate(4 * 8);
  put(in, x);
  put<std::uint32_t>(tickets, {0});
  for (const std::uint64_t seed : kSeeds) {
    control().set_seed(seed);
    ASSERT_EQ(launch(sum, 4, 256, Params{n, in, out, 2, (n + 1023) / 1024, {0, 2, 4, 0}, tickets, 5, partials}),
              Result::Success);
    EXPECT_EQ(get<double>(out, 1)[0], std::accumulate(x.begin(), x.end(), 0.0));
    EXPECT_EQ(get<std::uint32_t>(tickets, 1)[0], 0u);
  }
}

// Run with FAKE_NVRTC_FLAGS=-fsanitize=address and the sanitizer's library preloaded: the entry fake_cuda.asan.
TEST(LongAddressSanitizerDeathTest, FindsAnAccessBehindAnArrayOfAThread) {
  const char* const flags = std::getenv("FAKE_NVRTC_FLAGS");
  if (flags == nullptr || std::string(flags).find("-fsanitize=address") == std::string::npos)
    GTEST_SKIP() << "kernels are not compiled with -fsanitize=address";
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto run = [] {
    class One : public Gpu {
     public:
      void TestBody() override {
        SetUp();
        const auto behind = kernel(R"(
extern "C" __global__ void behind(int* at) {
  int held[4] = {1, 2, 3, 4};
  at[threadIdx.x] = held[threadIdx.x];
}
)",
                                   "behind");
        launch(behind, 1, 5, allocate(32));
        driver().stream_synchronize(nullptr);
      }
    } one;
    one.TestBody();
    std::_Exit(0);
  };
  EXPECT_DEATH(run(), "stack-buffer-overflow");
}

}  // namespace
}  // namespace fake_cuda_test
