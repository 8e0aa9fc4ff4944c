// The real NVRTC compiles the kernels of the emitter's cases, and those that the tests on the software GPU ran: none
// spills, none has local memory, and what is read in vectors is read by 16 bytes, but for what is listed.
#include "tests/nvrtc/nvrtc.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <sstream>

#include "host/emit/cuda/program.h"
#include "tests/emit/cuda_cases.h"

namespace ingot::cuda_test {
namespace {

// Kernels that may have local memory, and how much of it for what they spill: what their text has, and why. No other
// kernel may.
struct Exception {
  const char* text;
  int spilled;  // bytes
  const char* reason;
};
constexpr Exception kLocalMemory[] = {
    {"ThreadTree<", 0, "the tree of a thread's leaves is indexed by level, and touched about once in 64 rows"},
    {"* out63;", 580, "two each of more than 64 results do not fit the 255 registers of a thread"},
    {"f64* out15;", 8, "sixteen results of f64, two of each at a time, fill all 255 registers and lack two on sm_80"},
    {"join_warps<R6>", 4, "seven sibling reductions and six results fill all 255 registers and lack one on sm_80"},
    {"multiply<u", 16, "a product of integers fills all 255 registers with sums and operands, and lacks one or two"},
    {"multiply<f32, f16", 4, "a product of f16 fills all 255 registers with sums and operands, and lacks one on sm_90"},
    {"Place at[2][16];", 4, "32 elements of bytes with a place each lack a register on sm_100"},
    {"math::divide(", 0,
     "the rare path of a division is called, and on sm_90 a register may be on the stack meanwhile"},
};

const Exception* exception(const std::string& text) {
  const auto* const found = std::find_if(std::begin(kLocalMemory), std::end(kLocalMemory),
                                         [&](const Exception& e) { return text.find(e.text) != std::string::npos; });
  return found != std::end(kLocalMemory) ? found : nullptr;
}

// Operands that are read in units of 16 bytes and more.
int wide_operands(const std::string& text) {
  static const std::regex unit("\\n *([iuf])(8|16|32|64) (in\\d+)\\[\\d+\\]\\[(\\d+)\\];");
  int count = 0;
  for (std::sregex_iterator at(text.begin(), text.end(), unit), end; at != end; ++at) {
    const int bytes = std::stoi((*at)[2]) / 8 * std::stoi((*at)[4]);
    count += bytes >= 16 && text.find("load_vector(" + (*at)[3].str() + "[u]") != std::string::npos;
  }
  return count;
}

int operands(const std::string& text) {
  static const std::regex load("load_(each|vector|uniform)\\(in\\d+");
  return static_cast<int>(std::distance(std::sregex_iterator(text.begin(), text.end(), load), std::sregex_iterator()));
}

bool compares_with_itself(const std::string& text) {
  static const std::regex comparison("math::(not_)?(equal|less|greater)(_equal)?\\(v(\\d+), v\\4\\)");
  return std::regex_search(text, comparison);
}

void check(const std::vector<Source>& sources, int capability) {
  std::vector<Report> reports;
  ASSERT_NO_THROW(reports = compile(sources, capability));
  for (std::size_t i = 0; i < sources.size(); ++i) {
    SCOPED_TRACE(sources[i].name + " on sm_" + std::to_string(capability));
    const std::string& text = sources[i].text;
    const Exception* const known = exception(text);
    EXPECT_LE(reports[i].spilled, known != nullptr ? known->spilled : 0) << text;
    EXPECT_TRUE(reports[i].stack == 0 || known != nullptr) << reports[i].stack << " bytes\n" << text;
    // With fewer loads than operands, NVRTC has found that a result does not hang on them: as in a random graph, which
    // compares a value with itself. Where that is all, the loads that count are those of partial results.
    if (reports[i].loads >= operands(text) && !compares_with_itself(text)) {
      EXPECT_GE(reports[i].wide_loads, wide_operands(text)) << text;
    }
  }
}

class NvrtcTest : public testing::TestWithParam<int> {
  void SetUp() override {
    if (const std::string lacks = nvrtc_lacks(GetParam()); !lacks.empty()) GTEST_SKIP() << lacks;
  }
};

TEST_P(NvrtcTest, CompilesTheCasesOfTheEmitterWell) {
  std::vector<Source> sources;
  int wide = 0;
  for (const Case& c : cases()) {
    sources.push_back({c.name, cuda::emit(c.kernel, c.options).text});
    wide += wide_operands(sources.back().text);
  }
  EXPECT_GT(wide, 20);
  check(sources, GetParam());
}

TEST_P(NvrtcTest, CompilesAKernelByItself) {
  const Case& c = find_case("row_mean_of_sqrt_plus_sin");
  check({{c.name, cuda::emit(c.kernel, c.options).text}}, GetParam());
}

// ---- What the tests on the software GPU left ----

std::vector<std::filesystem::path> text_files() {
  std::vector<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(INGOT_TEXTS, none)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

// A kernel of the emitter's, with a name of its own; nothing for another program.
std::optional<Source> source_of(const std::filesystem::path& file) {
  std::ostringstream all;
  all << std::ifstream(file).rdbuf();
  std::string text = all.str();
  if (!text.starts_with(cuda::prelude())) return {};
  text.erase(0, cuda::prelude().size());
  const std::string name = "k" + file.stem().string();
  const auto at = text.find("ingot_kernel");
  if (at == std::string::npos) return {};
  return Source{name, text.replace(at, 12, name)};
}

void check_texts(std::size_t most, int capability) {
  const std::vector<std::filesystem::path> files = text_files();
  // Evenly from all, whose names are hashes.
  const std::size_t step = std::max<std::size_t>(1, files.size() / most);
  std::vector<Source> batch;
  bool any = false;
  for (std::size_t i = 0; i < files.size(); i += step) {
    if (std::optional<Source> source = source_of(files[i])) batch.push_back(*std::move(source));
    if (batch.empty() || (batch.size() < 16 && i + step < files.size())) continue;
    check(batch, capability);
    batch.clear();
    any = true;
  }
  if (!any) GTEST_SKIP() << "the tests on the software GPU have left no kernels in " INGOT_TEXTS;
}

TEST_P(NvrtcTest, CompilesASampleOfTheKernelsThatTestsRan) { check_texts(24, GetParam()); }

class LongNvrtcTest : public NvrtcTest {};
TEST_P(LongNvrtcTest, CompilesTheKernelsThatTestsRan) { check_texts(~std::size_t{0}, GetParam()); }

const auto kName = [](const auto& info) { return "sm_" + std::to_string(info.param); };
INSTANTIATE_TEST_SUITE_P(Architectures, NvrtcTest, testing::Values(90), kName);
INSTANTIATE_TEST_SUITE_P(LongArchitectures, NvrtcTest, testing::Values(80, 100), kName);
INSTANTIATE_TEST_SUITE_P(LongArchitectures, LongNvrtcTest, testing::Values(80, 90, 100), kName);

}  // namespace
}  // namespace ingot::cuda_test
