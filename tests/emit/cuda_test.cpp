// The generated CUDA text against golden files; INGOT_UPDATE_GOLDEN=1 writes them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "host/emit/cuda/launch.h"
#include "tests/emit/cuda_cases.h"

namespace ingot::cuda_test {
namespace {

std::filesystem::path golden_folder() { return std::filesystem::path(INGOT_TESTS_DIR) / "golden" / "cuda"; }

bool updating() {
  const char* update = std::getenv("INGOT_UPDATE_GOLDEN");
  return update != nullptr && *update != '\0' && *update != '0';
}

std::string read(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) out.push_back(line);
  return out;
}

// What a longest common subsequence of lines leaves over, with its line numbers.
std::string difference(const std::string& old_text, const std::string& new_text) {
  const std::vector<std::string> a = lines(old_text), b = lines(new_text);
  std::vector<std::vector<int>> common(a.size() + 1, std::vector<int>(b.size() + 1, 0));
  for (std::size_t i = a.size(); i-- > 0;)
    for (std::size_t j = b.size(); j-- > 0;)
      common[i][j] = a[i] == b[j] ? common[i + 1][j + 1] + 1 : std::max(common[i + 1][j], common[i][j + 1]);
  std::ostringstream out;
  std::size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      ++i, ++j;
    } else if (j < b.size() && (i == a.size() || common[i][j + 1] > common[i + 1][j])) {
      out << "+" << j + 1 << " " << b[j] << "\n";
      ++j;
    } else {
      out << "-" << i + 1 << " " << a[i] << "\n";
      ++i;
    }
  }
  return out.str();
}

TEST(CudaText, MatchesItsGoldenFiles) {
  for (const Case& c : cases()) {
    const std::filesystem::path file = golden_folder() / (c.name + ".cu");
    const std::string text = cuda::emit(c.kernel, c.options).text;
    if (updating()) {
      std::filesystem::create_directories(golden_folder());
      std::ofstream(file) << text;
      continue;
    }
    const std::string golden = read(file);
    EXPECT_TRUE(text == golden) << c.name << ": the text differs from " << file.filename()
                                << " (- golden, + emitted):\n"
                                << difference(golden, text) << "INGOT_UPDATE_GOLDEN=1 accepts it.";
  }
}

TEST(CudaText, HasNoGoldenFileWithoutACase) {
  std::set<std::string> known;
  for (const Case& c : cases()) known.insert(c.name + ".cu");
  for (const auto& entry : std::filesystem::directory_iterator(golden_folder()))
    EXPECT_TRUE(known.contains(entry.path().filename())) << entry.path().filename() << " belongs to no case";
}

TEST(CudaText, IsAPureFunctionOfKernelAndOptions) {
  for (const Case& c : cases())
    EXPECT_EQ(cuda::emit(c.kernel, c.options).text, cuda::emit(c.kernel, c.options).text) << c.name;
}

TEST(CudaText, IncludesNothing) {
  EXPECT_EQ(cuda::prelude().find("#include"), std::string_view::npos);
  for (const Case& c : cases())
    EXPECT_EQ(cuda::emit(c.kernel, c.options).text.find("#include"), std::string::npos) << c.name;
}

TEST(CudaText, DividesNoIndexInContiguousRankOne) {
  for (const char* name : {"map_sqrt_plus_sin", "map_unaligned_operand", "map_bool_and_casts", "row_sum_short"}) {
    const std::string text = cuda::emit(find_case(name).kernel, find_case(name).options).text;
    EXPECT_EQ(text.find("split_off"), std::string::npos) << name;
  }
}

TEST(CudaText, TakesMoreUnitsWhereMoreBytesMustBeInFlight) {
  const ir::Kernel& kernel = find_case("map_nothing_aligned").kernel;
  cuda::Options options{.vectors = {true, true, false, true}};
  options.bytes_in_flight = cuda::bytes_in_flight(80, 2039);
  EXPECT_EQ(cuda::emit(kernel, options).unroll, 1);
  options.bytes_in_flight = cuda::bytes_in_flight(100, 8000);
  EXPECT_EQ(cuda::emit(kernel, options).unroll, 2);
}

TEST(CudaText, KnowsBytesInFlightOfEachArchitecture) {
  EXPECT_EQ(cuda::bytes_in_flight(80, 2039), 16 * 1024);
  EXPECT_EQ(cuda::bytes_in_flight(90, 3352), 32 * 1024);
  EXPECT_EQ(cuda::bytes_in_flight(90, 4800), 48 * 1024);
  EXPECT_EQ(cuda::bytes_in_flight(100, 8000), 64 * 1024);
}

// ---- What choose() makes of a launch ----

cuda::Launch map_launch(std::uint64_t x, std::uint64_t y, std::uint64_t out, std::int64_t n) {
  return {{n}, {{x, {1}}, {y, {1}}, {64, {0}}}, {{out, {1}}}, {}, {}, {0}, {}};
}

TEST(CudaChoose, ShiftsUnitsWhereOperandsAreEquallyUnaligned) {
  const ir::Kernel& kernel = find_case("map_nothing_aligned").kernel;
  const cuda::Launch launch = map_launch(0x1004, 0x2004, 0x3004, 1000);
  const cuda::Options options = cuda::choose(kernel, launch, {});
  EXPECT_EQ(options.vectors, (std::vector<bool>{true, true, false, true}));
  const cuda::Grid grid = cuda::grid(cuda::emit(kernel, options), kernel, launch, {});
  EXPECT_EQ(grid.shift, 1);
  EXPECT_EQ(grid.units, 251);  // (1000 + 1) / 4, rounded up
}

TEST(CudaChoose, ReadsOnlyTheOperandOutOfStepElementByElement) {
  const ir::Kernel& kernel = find_case("map_nothing_aligned").kernel;
  EXPECT_EQ(cuda::choose(kernel, map_launch(0x1000, 0x2008, 0x3000, 1000), {}).vectors,
            (std::vector<bool>{true, false, false, true}));
}

TEST(CudaChoose, ReadsElementByElementWhereHalfOfTheBytesAreOutOfStep) {
  const ir::Kernel& kernel = find_case("map_nothing_aligned").kernel;
  EXPECT_TRUE(cuda::choose(kernel, map_launch(0x1004, 0x2008, 0x3000, 1000), {}).vectors.empty());
}

TEST(CudaChoose, TilesWhatIsContiguousAlongAnotherAxis) {
  const ir::Kernel& kernel = find_case("map_strided").kernel;
  const auto launch = [](std::int64_t rows, std::int64_t columns, std::int64_t step) {
    return cuda::Launch{{rows, columns},
                        {{0x1000, {step, rows}}, {0x2000, {columns, 1}}},
                        {{0x3000, {columns, 1}}, {0x4000, {2 * columns, 2}}},
                        {},
                        {},
                        {},
                        {}};
  };
  const cuda::Options options = cuda::choose(kernel, launch(70, 40, 1), {});
  EXPECT_EQ(options.tile_axis, 0);
  EXPECT_EQ(options.tiled, (std::vector<bool>{true, false}));
  const cuda::Grid grid = cuda::grid(cuda::emit(kernel, options), kernel, launch(70, 40, 1), {});
  EXPECT_EQ(grid.blocks, 3u * 2);
  EXPECT_EQ(cuda::choose(kernel, launch(70, 40, 2), {}).tile_axis, -1);
  EXPECT_EQ(cuda::choose(kernel, launch(8, 40, 1), {}).tile_axis, -1) << "a side too short for a tile";
  EXPECT_EQ(cuda::choose(kernel, launch(70, 8, 1), {}).tile_axis, -1) << "a side too short for a tile";
}

TEST(CudaGrid, GivesEveryMultiprocessorWorkFromAMebibyteUp) {
  const ir::Kernel& map = find_case("map_nothing_aligned").kernel;
  const cuda::Launch launch = map_launch(0x1000, 0x2000, 0x3000, 1 << 18);
  EXPECT_GE(cuda::grid(cuda::emit(map, cuda::choose(map, launch, {})), map, launch, {}).blocks, 132u);
  const cuda::Launch large = map_launch(0x1000, 0x2000, 0x3000, 1 << 26);
  const cuda::Program program = cuda::emit(map, cuda::choose(map, large, {}));
  EXPECT_EQ(cuda::grid(program, map, large, {}).units_each, program.unroll);
}

TEST(CudaChoose, UsesWideIndicesFromTwoToTheThirtyFirst) {
  const ir::Kernel& kernel = find_case("map_nothing_aligned").kernel;
  EXPECT_FALSE(cuda::choose(kernel, map_launch(0x1000, 0x2000, 0x3000, 2'000'000'000), {}).wide);
  EXPECT_TRUE(cuda::choose(kernel, map_launch(0x1000, 0x2000, 0x3000, std::int64_t{1} << 31), {}).wide);
}

TEST(CudaChoose, DividesLongRowsBetweenBlocksAndGivesShortOnesToWarps) {
  const ir::Kernel& kernel = find_case("row_sum_rows").kernel;
  const auto launch = [](std::int64_t rows, std::int64_t n) {
    return cuda::Launch{{rows, n}, {{0x1000, {n, 1}}}, {}, {{0x2000, {1}}}, {{0x3000, {1}}}, {}, {}};
  };
  EXPECT_EQ(cuda::choose(kernel, launch(4, 1'000'000), {}).schedule, cuda::Schedule::Block);
  EXPECT_EQ(cuda::choose(kernel, launch(4, 1000), {}).schedule, cuda::Schedule::Warp);
  EXPECT_EQ(cuda::choose(kernel, launch(1'000'000, 10'000), {}).schedule, cuda::Schedule::Warp);

  const cuda::Launch ten = launch(1'000'000, 10);
  const cuda::Grid grid = cuda::grid(cuda::emit(kernel, cuda::choose(kernel, ten, {})), kernel, ten, {});
  EXPECT_EQ(1 << grid.log_team, 4);  // 10 elements in units of 4
  EXPECT_EQ(grid.blocks, 1'000'000 * 4 / 256);
}

TEST(CudaGrid, BoundsPartialStatesWhateverTheSize) {
  const Case& c = find_case("row_sum_all");
  for (std::int64_t n : {100'000LL, 100'000'000LL, 2'000'000'000LL}) {
    const cuda::Launch launch{{n}, {{0x1000, {1}}}, {}, {}, {{0x2000, {}}}, {}, {}};
    const cuda::Grid grid = cuda::grid(cuda::emit(c.kernel, c.options), c.kernel, launch, {});
    EXPECT_LE(grid.scratch_bytes, 32u * 1024) << n;
    EXPECT_LE(grid.blocks, 16u * 132) << n;
  }
}

}  // namespace
}  // namespace ingot::cuda_test
