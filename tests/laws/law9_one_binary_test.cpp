// Law 9: the library loads neither LLVM nor CUDA before it needs them, and computes without them.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "tests/laws/law.h"

namespace ingot::tests {
namespace {

namespace fs = std::filesystem;

std::string loaded_files() {
  std::ifstream maps("/proc/self/maps");
  return {std::istreambuf_iterator<char>(maps), {}};
}

// Death tests of this style run in a process of their own, in which nothing was evaluated before.
TEST(Law9, LoadsNothingForSmallWork) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(
      {
        const double total = sum(sqrt(arange(1000.0))).item<double>();
        const std::string files = loaded_files();
        for (const char* name : {"libingot_llvm", "libLLVM", "libcuda", "libnvrtc"})
          if (files.find(name) != std::string::npos) std::fprintf(stderr, "%s is loaded\n", name);
        std::fprintf(stderr, "total %.0f, nothing else", total);
        std::exit(0);
      },
      testing::ExitedWithCode(0), "^total 21066, nothing else$");
}

// The same program in another folder, where it does not find the module.
TEST(Law9, InterpretsWithoutTheModule) {
  if (std::getenv("INGOT_TEST_ALONE") != nullptr) {  // there
    const Stats s = measured([] { EXPECT_EQ(sum(sqrt(square(arange(10'000.0)))).item<double>(), 49'995'000); });
    EXPECT_EQ(s.interpreted, s.launches);
    return;
  }
  const fs::path here = fs::read_symlink("/proc/self/exe"), folder = here.parent_path() / "law9";
  fs::remove_all(folder);
  fs::create_directory(folder);
  fs::create_hard_link(here, folder / "alone");
  const std::string command =
      "cd / && GTEST_TOTAL_SHARDS=1 GTEST_SHARD_INDEX=0 INGOT_TEST_ALONE=1 INGOT_BACKEND=llvm "
      "INGOT_CACHE_DIR=/dev/null '" +
      (folder / "alone").string() + "' --gtest_filter=Law9.InterpretsWithoutTheModule 2>&1";
  std::string output;
  FILE* const pipe = popen(command.c_str(), "r");
  for (char part[256]; std::fgets(part, sizeof part, pipe) != nullptr;) output += part;
  const int status = pclose(pipe);
  fs::remove_all(folder);
  EXPECT_EQ(status, 0) << output;
  EXPECT_NE(output.find("ingot: kernels are interpreted: "), std::string::npos) << output;
}

}  // namespace
}  // namespace ingot::tests
