// What the software GPU counts, for kernels of which it is known; bad ones show.
#include "tests/fake_cuda/opened.h"

namespace fake_cuda_test {
namespace {

class TraceTest : public Gpu {
 protected:
  /// One block of 64 threads on 64 KiB, in two warps.
  FakeCudaBooks counted(const std::string& body) {
    const auto traced = kernel(
        "extern \"C\" __global__ void traced(double* at) {\n"
        "  __shared__ unsigned slots[33 * 32];\n"
        "  const int i = threadIdx.x;\n" +
            body + "\n}\n",
        "traced");
    const Address at = allocate(64 << 10);
    EXPECT_EQ(launch(traced, 1, 64, at), Result::Success);
    EXPECT_EQ(driver().stream_synchronize(nullptr), Result::Success);
    return books();
  }
};

TEST_F(TraceTest, CountsTheSectorsOfAWarp) {
  const FakeCudaBooks neighbours = counted("at[i] = 1;");
  EXPECT_EQ(neighbours.warp_accesses, 2u);
  EXPECT_EQ(neighbours.bytes_asked, 512u);
  EXPECT_EQ(neighbours.sectors, 16u);
  EXPECT_EQ(neighbours.sectors_least, 16u);
  EXPECT_EQ(neighbours.lanes_active, neighbours.lane_slots);
}

TEST_F(TraceTest, SeesStrides) {
  const FakeCudaBooks apart = counted("at[4 * i] = 1;");
  EXPECT_EQ(apart.bytes_asked, 512u);
  EXPECT_EQ(apart.sectors, 64u);
  EXPECT_EQ(apart.sectors_least, 16u);
}

TEST_F(TraceTest, SeesWhatIsNotAligned) {
  const FakeCudaBooks shifted = counted("at[i + 1] = 1;");
  EXPECT_EQ(shifted.sectors, 18u);
  EXPECT_EQ(shifted.sectors_least, 16u);
}

TEST_F(TraceTest, CountsAVectorAsOneAccess) {
  const FakeCudaBooks vectors = counted("uint4 v = ((const uint4*)at)[i]; ((uint4*)at)[64 + i] = v;");
  EXPECT_EQ(vectors.warp_accesses, 4u);
  EXPECT_EQ(vectors.bytes_asked, 2048u);
  EXPECT_EQ(vectors.sectors, 64u);
}

TEST_F(TraceTest, CountsWhatLanesShareOnce) {
  const FakeCudaBooks same = counted("volatile double x = at[0];");
  EXPECT_EQ(same.warp_accesses, 2u);
  EXPECT_EQ(same.bytes_asked, 16u);
  EXPECT_EQ(same.sectors, 2u);
}

// A loop that lanes leave at different times: the warp goes round as often as its last lane.
TEST_F(TraceTest, MatchesAccessesByTheirTime) {
  const FakeCudaBooks rounds = counted("for (int k = 0; k < 1 + i % 4; ++k) at[64 * k + i] = 1;");
  EXPECT_EQ(rounds.warp_accesses, 8u);
  EXPECT_EQ(rounds.bytes_asked, 8u * 2 * (32 + 24 + 16 + 8));
}

TEST_F(TraceTest, SeesIdleLanes) {
  const FakeCudaBooks one = counted("if (i == 0) for (int k = 0; k < 1000; ++k) at[k] = 1;");
  EXPECT_EQ(one.warp_accesses, 1000u);
  EXPECT_LT(static_cast<double>(one.lanes_active) / static_cast<double>(one.lane_slots), 0.05);
  const FakeCudaBooks all = counted("for (int k = 0; k < 16; ++k) at[64 * k + i] = 1;");
  EXPECT_EQ(all.lanes_active - one.lanes_active, all.lane_slots - one.lane_slots);
}

TEST_F(TraceTest, SeesBankConflicts) {
  const FakeCudaBooks column = counted("slots[i % 32 * 32] = i;");
  EXPECT_EQ(column.shared_accesses, 2u);
  EXPECT_EQ(column.wavefronts, 64u);
  EXPECT_EQ(column.wavefronts_least, 2u);
  control().reset_books();
  const FakeCudaBooks padded = counted("slots[i % 32 * 33] = i;");
  EXPECT_EQ(padded.wavefronts, 2u);
  control().reset_books();
  const FakeCudaBooks same = counted("volatile unsigned x = slots[7];");
  EXPECT_EQ(same.wavefronts, 2u);
  control().reset_books();
  const FakeCudaBooks wide = counted("((double*)slots)[i % 32 * 2] = i;");
  EXPECT_EQ(wide.wavefronts, 8u);
  EXPECT_EQ(wide.wavefronts_least, 4u);
}

// Guard pages do not see this.
TEST_F(TraceTest, FindsAnAccessThatLeavesItsAllocationByAByte) {
  const auto beyond = kernel("extern \"C\" __global__ void beyond(char* at) { at[threadIdx.x] = 1; }", "beyond");
  const Address at = allocate(1000);
  EXPECT_EQ(launch(beyond, 1, 1000, at), Result::Success);
  EXPECT_EQ(driver().stream_synchronize(nullptr), Result::Success);
  testing::internal::CaptureStderr();
  EXPECT_EQ(launch(beyond, 1, 1001, at), Result::Success);
  EXPECT_EQ(driver().stream_synchronize(nullptr), Result::IllegalAddress);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find("not all in one allocation"), std::string::npos) << said;
}

}  // namespace
}  // namespace fake_cuda_test
