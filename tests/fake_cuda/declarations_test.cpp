// Ingot's own declarations of the driver, of NVRTC and of cuBLASLt against those of the toolkit, where it is installed:
// a build that gets this far has compared them.
#include <cublasLt.h>
#include <cuda.h>
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <nvrtc.h>

#include <cstddef>
#include <type_traits>

#include "host/device/cublaslt_types.h"
#include "host/device/driver.h"

namespace fake_cuda_test {
namespace {

template <class T>
using Number = typename std::conditional_t<std::is_enum_v<T>, std::underlying_type<T>, std::type_identity<T>>::type;

// Whether two types are passed alike: handles are pointers to structs that nobody has seen, and enums are integers.
template <class A, class B>
constexpr bool alike() {
  if constexpr (std::is_pointer_v<A> && std::is_pointer_v<B>) {
    using P = std::remove_pointer_t<A>;
    using Q = std::remove_pointer_t<B>;
    if constexpr (std::is_const_v<P> != std::is_const_v<Q>)
      return false;
    else if constexpr (std::is_void_v<P> || std::is_void_v<Q>)
      return std::is_void_v<P> && std::is_void_v<Q>;
    else if constexpr (std::is_class_v<std::remove_const_t<P>>)
      return std::is_class_v<std::remove_const_t<Q>>;
    else
      return alike<std::remove_const_t<P>, std::remove_const_t<Q>>();
  } else if constexpr (std::is_pointer_v<A> || std::is_pointer_v<B>) {
    return false;
  } else {
    using X = Number<A>;
    using Y = Number<B>;
    const bool enums = std::is_enum_v<A> && std::is_enum_v<B>;
    return std::is_integral_v<X> && std::is_integral_v<Y> && sizeof(X) == sizeof(Y) &&
           (enums || std::is_signed_v<X> == std::is_signed_v<Y>);
  }
}

template <class A, class B>
struct Alike : std::false_type {};
template <class R, class... A, class S, class... B>
struct Alike<R(A...), S(B...)> {
  static constexpr bool arguments() {
    if constexpr (sizeof...(A) == sizeof...(B))
      return (true && ... && alike<A, B>());
    else
      return false;
  }
  static constexpr bool value = sizeof(R) == sizeof(S) && arguments();
};

static_assert(Alike<int(const char*, unsigned), CUresult(const char*, unsigned)>::value);
static_assert(!Alike<int(char*, unsigned), CUresult(const char*, unsigned)>::value);
static_assert(!Alike<int(int*), CUresult(std::size_t*)>::value);
static_assert(!Alike<int(CUstream*), CUresult(CUstream)>::value);
static_assert(!Alike<int(int), CUresult(int, int)>::value);

using namespace ingot::cuda;

// driver.def, with its names as such.
#define INGOT_DRIVER(member, name, ...) \
  static_assert(Alike<Result(__VA_ARGS__), decltype(name)>::value, #name " is not declared as cuda.h has it");
#include "driver_names.def"

using Program = struct ProgramOf*;
#define INGOT_NVRTC(member, name, ...) \
  static_assert(Alike<int(__VA_ARGS__), decltype(name)>::value, #name " is not declared as nvrtc.h has it");
#include "host/jit/nvrtc.def"

namespace of_cublaslt {
using namespace ingot::cuda::lt;
#define INGOT_CUBLASLT(member, name, ...) \
  static_assert(Alike<Status(__VA_ARGS__), decltype(name)>::value, #name " is not declared as cublasLt.h has it");
#include "host/device/cublaslt.def"
static_assert(Alike<const char*(Status), decltype(cublasLtGetStatusName)>::value);

using Theirs = cublasLtMatmulHeuristicResult_t;
static_assert(sizeof(Algorithm) == sizeof(cublasLtMatmulAlgo_t) && alignof(Algorithm) == alignof(cublasLtMatmulAlgo_t));
static_assert(sizeof(Found) == sizeof(Theirs) && alignof(Found) == alignof(Theirs));
static_assert(offsetof(Found, algorithm) == offsetof(Theirs, algo));
static_assert(offsetof(Found, workspace) == offsetof(Theirs, workspaceSize));
static_assert(offsetof(Found, status) == offsetof(Theirs, state));
static_assert(offsetof(Found, waves) == offsetof(Theirs, wavesCount));
}  // namespace of_cublaslt

struct Value {
  const char* name;
  int ours, toolkits;
};

TEST(Declarations, HaveTheToolkitsValues) {
  const Value values[] = {
      {"SUCCESS", static_cast<int>(Result::Success), CUDA_SUCCESS},
      {"INVALID_VALUE", static_cast<int>(Result::InvalidValue), CUDA_ERROR_INVALID_VALUE},
      {"OUT_OF_MEMORY", static_cast<int>(Result::OutOfMemory), CUDA_ERROR_OUT_OF_MEMORY},
      {"DEINITIALIZED", static_cast<int>(Result::Deinitialized), CUDA_ERROR_DEINITIALIZED},
      {"NO_DEVICE", static_cast<int>(Result::NoDevice), CUDA_ERROR_NO_DEVICE},
      {"INVALID_IMAGE", static_cast<int>(Result::InvalidImage), CUDA_ERROR_INVALID_IMAGE},
      {"NOT_READY", static_cast<int>(Result::NotReady), CUDA_ERROR_NOT_READY},
      {"ILLEGAL_ADDRESS", static_cast<int>(Result::IllegalAddress), CUDA_ERROR_ILLEGAL_ADDRESS},
      {"LAUNCH_FAILED", static_cast<int>(Result::LaunchFailed), CUDA_ERROR_LAUNCH_FAILED},
      {"UNKNOWN", static_cast<int>(Result::Unknown), CUDA_ERROR_UNKNOWN},
      {"MAX_THREADS_PER_BLOCK", static_cast<int>(Attribute::MaxThreadsPerBlock),
       CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK},
      {"CLOCK_RATE", static_cast<int>(Attribute::ClockRate), CU_DEVICE_ATTRIBUTE_CLOCK_RATE},
      {"MULTIPROCESSOR_COUNT", static_cast<int>(Attribute::Multiprocessors), CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT},
      {"MEMORY_CLOCK_RATE", static_cast<int>(Attribute::MemoryClockRate), CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE},
      {"GLOBAL_MEMORY_BUS_WIDTH", static_cast<int>(Attribute::MemoryBusWidth),
       CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH},
      {"L2_CACHE_SIZE", static_cast<int>(Attribute::L2CacheBytes), CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE},
      {"COMPUTE_CAPABILITY_MAJOR", static_cast<int>(Attribute::CapabilityMajor),
       CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR},
      {"COMPUTE_CAPABILITY_MINOR", static_cast<int>(Attribute::CapabilityMinor),
       CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR},
  };
  for (const Value& value : values) EXPECT_EQ(value.ours, value.toolkits) << value.name;
}

TEST(Declarations, HaveTheValuesOfCublasLt) {
  namespace lt = ingot::cuda::lt;
  const auto value = [](const char* name, auto ours, auto toolkits) {
    return Value{name, static_cast<int>(ours), static_cast<int>(toolkits)};
  };
  const Value values[] = {
      value("SUCCESS", lt::Status::Success, CUBLAS_STATUS_SUCCESS),
      value("NOT_SUPPORTED", lt::Status::NotSupported, CUBLAS_STATUS_NOT_SUPPORTED),
      value("R_32F", lt::Type::Float32, CUDA_R_32F),
      value("R_64F", lt::Type::Float64, CUDA_R_64F),
      value("R_16F", lt::Type::Float16, CUDA_R_16F),
      value("R_16BF", lt::Type::BFloat16, CUDA_R_16BF),
      value("COMPUTE_32F", lt::Compute::Float32, CUBLAS_COMPUTE_32F),
      value("COMPUTE_64F", lt::Compute::Float64, CUBLAS_COMPUTE_64F),
      value("COMPUTE_32F_FAST_TF32", lt::Compute::Tf32, CUBLAS_COMPUTE_32F_FAST_TF32),
      value("OP_T", lt::kTransposed, CUBLAS_OP_T),
      value("DESC_TRANSA", lt::OperationAttribute::TransposeA, CUBLASLT_MATMUL_DESC_TRANSA),
      value("DESC_TRANSB", lt::OperationAttribute::TransposeB, CUBLASLT_MATMUL_DESC_TRANSB),
      value("LAYOUT_BATCH_COUNT", lt::LayoutAttribute::BatchCount, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT),
      value("LAYOUT_STRIDED_BATCH_OFFSET", lt::LayoutAttribute::BatchStep, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET),
      value("PREF_MAX_WORKSPACE_BYTES", lt::PreferenceAttribute::Workspace, CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES),
      value("PREF_REDUCTION_SCHEME_MASK", lt::PreferenceAttribute::Reductions,
            CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK),
      value("REDUCTION_SCHEME_COMPUTE_TYPE", lt::kReduceAsComputed, CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE),
      value("PREF_MIN_ALIGNMENT_A_BYTES", lt::PreferenceAttribute::AlignmentA,
            CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES),
      value("PREF_MIN_ALIGNMENT_B_BYTES", lt::PreferenceAttribute::AlignmentB,
            CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES),
      value("PREF_MIN_ALIGNMENT_C_BYTES", lt::PreferenceAttribute::AlignmentC,
            CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES),
      value("PREF_MIN_ALIGNMENT_D_BYTES", lt::PreferenceAttribute::AlignmentD,
            CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES),
  };
  for (const Value& v : values) EXPECT_EQ(v.ours, v.toolkits) << v.name;
}

// What needs no device: descriptors, and the sizes of their attributes.
TEST(LongDeclarations, CublasLtItselfTakesOurDescriptors) {
  namespace lt = ingot::cuda::lt;
  void* library = dlopen("libcublasLt.so.13", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) library = dlopen("/usr/local/cuda/lib64/libcublasLt.so", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) GTEST_SKIP() << "libcublasLt was not found: install it to try its descriptors";
  lt::Functions f;
#define INGOT_CUBLASLT(member, name, ...)                                 \
  f.member = reinterpret_cast<decltype(f.member)>(dlsym(library, #name)); \
  ASSERT_NE(f.member, nullptr) << #name;
#include "host/device/cublaslt.def"
  lt::Layout layout = nullptr;
  ASSERT_EQ(f.layout_create(&layout, lt::Type::BFloat16, 20, 30, 24), lt::Status::Success);
  const std::int32_t count = 3;
  const std::int64_t step = 720;
  EXPECT_EQ(f.layout_set(layout, lt::LayoutAttribute::BatchCount, &count, sizeof count), lt::Status::Success);
  EXPECT_NE(f.layout_set(layout, lt::LayoutAttribute::BatchCount, &step, sizeof step), lt::Status::Success);
  EXPECT_EQ(f.layout_set(layout, lt::LayoutAttribute::BatchStep, &step, sizeof step), lt::Status::Success);
  EXPECT_EQ(f.layout_destroy(layout), lt::Status::Success);
  for (const lt::Compute compute : {lt::Compute::Float32, lt::Compute::Float64, lt::Compute::Tf32}) {
    lt::Operation operation = nullptr;
    ASSERT_EQ(f.operation_create(&operation, compute,
                                 compute == lt::Compute::Float64 ? lt::Type::Float64 : lt::Type::Float32),
              lt::Status::Success);
    for (const auto attribute : {lt::OperationAttribute::TransposeA, lt::OperationAttribute::TransposeB})
      EXPECT_EQ(f.operation_set(operation, attribute, &lt::kTransposed, sizeof lt::kTransposed), lt::Status::Success);
    EXPECT_EQ(f.operation_destroy(operation), lt::Status::Success);
  }
  lt::Preference preference = nullptr;
  ASSERT_EQ(f.preference_create(&preference), lt::Status::Success);
  const std::uint64_t workspace = 1 << 25;
  const std::uint32_t alignment = 16;
  using Attribute = lt::PreferenceAttribute;
  EXPECT_EQ(f.preference_set(preference, Attribute::Workspace, &workspace, sizeof workspace), lt::Status::Success);
  EXPECT_EQ(f.preference_set(preference, Attribute::Reductions, &lt::kReduceAsComputed, sizeof lt::kReduceAsComputed),
            lt::Status::Success);
  for (const Attribute attribute :
       {Attribute::AlignmentA, Attribute::AlignmentB, Attribute::AlignmentC, Attribute::AlignmentD})
    EXPECT_EQ(f.preference_set(preference, attribute, &alignment, sizeof alignment), lt::Status::Success);
  EXPECT_EQ(f.preference_destroy(preference), lt::Status::Success);
}

}  // namespace
}  // namespace fake_cuda_test
