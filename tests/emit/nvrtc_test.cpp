// The real NVRTC, which needs no GPU, compiles every kernel of the CUDA emitter for each architecture and reports what
// it costs.
#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <regex>
#include <set>

#include "host/emit/cuda/program.h"
#include "tests/emit/cuda_cases.h"

namespace ingot::cuda_test {
namespace {

// The part of NVRTC used here; the library is opened at run time and its header is not needed.
struct Nvrtc {
  using Program = struct Opaque*;
  int (*create)(Program*, const char*, const char*, int, const char* const*, const char* const*) = nullptr;
  int (*compile)(Program, int, const char* const*) = nullptr;
  int (*log_size)(Program, std::size_t*) = nullptr;
  int (*log)(Program, char*) = nullptr;
  int (*cubin_size)(Program, std::size_t*) = nullptr;
  int (*destroy)(Program*) = nullptr;
  int (*version)(int*, int*) = nullptr;
  bool found = false;
};

const Nvrtc& nvrtc() {
  static const Nvrtc library = [] {
    Nvrtc n;
    const char* named = std::getenv("INGOT_LIBNVRTC");
    void* handle = named != nullptr ? dlopen(named, RTLD_NOW | RTLD_LOCAL) : nullptr;
    for (const char* name : {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12"})
      if (handle == nullptr && named == nullptr) handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return n;
    const auto bind = [&](auto& function, const char* symbol) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(handle, symbol));
      return function != nullptr;
    };
    n.found = bind(n.create, "nvrtcCreateProgram") && bind(n.compile, "nvrtcCompileProgram") &&
              bind(n.log_size, "nvrtcGetProgramLogSize") && bind(n.log, "nvrtcGetProgramLog") &&
              bind(n.cubin_size, "nvrtcGetCUBINSize") && bind(n.destroy, "nvrtcDestroyProgram") &&
              bind(n.version, "nvrtcVersion");
    return n;
  }();
  return library;
}

struct Result {
  int error = 0;
  std::size_t cubin_bytes = 0;
  std::string log;
};

Result compile(const std::string& source, const std::string& name, int capability) {
  Result result;
  Nvrtc::Program program = nullptr;
  result.error = nvrtc().create(&program, source.c_str(), (name + ".cu").c_str(), 0, nullptr, nullptr);
  if (result.error != 0) return result;
  std::vector<std::string> options = cuda::compiler_options(capability);
  options.push_back("--ptxas-options=-v");
  std::vector<const char*> pointers;
  for (const std::string& option : options) pointers.push_back(option.c_str());
  result.error = nvrtc().compile(program, static_cast<int>(pointers.size()), pointers.data());
  std::size_t size = 0;
  nvrtc().log_size(program, &size);
  result.log.resize(size);
  nvrtc().log(program, result.log.data());
  if (result.error == 0) nvrtc().cubin_size(program, &result.cubin_bytes);
  nvrtc().destroy(&program);
  return result;
}

class NvrtcTest : public testing::TestWithParam<int> {
  void SetUp() override {
    if (!nvrtc().found)
      GTEST_SKIP()
          << "libnvrtc was not found: install the CUDA toolkit or name the library in INGOT_LIBNVRTC to compile the "
             "generated kernels";
    int major = 0, minor = 0;
    nvrtc().version(&major, &minor);
    if (GetParam() >= 100 && 10 * major + minor < 128)
      GTEST_SKIP() << "NVRTC " << major << "." << minor << " does not know sm_" << GetParam() << "; 12.8 and later do";
  }
};

TEST_P(NvrtcTest, CompilesEveryKernelWithoutSpilling) {
  std::string source(cuda::prelude());
  for (const Case& c : cases())
    source += "namespace in_" + c.name + " {\n" + cuda::emit(c.kernel, c.options).text + "}\n";
  const Result result = compile(source, "all_cases", GetParam());
  ASSERT_EQ(result.error, 0) << "for sm_" << GetParam() << ":\n" << result.log;
  EXPECT_GT(result.cubin_bytes, 0u);
  EXPECT_EQ(result.log.find("warning"), std::string::npos) << result.log;

  // ptxas: "Function properties for NAME", "0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads".
  std::set<std::string> seen;
  const std::regex properties("Function properties for (\\w+)\\s+ptxas[^\\n]*?([0-9]+) bytes spill stores");
  for (std::sregex_iterator at(result.log.begin(), result.log.end(), properties), end; at != end; ++at) {
    seen.insert((*at)[1]);
    EXPECT_EQ((*at)[2], "0") << (*at)[1] << " spills on sm_" << GetParam();
  }
  for (const Case& c : cases())
    EXPECT_TRUE(seen.contains(c.name)) << c.name << " is not in ptxas's report:\n" << result.log;
}

TEST_P(NvrtcTest, CompilesAKernelByItself) {
  const Case& c = find_case("row_mean_of_sqrt_plus_sin");
  const Result result =
      compile(std::string(cuda::prelude()) + cuda::emit(c.kernel, c.options).text, c.name, GetParam());
  EXPECT_EQ(result.error, 0) << result.log;
}

const auto kName = [](const auto& info) { return "sm_" + std::to_string(info.param); };
INSTANTIATE_TEST_SUITE_P(Architectures, NvrtcTest, testing::Values(90), kName);
INSTANTIATE_TEST_SUITE_P(LongArchitectures, NvrtcTest, testing::Values(80, 100), kName);

}  // namespace
}  // namespace ingot::cuda_test
