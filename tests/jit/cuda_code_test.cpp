// CUDA kernels through the NVRTC there is, which needs no GPU; skipped where there is none.
#include "host/jit/cuda_code.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "host/base/config.h"
#include "host/base/error.h"
#include "host/jit/background.h"
#include "host/jit/kernels.h"
#include "host/jit/nvrtc.h"

namespace ingot::jit {
namespace {

// y = f(f(... x)), told apart by its length.
ir::Kernel chain(int length, Op op = Op::sin) {
  ir::Kernel kernel;
  kernel.reduced = {false};
  kernel.body.inputs.push_back({DType::Float64, ir::Access::Contiguous, false});
  kernel.body.code.push_back({ir::Code::Load, {}, DType::Float64, 0, {}});
  for (int i = 0; i < length; ++i)
    kernel.body.code.push_back({ir::Code::Apply, op, DType::Float64, 0, {static_cast<std::uint16_t>(i), 0, 0}});
  kernel.body.stores.push_back({static_cast<std::uint16_t>(length), {DType::Float64, ir::Access::Contiguous, false}});
  ir::verify(kernel);
  return kernel;
}

class CudaCode : public testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    if (cuda::nvrtc_version(&reason).empty()) GTEST_SKIP() << reason;
    before_ = std::exchange(config().cache_dir, "/dev/null/no-cache");
  }
  void TearDown() override { config().cache_dir = before_; }

 private:
  std::string before_ = config().cache_dir;
};

TEST_F(CudaCode, IsCompiledForSeveralKernelsThoughOneFails) {
  std::vector<std::shared_ptr<CudaKernel>> kernels;
  for (int length = 1; length <= 3; ++length)
    kernels.push_back(std::make_shared<CudaKernel>(cuda::emit(chain(length, Op::sqrt), cuda::Options{}), 90));
  kernels.insert(kernels.begin() + 1,
                 std::make_shared<CudaKernel>(cuda::emit(chain(4, Op::sqrt), cuda::Options{.name = "not a name"}), 90));
  EXPECT_THROW(compile(kernels), DeviceError);
  for (std::size_t k = 0; k < kernels.size(); ++k) {
    EXPECT_EQ(kernels[k]->code().empty(), k == 1);
    EXPECT_EQ(kernels[k]->has_failed(), k == 1);
  }
}

TEST_F(CudaCode, IsOneForEqualKernels) {
  EXPECT_EQ(cuda_kernel(chain(2), {}, 90), cuda_kernel(chain(2), {}, 90));
  EXPECT_NE(cuda_kernel(chain(2), {}, 90), cuda_kernel(chain(2), {}, 100));
  EXPECT_NE(cuda_kernel(chain(2), {}, 90), cuda_kernel(chain(3), {}, 90));
}

TEST_F(CudaCode, IsMadeInTheBackgroundOnceForThoseWhoAsk) {
  const auto kernel = std::make_shared<CudaKernel>(cuda::emit(chain(5, Op::sqrt), cuda::Options{}), 90);
  const std::int64_t before = counters().compiles;
  for (int i = 0; i < 5; ++i) compile_later({kernel});
  finish_background();
  EXPECT_TRUE(kernel->find());
  EXPECT_EQ(counters().compiles, before + 1);
}

TEST_F(CudaCode, IsPtxForADeviceThatNvrtcDoesNotKnow) {
  const std::string newer = cuda::compile(cuda::emit(chain(1, Op::sqrt), {}), 9990),
                    known = cuda::compile(cuda::emit(chain(1, Op::sqrt), {}), 90);
  if (known.substr(1, 3) != "ELF") GTEST_SKIP() << "this NVRTC makes no cubins: it is a stand-in";
  EXPECT_NE(newer.find(".target sm_"), std::string::npos) << newer.substr(0, 500);
}

// The process may end while NVRTC compiles: it then still has what it works with.
TEST_F(CudaCode, LetsTheProcessEndWhileItIsCompiled) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const int milliseconds : {0, 5, 20, 60})
    EXPECT_EXIT(
        {
          compile_later({std::make_shared<CudaKernel>(cuda::emit(chain(40), cuda::Options{.name = "at_exit"}), 90),
                         std::make_shared<CudaKernel>(cuda::emit(chain(41), cuda::Options{.name = "at_exit"}), 90)});
          std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
          std::exit(0);
        },
        testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace ingot::jit
