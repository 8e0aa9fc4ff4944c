// Ingot's own declarations of the driver and of NVRTC against those of the toolkit, where it is installed: a build that
// gets this far has compared them.
#include <cuda.h>
#include <gtest/gtest.h>
#include <nvrtc.h>

#include <type_traits>

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

}  // namespace
}  // namespace fake_cuda_test
