// libfake_cublasLt.so: what it computes, and that it refuses what cuBLASLt may not survive.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "opened.h"
#include "opened_cublaslt.h"

namespace fake_cuda_test {
namespace {

using namespace ingot::cuda::lt;

constexpr Status kInvalidValue{7};

// d = a b of 3 x 5 and 5 x 2 matrices of float32, whose parts a test changes before it runs.
class CublasLtTest : public Gpu {
 protected:
  struct Matrix {
    std::uint64_t rows, columns;
    std::int64_t leading, step = 0;
  };
  struct Asked {
    Type type = Type::Float32, scale = Type::Float32;
    Compute compute = Compute::Float32;
    Matrix a{3, 5, 3}, b{5, 2, 5}, d{3, 2, 3};
    std::int32_t turn_a = 0, turn_b = 0, count_a = 1, count = 1;
    std::uint32_t alignment = 256;
    std::uint64_t workspace = 0;
  };

  void SetUp() override {
    Gpu::SetUp();
    ASSERT_EQ(cublaslt().create(&handle_), Status::Success);
    before_ = cublaslt_counts().descriptors;
  }
  void TearDown() override {
    EXPECT_EQ(cublaslt().destroy(handle_), Status::Success);
    EXPECT_EQ(cublaslt_counts().descriptors, before_);
    EXPECT_EQ(cublaslt_counts().handles, 0u);
    Gpu::TearDown();
  }

  // The descriptors of what is asked, and an algorithm for it.
  struct Made {
    Operation operation = nullptr;
    Layout a = nullptr, b = nullptr, d = nullptr;
    Found found{};
    Status status{};
    Made() = default;
    Made(const Made&) = delete;
    Made& operator=(const Made&) = delete;
    ~Made() {
      cublaslt().operation_destroy(operation);
      for (const Layout layout : {a, b, d}) cublaslt().layout_destroy(layout);
    }
  };
  void make(Made& made, const Asked& asked) {
    const Functions& f = cublaslt();
    EXPECT_EQ(f.operation_create(&made.operation, asked.compute, asked.scale), Status::Success);
    const auto turn = [&](OperationAttribute which, const std::int32_t& value) {
      EXPECT_EQ(f.operation_set(made.operation, which, &value, sizeof value), Status::Success);
    };
    turn(OperationAttribute::TransposeA, asked.turn_a);
    turn(OperationAttribute::TransposeB, asked.turn_b);
    const auto layout = [&](Layout& to, const Matrix& m, std::int32_t count) {
      EXPECT_EQ(f.layout_create(&to, asked.type, m.rows, m.columns, m.leading), Status::Success);
      EXPECT_EQ(f.layout_set(to, LayoutAttribute::BatchCount, &count, sizeof count), Status::Success);
      EXPECT_EQ(f.layout_set(to, LayoutAttribute::BatchStep, &m.step, sizeof m.step), Status::Success);
    };
    layout(made.a, asked.a, asked.count_a);
    layout(made.b, asked.b, asked.count);
    layout(made.d, asked.d, asked.count);
    Preference preference = nullptr;
    EXPECT_EQ(f.preference_create(&preference), Status::Success);
    EXPECT_EQ(f.preference_set(preference, PreferenceAttribute::Workspace, &asked.workspace, sizeof asked.workspace),
              Status::Success);
    for (const auto which : {PreferenceAttribute::AlignmentA, PreferenceAttribute::AlignmentB,
                             PreferenceAttribute::AlignmentC, PreferenceAttribute::AlignmentD})
      EXPECT_EQ(f.preference_set(preference, which, &asked.alignment, sizeof asked.alignment), Status::Success);
    int count = 0;
    made.status = f.find(handle_, made.operation, made.a, made.b, made.d, made.d, preference, 1, &made.found, &count);
    EXPECT_EQ(count, made.status == Status::Success ? 1 : 0);
    EXPECT_EQ(f.preference_destroy(preference), Status::Success);
  }
  Status found_for(const Asked& asked) {
    Made made;
    make(made, asked);
    return made.status;
  }
  Status run(const Made& made, Address a, Address b, Address d, Stream in, Address workspace = 0,
             std::size_t bytes = 0) {
    const float one = 1, zero = 0;
    const auto at = [](Address address) { return reinterpret_cast<void*>(address); };
    return cublaslt().multiply(handle_, made.operation, &one, at(a), made.a, at(b), made.b, &zero, at(d), made.d, at(d),
                               made.d, &made.found.algorithm, at(workspace), bytes, in);
  }

  Handle handle_ = nullptr;
  std::uint64_t before_ = 0;
};

TEST_F(CublasLtTest, MultipliesInTheOrderOfItsStream) {
  const std::vector<float> a = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, b = {1, 0, 0, 0, 2, 0, 1, 0, -1, 0};
  Made made;
  make(made, {});
  const Address x = allocate(60), y = allocate(40), d = allocate(24);
  for (const std::uint64_t seed : kSeeds) {
    control().set_seed(seed);
    const Stream s = stream();
    ASSERT_EQ(driver().copy_in(x, a.data(), 60, s), Result::Success);
    ASSERT_EQ(driver().copy_in(y, b.data(), 40, s), Result::Success);
    ASSERT_EQ(run(made, x, y, d, s), Status::Success);
    std::vector<float> given(6);
    ASSERT_EQ(driver().copy_out(given.data(), d, 24, s), Result::Success);
    ASSERT_EQ(driver().stream_synchronize(s), Result::Success);
    EXPECT_EQ(given, (std::vector<float>{27, 30, 33, -6, -6, -6})) << "seed " << seed;
  }
}

TEST_F(CublasLtTest, MultipliesBatchesOfTurnedMatrices) {
  // Rows of a and b one after another, three of each, b the same for all.
  Asked asked;
  asked.a = {2, 2, 2, 4};
  asked.b = {2, 1, 2, 0};
  asked.d = {2, 1, 2, 2};
  asked.turn_a = 1;
  asked.count = asked.count_a = 3;
  Made made;
  make(made, asked);
  const Address x = allocate(48), y = allocate(8), d = allocate(24);
  put(x, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12});
  put(y, std::vector<float>{1, 10});
  ASSERT_EQ(run(made, x, y, d, nullptr), Status::Success);
  EXPECT_EQ(get<float>(d, 6), (std::vector<float>{21, 43, 65, 87, 109, 131}));
}

TEST_F(CublasLtTest, RefusesWhatDoesNotFit) {
  EXPECT_EQ(found_for({}), Status::Success);
  const std::uint64_t refused = cublaslt_counts().refused;
  std::uint64_t tried = 0;
  const auto refuses = [&](auto change, const char* what) {
    Asked asked;
    change(asked);
    EXPECT_EQ(found_for(asked), kInvalidValue) << what;
    ++tried;
  };
  refuses([](Asked& a) { a.a.leading = 2; }, "a leading dimension below the rows");
  refuses([](Asked& a) { a.b.rows = 4; }, "terms that differ");
  refuses([](Asked& a) { a.turn_a = 1; }, "a turned matrix of other extents");
  refuses([](Asked& a) { a.a = {3, 0, 3}; }, "no terms");
  refuses([](Asked& a) { a.count_a = 2; }, "batches that differ");
  refuses([](Asked& a) { a.count = a.count_a = 2; }, "results on top of each other");
  refuses([](Asked& a) { a.a.step = -15; }, "a negative step");
  refuses([](Asked& a) { a.type = Type::Float64; }, "float64 added as float32");
  refuses([](Asked& a) { a.scale = Type::Float64; }, "factors of another type");
  refuses([](Asked& a) { a.type = Type::Float16, a.compute = Compute::Tf32; }, "float16 as TF32");
  refuses([](Asked& a) { a.compute = Compute{1}; }, "an unknown type to compute in");
  EXPECT_EQ(cublaslt_counts().refused - refused, tried);
}

TEST_F(CublasLtTest, RefusesWrongAddresses) {
  Made made;
  Asked asked;
  asked.workspace = 4096;
  asked.a = {3, 64, 3};
  asked.b = {64, 2, 64};
  make(made, asked);
  EXPECT_EQ(made.found.workspace, 4096u);
  const Address x = allocate(768 + 256), y = allocate(512 + 256), d = allocate(24 + 256), w = allocate(8192);
  const auto run_at = [&](Address a, Address b, Address to, Address workspace, std::size_t bytes) {
    return run(made, a, b, to, nullptr, workspace, bytes);
  };
  EXPECT_EQ(run_at(x, y, d, w, 4096), Status::Success);
  EXPECT_EQ(run_at(x + 4, y, d, w, 4096), kInvalidValue) << "less aligned than asked for";
  EXPECT_EQ(run_at(x + 512, y, d, w, 4096), kInvalidValue) << "beyond the allocation";
  EXPECT_EQ(run_at(x, 0, d, w, 4096), kInvalidValue);
  EXPECT_EQ(run_at(x, y, x, w, 4096), kInvalidValue) << "a result where an operand is";
  EXPECT_EQ(run_at(x, y, d, 0, 4096), kInvalidValue);
  EXPECT_EQ(run_at(x, y, d, w, 4095), kInvalidValue);
  EXPECT_EQ(run_at(x, y, d, w + 16, 4096), kInvalidValue);
  float host[256] = {};
  EXPECT_EQ(run_at(x, reinterpret_cast<Address>(host) & ~Address{255}, d, w, 4096), kInvalidValue);
}

TEST_F(CublasLtTest, RefusesWhatIsGoneOrAnothers) {
  Made made, other;
  make(made, {});
  Asked wide;
  wide.d.leading = 4;
  make(other, wide);
  const Address x = allocate(60), y = allocate(40), d = allocate(32);
  EXPECT_EQ(run(made, x, y, d, nullptr), Status::Success);
  std::swap(made.found, other.found);
  EXPECT_EQ(run(made, x, y, d, nullptr), kInvalidValue) << "found for another product";
  std::swap(made.found, other.found);
  made.found.algorithm.data[0] = 0;
  EXPECT_EQ(run(made, x, y, d, nullptr), kInvalidValue) << "never found";
  Stream gone = nullptr;
  ASSERT_EQ(driver().stream_create(&gone, 1), Result::Success);
  ASSERT_EQ(driver().stream_destroy(gone), Result::Success);
  EXPECT_EQ(run(other, x, y, d, gone), kInvalidValue);
  EXPECT_EQ(cublaslt().layout_destroy(other.a), Status::Success);
  EXPECT_EQ(run(other, x, y, d, nullptr), kInvalidValue);
  EXPECT_EQ(cublaslt().layout_destroy(other.a), kInvalidValue);
  const std::int64_t wrong_size = 1;
  EXPECT_EQ(cublaslt().layout_set(other.b, LayoutAttribute::BatchCount, &wrong_size, sizeof wrong_size), kInvalidValue);
}

TEST_F(CublasLtTest, RefusesFreedMemory) {
  Made made;
  make(made, {});
  const Address y = allocate(40), d = allocate(24);
  Address x = 0;
  ASSERT_EQ(driver().allocate(&x, 60), Result::Success);
  ASSERT_EQ(driver().free(x), Result::Success);
  EXPECT_EQ(run(made, x, y, d, nullptr), kInvalidValue);
}

TEST_F(CublasLtTest, FailsWhenOrdered) {
  Made made;
  make(made, {});
  const Address x = allocate(60), y = allocate(40), d = allocate(24);
  control().fail("cublasLtMatmul", 2, 13);
  EXPECT_EQ(run(made, x, y, d, nullptr), Status::Success);
  EXPECT_EQ(run(made, x, y, d, nullptr), Status{13});
  EXPECT_EQ(run(made, x, y, d, nullptr), Status::Success);
  EXPECT_EQ(control().calls("cublasLtMatmul"), 3u);
}

}  // namespace
}  // namespace fake_cuda_test
