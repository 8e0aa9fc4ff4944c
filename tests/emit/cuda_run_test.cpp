// The generated CUDA text, run: its results against the canonical order written down in cuda_model.cpp, bit for bit,
// whatever the sizes, strides, alignment, grid, schedule and index width.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <set>

#include "host/emit/cuda/launch.h"
#include "tests/emit/cuda_cases.h"
#include "tests/emit/cuda_machine.h"
#include "tests/emit/cuda_model.h"

namespace ingot::cuda_test {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr std::uint64_t kSeed = 20261122;

// Memory of one operand: what lies around its elements must not be written.
struct Memory {
  std::vector<std::uint64_t> words;
  std::vector<std::uint64_t> expected;
};

struct Trial {
  const Case* test = nullptr;
  std::uint64_t seed = 0;
  cuda::Device device;
  cuda::Launch launch;
  cuda::Program program;
  std::vector<std::unique_ptr<Memory>> memory;
};

class Maker {
 public:
  Maker(const Case& test, Extents extents, std::uint64_t seed) : random_(seed) {
    trial_.test = &test;
    trial_.seed = seed;
    trial_.launch.extents = extents;
    const ir::Kernel& kernel = test.kernel;
    Extents kept;
    for (std::size_t a = 0; a < extents.size(); ++a)
      if (!kernel.reduced[a]) kept.push_back(extents[a]);
    // Often all operands are off by the same number of elements, sometimes each by its own.
    together_ = random_() % 3 != 0;
    common_ = random_() % 4;
    padding_ = random_() % 3 == 0 ? 1 + random_() % 16 : 0;
    for (const ir::Operand& o : kernel.body.inputs) trial_.launch.inputs.push_back(bind(o, extents));
    for (const ir::Store& s : kernel.body.stores) trial_.launch.stores.push_back(bind(s.operand, extents));
    for (const ir::Operand& o : kernel.epilogue.inputs) trial_.launch.epilogue_inputs.push_back(bind(o, kept));
    for (const ir::Store& s : kernel.epilogue.stores) trial_.launch.epilogue_stores.push_back(bind(s.operand, kept));
    for (DType d : kernel.body.params) trial_.launch.params.push_back(value(d));
    for (DType d : kernel.epilogue.params) trial_.launch.epilogue_params.push_back(value(d));

    constexpr int kMultiprocessors[] = {1, 3, 132};
    trial_.device.multiprocessors = kMultiprocessors[random_() % 3];
    trial_.device.bytes_in_flight = random_() % 2 == 0 ? 16 * 1024 : 64 * 1024;
    cuda::Options options = cuda::choose(kernel, trial_.launch, trial_.device);
    options.wide = options.wide || random_() % 3 == 0;
    if (kernel.form() == ir::Form::Row && random_() % 2 == 0)
      options.schedule = options.schedule == cuda::Schedule::Warp ? cuda::Schedule::Block : cuda::Schedule::Warp;
    trial_.program = cuda::emit(kernel, options);
  }
  Trial take() { return std::move(trial_); }

 private:
  std::uint64_t value(DType dtype) {
    const double x = std::uniform_real_distribution<double>(-10, 10)(random_);
    std::uint64_t bits = 0;
    if (dtype == DType::Float64) {
      std::memcpy(&bits, &x, 8);
    } else if (dtype == DType::Float32) {
      const float f = static_cast<float>(x);
      std::memcpy(&bits, &f, 4);
    } else if (is_bool(dtype)) {
      bits = random_() % 8 == 0;
    } else {
      bits = random_() >> (64 - 8 * itemsize(dtype));
    }
    return bits;
  }

  cuda::Binding bind(const ir::Operand& operand, const Extents& extents) {
    cuda::Binding binding;
    binding.strides.resize(extents.size());
    constexpr std::int64_t kSteps[] = {2, -1, 3};
    std::int64_t stride = 1;
    for (std::size_t a = extents.size(); a-- > 0;) {
      if (a + 1 == extents.size()) {
        binding.strides[a] = operand.access == ir::Access::Contiguous ? 1
                             : operand.access == ir::Access::Uniform  ? 0
                                                                      : kSteps[random_() % 3];
        stride = std::abs(binding.strides[a]) * (extents[a] - 1) + 1 + static_cast<std::int64_t>(padding_);
      } else {
        binding.strides[a] = stride;
        stride *= extents[a];
      }
    }
    // Half of what is strided is a transpose.
    if (operand.access == ir::Access::Strided && !operand.generated && random_() % 2 == 0) {
      stride = 1;
      for (std::size_t a = 0; a < extents.size(); ++a) {
        binding.strides[a] = stride;
        stride *= extents[a] + 1;
      }
    }
    if (operand.generated) {
      binding.address = random_() % 100;
      return binding;
    }
    std::int64_t low = 0, high = 0;
    for (std::size_t a = 0; a < extents.size(); ++a) {
      const std::int64_t reach = binding.strides[a] * (extents[a] - 1);
      (reach < 0 ? low : high) += reach;
    }
    const std::int64_t size = static_cast<std::int64_t>(itemsize(operand.dtype));
    const std::int64_t before = 64 - low + static_cast<std::int64_t>(together_ ? common_ : random_() % 4);
    const std::int64_t elements = before + high + 64;
    auto memory = std::make_unique<Memory>();
    memory->words.resize(static_cast<std::size_t>(elements * size / 8 + 3));
    // Vectors of the host's compiler may trap on what is not on 16 bytes.
    char* base = reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(memory->words.data()) + 15) / 16 * 16);
    for (std::int64_t i = 0; i < elements; ++i) {
      const std::uint64_t bits = value(operand.dtype);
      std::memcpy(base + i * size, &bits, static_cast<std::size_t>(size));
    }
    binding.address = reinterpret_cast<std::uint64_t>(base + before * size);
    trial_.memory.push_back(std::move(memory));
    return binding;
  }

  std::mt19937_64 random_;
  bool together_ = true;
  std::uint64_t common_ = 0, padding_ = 0;
  Trial trial_;
};

std::vector<Extents> sizes(const ir::Kernel& kernel) {
  const std::vector<bool>& r = kernel.reduced;
  using Axes = std::vector<bool>;
  if (kernel.form() == ir::Form::Map) {
    if (r.size() == 1) return {{1}, {2}, {31}, {255}, {1000}, {5003}};
    if (r.size() == 2) return {{1, 1}, {3, 700}, {70, 3}, {5, 129}, {40, 70}, {33, 129}, {64, 96}, {16, 300}};
    return {{1, 1, 1}, {4, 5, 6}, {2, 3, 333}, {7, 40, 2}, {3, 33, 40}, {18, 2, 70}};
  }
  if (r == Axes{true}) return {{1}, {7}, {64}, {65}, {1023}, {1025}, {2049}, {10000}, {70001}};
  if (r == Axes{false, true}) return {{1, 1}, {100, 3}, {33, 17}, {9, 64}, {5, 129}, {3, 1025}, {2, 20011}, {1, 9000}};
  if (r == Axes{false, false, true}) return {{1, 1, 1}, {5, 3, 10}, {2, 3, 700}, {1, 2, 12345}};
  if (r == Axes{true, false, true}) return {{1, 1, 1}, {3, 4, 5}, {10, 3, 130}, {37, 2, 301}, {24, 2, 512}};
  if (r == Axes{true, false})
    return {{1, 1}, {2, 100}, {64, 5}, {65, 33}, {1000, 7}, {9001, 66}, {30000, 1}, {130, 700}};
  if (r == Axes{false, true, false}) return {{1, 1, 1}, {3, 65, 10}, {2, 700, 33}, {40, 5, 3}};
  return {{1, 1, 1, 1}, {3, 2, 50, 5}, {40, 3, 30, 2}, {2, 5, 70, 40}};
}

class CudaRun : public testing::Test {
 protected:
  static void SetUpTestSuite() {
#if defined(__SANITIZE_THREAD__)
    return;
#endif
    if (Machine::missing() != nullptr) return;
    std::vector<cuda::Program> programs;
    for (const Case& c : cases()) {
      const auto same = [&](const Case& earlier) { return earlier.kernel == c.kernel; };
      if (!model_knows(c.kernel) || &*std::find_if(cases().begin(), cases().end(), same) != &c) continue;
      for (const Extents& extents : sizes(c.kernel))
        trials_.push_back(Maker(c, extents, kSeed + trials_.size()).take());
    }
    for (Trial& trial : trials_) name(trial, programs);
    machine_ = std::make_unique<Machine>(programs);
  }
  static void TearDownTestSuite() {
    machine_.reset();
    trials_.clear();
  }
  void SetUp() override {
    if (const char* reason = Machine::missing()) GTEST_SKIP() << reason;
    ASSERT_NE(machine_, nullptr) << "the CUDA text did not compile for the host: see the suite's failure above";
  }

  // Programs of one text are compiled once.
  static void name(Trial& trial, std::vector<cuda::Program>& programs) {
    for (const cuda::Program& p : programs) {
      if (p.options == with_name(trial.program.options, p.name) && p.name.starts_with(trial.test->name + "_v")) {
        trial.program = p;
        return;
      }
    }
    const std::string name = trial.test->name + "_v" + std::to_string(programs.size());
    trial.program = cuda::emit(trial.test->kernel, with_name(trial.program.options, name));
    programs.push_back(trial.program);
  }
  static cuda::Options with_name(cuda::Options options, const std::string& name) {
    options.name = name;
    return options;
  }

  static void check(Trial& trial) {
    const cuda::Grid grid = cuda::grid(trial.program, trial.test->kernel, trial.launch, trial.device);
    std::vector<std::uint64_t> scratch(grid.scratch_bytes / 8 + 2, 0xCDCDCDCDCDCDCDCDull);
    std::vector<std::uint32_t> tickets(grid.tickets + 1, 0);
    const std::vector<std::uint64_t> arguments = cuda::arguments(
        trial.program, grid, trial.launch, reinterpret_cast<std::uint64_t>(scratch.data() + scratch.size() % 2),
        reinterpret_cast<std::uint64_t>(tickets.data()));

    std::vector<std::vector<std::uint64_t>> before;
    for (auto& m : trial.memory) before.push_back(m->words);
    run_model(trial.test->kernel, trial.launch);
    for (auto& m : trial.memory) m->expected = m->words;
    for (std::size_t i = 0; i < before.size(); ++i)
      std::copy(before[i].begin(), before[i].end(), trial.memory[i]->words.begin());

    std::string where = trial.program.name + " seed " + std::to_string(trial.seed) + " blocks " +
                        std::to_string(grid.blocks) + " extents";
    for (std::int64_t e : trial.launch.extents) where += " " + std::to_string(e);
    ASSERT_NO_THROW(machine_->launch(trial.program.name, grid.blocks, arguments, trial.seed)) << where;
    for (std::size_t i = 0; i < trial.memory.size(); ++i)
      EXPECT_TRUE(trial.memory[i]->words == trial.memory[i]->expected)
          << where << ": operand " << i << " differs from the model";
    EXPECT_EQ(std::count(tickets.begin(), tickets.end(), 0u), static_cast<std::ptrdiff_t>(tickets.size())) << where;
  }

  static void check_form(ir::Form form) {
    int checked = 0;
    for (Trial& trial : trials_) {
      if (trial.test->kernel.form() != form) continue;
      check(trial);
      ++checked;
    }
    EXPECT_GT(checked, 20);
  }

  static inline std::vector<Trial> trials_;
  static inline std::unique_ptr<Machine> machine_;
};

// The last block's part alone, with more partial states than it reads in one round.
constexpr const char* kJoinPartials = R"(
using Index = i32;
struct R0 : SumSquaredDeviations<f64> {};
struct Params {
  alignas(8) R0::State* partials;
  alignas(8) R0::State* result;
  alignas(8) Index count;
  alignas(8) i64 each;
  alignas(8) i64 total;
};
extern "C" __global__ void NAME(const __grid_constant__ Params p) {
  BODY
}
)";

class CudaPartials : public testing::TestWithParam<int> {
 protected:
  static std::string program(std::string name, const std::string& body) {
    std::string text = kJoinPartials;
    text.replace(text.find("NAME"), 4, name);
    return text.replace(text.find("BODY"), 4, body);
  }
  static Machine& machine() {
    static Machine machine(
        {{program("row_partials",
                  "const auto state = join_partials<R0>(p.partials, p.count, p.each, p.total);\n"
                  "  if (threadIdx.x == 0) *p.result = state;"),
          "row_partials",
          {},
          {},
          1,
          1,
          {}},
         {program("column_partials",
                  "__shared__ uint4 pool[384];\n  R0::State states[1] = {};\n"
                  "  join_team_partials<R0>(states, pool, p.partials, 1, 1, threadIdx.x % 4 == 0, 2, p.count, p.each, "
                  "p.total);\n  if (threadIdx.x == 0) *p.result = states[0];"),
          "column_partials",
          {},
          {},
          1,
          1,
          {}}});
    return machine;
  }
  void SetUp() override {
    if (const char* reason = Machine::missing()) GTEST_SKIP() << reason;
  }
};

TEST_P(CudaPartials, AreJoinedInTreeOrder) {
  std::mt19937_64 random(kSeed);
  std::uniform_real_distribution<double> values(1, 2);
  std::vector<Moments> states(static_cast<std::size_t>(GetParam()));
  for (Moments& m : states) m = {values(random), 0x1p-53 * values(random), values(random)};
  const std::int64_t each = 8192, total = each * GetParam() - 4321;
  const Moments expected = join_moments(states, each, total);
  for (const char* kernel : {"row_partials", "column_partials"}) {
    std::vector<Moments> partials = states;
    Moments result{};
    machine().launch(
        kernel, 1,
        {reinterpret_cast<std::uint64_t>(partials.data()), reinterpret_cast<std::uint64_t>(&result),
         static_cast<std::uint64_t>(GetParam()), static_cast<std::uint64_t>(each), static_cast<std::uint64_t>(total)},
        kSeed);
    EXPECT_EQ(result.mean, expected.mean) << kernel;
    EXPECT_EQ(result.rest, expected.rest) << kernel;
    EXPECT_EQ(result.squares, expected.squares) << kernel;
  }
}

INSTANTIATE_TEST_SUITE_P(Counts, CudaPartials, testing::Values(1, 2, 5, 63, 64, 65, 129, 1000, 1024, 1025, 4099, 5000));

TEST_F(CudaRun, MapGivesTheModelsBits) { check_form(ir::Form::Map); }
TEST_F(CudaRun, RowGivesTheModelsBits) { check_form(ir::Form::Row); }
TEST_F(CudaRun, ColumnGivesTheModelsBits) { check_form(ir::Form::Column); }

}  // namespace
}  // namespace ingot::cuda_test
