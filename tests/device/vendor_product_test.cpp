// Matrix products by cuBLASLt, which libfake_cublasLt.so stands in for: right within their bound, by the calls that
// they should take, and by Ingot's kernels wherever that one fails.
#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "host/device/cublaslt.h"
#include "tests/device/on_device.h"
#include "tests/device/process.h"
#include "tests/fake_cuda/opened_cublaslt.h"
#include "tests/oracle/tensor.h"

namespace ingot {
namespace {

using fake_cuda_test::control;
using fake_cuda_test::cublaslt_counts;
using oracle::Tensor;

constexpr DType f16 = DType::Float16, bf16 = DType::BFloat16, f32 = DType::Float32, f64 = DType::Float64;

Array values(const Shape& shape, DType dtype, int seed = 1) {
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  std::vector<double> list(static_cast<std::size_t>(shape.numel()));
  for (double& x : list) x = static_cast<double>(static_cast<std::int64_t>(random() % 200'001) - 100'000) / 7919;
  return reshape(astype(array(std::span<const double>(list)), dtype), shape).eval();
}

std::uint64_t calls(const char* name) { return control().calls(name); }
std::uint64_t multiplied() { return calls("cublasLtMatmul"); }
std::uint64_t searched() { return calls("cublasLtMatmulAlgoGetHeuristic"); }

class VendorProducts : public tests::OnDevice {
 protected:
  void SetUp() override {
    OnDevice::SetUp();
    set_device_products(Products::Vendor);
    refused_ = cublaslt_counts().refused;
  }
  void TearDown() override {
    EXPECT_EQ(cublaslt_counts().refused, refused_) << "arguments that cuBLASLt would refuse";
    set_device_products(Products::Own);
    set_tf32(false);
    OnDevice::TearDown();
  }

  // What `make` gives by the calls of cuBLASLt's that it should take, without a launch or a copy; within the bound of
  // the host's values. u: what products and sums are rounded by, relative to the sum of sizes of the terms.
  template <class Make>
  void compare(const Array& a, const Array& b, Make make, std::uint64_t products, const std::string& what,
               double factor_of_u = 1) {
    SCOPED_TRACE(what);
    set_default_device(Device::cpu());
    const DType dtype = a.dtype();
    const auto terms = static_cast<double>(a.shape()[a.ndim() - 1]);
    const Tensor exact = oracle::values(make(astype(a, f64), astype(b, f64))),
                 sizes = oracle::values(make(abs(astype(a, f64)), abs(astype(b, f64)))),
                 host = oracle::values(make(a, b));
    set_default_device(Device::cuda(0));
    make(a, b).eval();  // brings the operands there, and finds algorithms
    const Array y = make(a, b);
    const std::uint64_t launches = books().launches, by_vendor = multiplied(), found = searched(),
                        waited = calls("cuStreamSynchronize") + calls("cuEventSynchronize");
    const Copied moved = copied([&] { y.eval(); });
    EXPECT_EQ(multiplied() - by_vendor, products);
    EXPECT_EQ(searched(), found) << "what was found before is used again";
    EXPECT_EQ(books().launches - launches, products == 0 ? 1u : 0u);
    EXPECT_EQ(moved, Copied{});
    EXPECT_EQ(calls("cuStreamSynchronize") + calls("cuEventSynchronize"), waited + 1) << "eval() does, at its end";
    const Tensor given = oracle::values(y);
    if (products == 0) {
      EXPECT_EQ(first_difference(given, host), -1);
      return;
    }
    const double u = factor_of_u * (dtype == f64 ? 0x1p-53 : 0x1p-24), rounding = dtype == f16    ? 0x1p-11
                                                                                  : dtype == bf16 ? 0x1p-8
                                                                                                  : 0;
    for (std::int64_t k = 0; k < given.size(); ++k) {
      const double error = std::abs(given[k].f - exact[k].f);
      ASSERT_LE(error, (terms + 2) * u * sizes[k].f * 2 + rounding * std::abs(exact[k].f)) << "element " << k;
    }
  }

 private:
  std::uint64_t refused_ = 0;
};

constexpr auto kMatmul = [](const Array& a, const Array& b) { return matmul(a, b); };

TEST_F(VendorProducts, AreNotMadeUnasked) {
  set_device_products(Products::Own);
  set_tf32(true);
  const std::uint64_t before = multiplied();
  const Array a = values({70, 80}, f32), b = values({80, 90}, f32, 2);
  set_default_device(Device::cpu());
  const Tensor host = oracle::values(matmul(a, b));
  set_default_device(Device::cuda(0));
  EXPECT_EQ(first_difference(oracle::values(matmul(a, b)), host), -1);
  EXPECT_EQ(multiplied(), before);
  EXPECT_EQ(explain(matmul(a, b + 1.0)).find("cuBLASLt"), std::string::npos);
}

TEST_F(VendorProducts, OfEveryShapeAndDtype) {
  struct Case {
    std::int64_t rows, terms, columns;
  };
  for (const Case& c : {Case{2, 3, 2}, Case{3, 5, 7}, Case{65, 300, 31}, Case{1, 200, 50}, Case{70, 257, 1}})
    for (const DType dtype : {f64, f32, f16, bf16})
      compare(values({c.rows, c.terms}, dtype), values({c.terms, c.columns}, dtype, 2), kMatmul, 1,
              std::string(name(dtype)) + " " + to_string(Shape{c.rows, c.terms, c.columns}));
}

TEST_F(VendorProducts, OfTransposedAndSlicedOperands) {
  for (const DType dtype : {f64, f32, f16}) {
    const Array a = values({90, 150}, dtype), b = values({90, 60}, dtype, 2), c = values({40, 150}, dtype, 3);
    compare(a.T(), b, kMatmul, 1, "left turned");
    compare(a, c.T(), kMatmul, 1, "right turned");
    compare(a.T(), b(Slice(), Slice(3, 40)), kMatmul, 1, "columns of the right one");
    compare(b.T(), a(Slice(), Slice(7, 8)), kMatmul, 1, "one column");
    compare(a(Slice(5, 70), Slice(1, 31)), c(Slice(), Slice(2, 32)).T(), kMatmul, 1, "parts of both");
    compare(a(Slice(0, 1)), c.T(), kMatmul, 1, "one row");
  }
}

TEST_F(VendorProducts, LeaveTheRestToKernels) {
  const Array a = values({90, 150}, f32), b = values({150, 60}, f32, 2);
  compare(a(Slice(), Slice(none, none, 3)), b(Slice(0, 50)), kMatmul, 0, "every third column");
  compare(a, flip(b, 0), kMatmul, 0, "backwards");
  compare(broadcast_to(a(Slice(0, 1)), {20, 150}), b, kMatmul, 0, "a broadcast row");
  compare(flip(values({3, 20, 30}, f32), 0), values({3, 30, 10}, f32, 2), kMatmul, 0, "a batch backwards");
  compare(values({2, 65, 1, 4, 5}, f64), values({2, 1, 3, 5, 4}, f64, 2), kMatmul, 0, "a batch of many calls");
  for (const DType dtype : {DType::Int32, DType::Int8, DType::Bool})
    compare(values({20, 30}, dtype), values({30, 40}, dtype, 2), kMatmul, 0, std::string(name(dtype)));
  const std::uint64_t before = multiplied();
  EXPECT_EQ(sum(matmul(zeros({4, 0}), zeros({0, 5})).eval()).item<double>(), 0.0);
  EXPECT_EQ(matmul(zeros({0, 4}), zeros({4, 5})).eval().size(), 0);
  EXPECT_EQ(matmul(zeros({2, 0, 4}), zeros({4, 5})).eval().size(), 0);
  EXPECT_EQ(multiplied(), before);
}

TEST_F(VendorProducts, OfBatches) {
  const Array a = values({3, 2, 20, 70}, f32), b = values({3, 2, 70, 30}, f32, 2), one = values({70, 30}, f32, 3);
  compare(a, b, kMatmul, 1, "alike");
  compare(a, one, kMatmul, 1, "one on the right");
  compare(one.T(), permute_dims(a, {0, 1, 3, 2}), kMatmul, 1, "one on the left");
  compare(a, b(Slice(1, 2)), kMatmul, 3, "broadcast along the outer axis");
  compare(a, b(Slice(), Slice(1, 2)), kMatmul, 1, "broadcast along the inner axis: more rows");
  compare(permute_dims(a, {1, 0, 2, 3}), permute_dims(b, {1, 0, 2, 3}), kMatmul, 2, "axes exchanged");
  const Array parts = permute_dims(values({20, 5, 64}, f16), {1, 0, 2});  // heads of rows
  compare(parts, permute_dims(values({20, 5, 64}, f16, 2), {1, 2, 0}), kMatmul, 1, "interleaved");
}

TEST_F(VendorProducts, OfComplexNumbers) {
  const Array re = values({20, 30}, f64), im = values({20, 30}, f64, 2),
              z = (re + im * std::complex<double>(0, 1)).eval();
  const std::uint64_t before = multiplied();
  const Tensor given = oracle::values(real(matmul(z, z.T())));
  set_default_device(Device::cpu());
  const Tensor host = oracle::values(real(matmul(z, z.T())));
  for (std::int64_t k = 0; k < given.size(); ++k) ASSERT_NEAR(given[k].f, host[k].f, 1e-9);
  EXPECT_EQ(multiplied() - before, 1u) << "one product of real matrices";
}

TEST_F(VendorProducts, RoundToTf32OnlyWhenAsked) {
  const Array a = values({33, 100}, f32), b = values({100, 40}, f32, 2);
  compare(a, b, kMatmul, 1, "float32");
  EXPECT_NE(explain(matmul(a, b + 1.0)).find("by cuBLASLt, or by"), std::string::npos);
  const std::uint64_t before = cublaslt_counts().by_tf32;
  const Tensor precise = oracle::values(matmul(a, b));
  set_tf32(true);
  EXPECT_NE(explain(matmul(a, b + 1.0)).find("by cuBLASLt in TF32, or by"), std::string::npos);
  compare(a, b, kMatmul, 1, "TF32", 0x1p13);
  EXPECT_EQ(cublaslt_counts().by_tf32 - before, 2u);
  EXPECT_NE(first_difference(oracle::values(matmul(a, b)), precise), -1);
  compare(astype(a, f64).eval(), astype(b, f64).eval(), kMatmul, 1, "float64 is not rounded");
  compare(astype(a, f16).eval(), astype(b, f16).eval(), kMatmul, 1, "float16 is not rounded");
}

TEST_F(VendorProducts, AreOrderedWithWhatMakesAndReadsThem) {
  const Array a = values({64, 96}, f64), b = values({96, 64}, f64, 2);
  set_default_device(Device::cpu());
  const auto chain = [&] { return sum(matmul(matmul(a * 2.0, b + 1.0) - 3.0, a), 0); };
  const std::vector<double> expected = chain().to_vector<double>();
  set_default_device(Device::cuda(0));
  for (const std::uint64_t seed : {1, 2, 3, 20261128}) {
    control().set_seed(seed);
    const std::uint64_t before = multiplied();
    const std::vector<double> given = chain().to_vector<double>();
    EXPECT_EQ(multiplied() - before, 2u);
    for (std::size_t k = 0; k < given.size(); ++k)
      ASSERT_NEAR(given[k], expected[k], 1e-12 * 96 * 64 * 1e6) << "seed " << seed;
  }
  control().set_seed(1);
}

TEST_F(VendorProducts, FindAnAlgorithmOnceForAClass) {
  const Array a = values({37, 41}, f32), b = values({41, 43}, f32, 2), c = values({41, 43}, f32, 3);
  matmul(a, b).eval();
  const std::uint64_t before = searched();
  matmul(a, c).eval();
  matmul(a + 1.0, b).eval();
  EXPECT_EQ(searched(), before);
  matmul(a, b(Slice(), Slice(1, 43))).eval();  // less aligned, and a column less
  EXPECT_EQ(searched(), before + 1);
  set_tf32(true);
  matmul(a + 2.0, b).eval();
  EXPECT_EQ(searched(), before + 2);
}

TEST_F(VendorProducts, TakeTheirWorkspaceFromThePool) {
  const Array a = values({16, 128}, f64), b = values({128, 16}, f64, 2);
  compare(a, b, kMatmul, 1, "with a workspace");
  const std::uint64_t before = cublaslt_counts().with_workspace, allocated = books().allocations;
  for (int k = 0; k < 5; ++k) matmul(a + static_cast<double>(k), b).eval();
  EXPECT_EQ(cublaslt_counts().with_workspace - before, 5u);
  EXPECT_LE(books().allocations - allocated, 2u) << "results, and no workspace more than the first";
  // Without room for it, Ingot's kernels need none.
  const cuda::MemoryUse use = cuda::Gpu::get(0).memory_use();
  cuda::Gpu::get(0).release_cached();
  set_memory_budget(Device::cuda(0), use.in_use + 32 * 1024);
  const std::uint64_t products = multiplied();
  set_default_device(Device::cpu());
  const Tensor host = oracle::values(matmul(a, b));
  set_default_device(Device::cuda(0));
  EXPECT_EQ(first_difference(oracle::values(matmul(a, b)), host), -1);
  EXPECT_EQ(multiplied(), products);
}

TEST_F(VendorProducts, OnEveryDevice) {
  for (int k = 0; k < 3; ++k) {
    set_default_device(Device::cuda(k));
    const std::uint64_t before = multiplied();
    const Array a = values({11, 13}, f64, 10 + k), b = values({13, 17}, f64, 20 + k);
    const std::vector<double> given = matmul(a, b).to_vector<double>();
    set_default_device(Device::cpu());
    const std::vector<double> host = matmul(a, b).to_vector<double>();
    for (std::size_t i = 0; i < host.size(); ++i) ASSERT_NEAR(given[i], host[i], 1e-11);
    EXPECT_EQ(multiplied() - before, 1u);
  }
  EXPECT_EQ(cublaslt_counts().handles, 3u);
}

// Each call in turn: the kernels' result, which is the host's, and nothing is left over.
TEST_F(VendorProducts, FailuresAreSurvivedAtEveryCall) {
  const char* const kCalls[] = {"cublasLtMatmulDescCreate",       "cublasLtMatmulDescSetAttribute",
                                "cublasLtMatrixLayoutCreate",     "cublasLtMatrixLayoutSetAttribute",
                                "cublasLtMatmulPreferenceCreate", "cublasLtMatmulPreferenceSetAttribute",
                                "cublasLtMatmulAlgoGetHeuristic", "cublasLtMatmul"};
  const auto product = [](const Array& a, const Array& b) { return matmul(a, permute_dims(b, {0, 2, 1})); };
  int size = 5;
  for (const char* const call : kCalls)
    for (unsigned nth = 1;; ++nth) {
      SCOPED_TRACE(std::string(call) + ", call " + std::to_string(nth));
      ++size;  // another class each time: all calls are made
      const Array a = values({2, 9, size}, f32, size), b = values({2, 12, size}, f32, size + 1);
      set_default_device(Device::cpu());
      const Tensor host = oracle::values(product(a, b));
      set_default_device(Device::cuda(0));
      const std::uint64_t descriptors = cublaslt_counts().descriptors, before = calls(call);
      control().fail(call, nth, 14);
      const Tensor given = oracle::values(product(a, b));
      control().clear_failures();
      const bool failed = calls(call) - before >= nth;
      if (failed) {
        EXPECT_EQ(first_difference(given, host), -1);
        const bool planned = std::string(call) == "cublasLtMatmul";
        EXPECT_EQ(cublaslt_counts().descriptors, descriptors + (planned ? 4 : 0));
      } else {
        EXPECT_EQ(cublaslt_counts().descriptors, descriptors + 4) << "a product and its matrices, kept";
      }
      const std::uint64_t products = multiplied();
      product(a + 0.0, b).eval();
      EXPECT_EQ(multiplied() - products, 1u) << "the next one works";
      if (!failed) break;
    }
  EXPECT_TRUE(is_available(Device::cuda(0)));
}

TEST_F(VendorProducts, WithoutAnAlgorithmAreLeftToKernels) {
  const Array a = values({23, 29}, f64), b = values({29, 31}, f64, 2);
  set_default_device(Device::cpu());
  const Tensor host = oracle::values(matmul(a, b));
  set_default_device(Device::cuda(0));
  control().fail("cublasLtMatmulAlgoGetHeuristic", 1, static_cast<int>(cuda::lt::Status::NotSupported));
  testing::internal::CaptureStderr();
  for (int k = 0; k < 2; ++k) EXPECT_EQ(first_difference(oracle::values(matmul(a, b)), host), -1);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "that is no failure";
}

// ---- Processes of their own ----

// What is asked for in the environment, on this program's first product.
TEST(VendorProgram, DISABLED_Multiplies) {
  const Array a = values({20, 30}, f32), b = values({30, 40}, f32, 2);
  set_default_device(Device::cpu());
  const Tensor host = oracle::values(matmul(a, b));
  set_default_device(Device::cuda(0));
  const Tensor given = oracle::values(matmul(a, b)), again = oracle::values(matmul(a, b));
  EXPECT_EQ(first_difference(given, again), -1);
  std::printf("products: %s, tf32: %d, same bits: %d\n", device_products() == Products::Vendor ? "vendor" : "own",
              tf32() ? 1 : 0, first_difference(given, host) == -1 ? 1 : 0);
}

tests::Ended run_program(std::map<std::string, std::string> environment) {
  return tests::run_case("VendorProgram.DISABLED_Multiplies", environment);
}

TEST(VendorEnvironment, ChoosesAtFirst) {
  const tests::Ended own = run_program({{"INGOT_DEVICE_PRODUCTS", "own"}, {"INGOT_TF32", "0"}});
  EXPECT_NE(own.output.find("products: own, tf32: 0, same bits: 1"), std::string::npos) << own.output;
  const tests::Ended vendor = run_program({{"INGOT_DEVICE_PRODUCTS", "vendor"}, {"INGOT_TF32", "1"}});
  EXPECT_NE(vendor.output.find("products: vendor, tf32: 1, same bits: 0"), std::string::npos) << vendor.output;
  EXPECT_EQ(own.status + vendor.status, 0);
  const tests::Ended wrong = run_program({{"INGOT_DEVICE_PRODUCTS", "fast"}});
  EXPECT_NE(wrong.output.find("INGOT_DEVICE_PRODUCTS is \"fast\"; expected own or vendor"), std::string::npos)
      << wrong.output;
  const tests::Ended neither = run_program({{"INGOT_TF32", "yes"}});
  EXPECT_NE(neither.output.find("INGOT_TF32 is \"yes\"; expected 0 or 1"), std::string::npos) << neither.output;
}

TEST(VendorEnvironment, WithoutTheLibraryKernelsMultiply) {
  const tests::Ended ended =
      run_program({{"INGOT_DEVICE_PRODUCTS", "vendor"}, {"INGOT_LIBCUBLASLT", "/nowhere/libcublasLt.so"}});
  EXPECT_EQ(ended.status, 0) << ended.output;
  EXPECT_NE(ended.output.find("same bits: 1"), std::string::npos) << ended.output;
  const std::string told = "no cuBLASLt: /nowhere/libcublasLt.so";
  const auto first = ended.output.find(told);
  ASSERT_NE(first, std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("(INGOT_LIBCUBLASLT); Ingot's kernels multiply instead", first), std::string::npos);
  EXPECT_EQ(ended.output.find(told, first + 1), std::string::npos) << "once";
}

TEST(VendorEnvironment, AHandleThatCannotBeMadeIsSurvived) {
  const tests::Ended ended =
      run_program({{"INGOT_DEVICE_PRODUCTS", "vendor"}, {"FAKE_CUDA", "devices=3,fail=cublasLtCreate:1:3"}});
  EXPECT_EQ(ended.status, 1) << "the second product is cuBLASLt's, and has other bits\n" << ended.output;
  EXPECT_NE(ended.output.find("cuda(0): cublasLtCreate failed with CUBLAS_STATUS_ALLOC_FAILED for 1 of (20, 30) x "
                              "(30, 40) of float32; Ingot's kernels multiply instead"),
            std::string::npos)
      << ended.output;
  EXPECT_NE(ended.output.find("same bits: 1"), std::string::npos) << ended.output;
}

TEST(VendorEnvironment, ALostDeviceIsAnError) {
  const tests::Ended ended =
      run_program({{"INGOT_DEVICE_PRODUCTS", "vendor"}, {"FAKE_CUDA", "devices=3,lose=cublasLtMatmul:1:719"}});
  EXPECT_EQ(ended.status, 1) << ended.output;
  EXPECT_NE(ended.output.find("cuda(0) is lost to this process"), std::string::npos) << ended.output;
}

}  // namespace
}  // namespace ingot
