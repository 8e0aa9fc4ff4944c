// The generated CUDA text, run on the software GPU: its results against the canonical order written down in
// cuda_model.cpp, bit for bit, whatever the sizes, strides, alignment, grid, schedule and index width.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>
#include <memory>
#include <random>
#include <thread>

#include "host/emit/cuda/launch.h"
#include "tests/emit/cuda_cases.h"
#include "tests/emit/cuda_model.h"
#include "tests/fake_cuda/opened.h"

namespace ingot::cuda_test {
namespace {

using Extents = std::vector<std::int64_t>;

constexpr std::uint64_t kSeed = 20261122;

// Memory of one operand, as the model has it: what lies around its elements must not be written.
struct Memory {
  std::vector<std::uint64_t> words;
  char* begin = nullptr;  // at a multiple of 16, as on the device

  std::vector<char> bytes() const {
    const char* const end = reinterpret_cast<const char*>(words.data() + words.size());
    std::vector<char> all(begin, const_cast<char*>(end));
    return all;
  }
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
    // Half of what is strided is a transpose: contiguous along another axis, from which on the axes go round.
    if (operand.access == ir::Access::Strided && extents.size() > 1 && !operand.generated && random_() % 2 == 0) {
      const std::size_t unit = random_() % (extents.size() - 1);
      stride = 1;
      for (std::size_t k = 0; k < extents.size(); ++k) {
        const std::size_t a = (unit + k) % extents.size();
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
    char* const base = memory->begin =
        reinterpret_cast<char*>((reinterpret_cast<std::uintptr_t>(memory->words.data()) + 15) / 16 * 16);
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
    if (r.size() == 2)
      return {{1, 1}, {3, 700}, {70, 3}, {5, 129}, {40, 70}, {33, 129}, {64, 96}, {16, 300}, {100, 17}, {31, 64}};
    return {{1, 1, 1}, {4, 5, 6}, {2, 3, 333}, {7, 40, 2}, {3, 33, 40}, {18, 2, 70}, {17, 16, 40}, {2, 64, 33}};
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

class CudaRun : public fake_cuda_test::Gpu {
 protected:
  static void SetUpTestSuite() {
    std::vector<cuda::Program> programs;
    for (const Case& c : cases()) {
      const auto same = [&](const Case& earlier) { return earlier.kernel == c.kernel; };
      if (!model_knows(c.kernel) || &*std::find_if(cases().begin(), cases().end(), same) != &c) continue;
      for (const Extents& extents : sizes(c.kernel))
        trials_.push_back(Maker(c, extents, kSeed + trials_.size()).take());
    }
    for (Trial& trial : trials_) name(trial, programs);
    compile(programs);
  }
  static void TearDownTestSuite() {
    images_.clear();
    trials_.clear();
  }
  void SetUp() override {
    Gpu::SetUp();
    for (const Image& image : images_) {
      ASSERT_EQ(image.compiled.result, 0) << image.compiled.log;
      cuda::Module& module = modules_.emplace_back();
      ASSERT_EQ(fake_cuda_test::driver().module_load(&module, image.compiled.image.data()), cuda::Result::Success);
      for (const std::string& kernel : image.kernels)
        ASSERT_EQ(fake_cuda_test::driver().module_function(&functions_[kernel], module, kernel.c_str()),
                  cuda::Result::Success);
    }
  }
  void TearDown() override {
    for (const cuda::Module module : modules_) fake_cuda_test::driver().module_unload(module);
    Gpu::TearDown();
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

  // Two texts, each with half of the programs, at the same time.
  static void compile(const std::vector<cuda::Program>& programs) {
    images_.resize(2);
    std::vector<std::thread> compilers;
    for (std::size_t half = 0; half < images_.size(); ++half) {
      std::string text(cuda::prelude());
      for (std::size_t i = half; i < programs.size(); i += images_.size()) {
        text += "namespace in_" + programs[i].name + " {\n" + programs[i].text + "}\n";
        images_[half].kernels.push_back(programs[i].name);
      }
      compilers.emplace_back([half, text] { images_[half].compiled = fake_cuda_test::compile(text); });
    }
    for (std::thread& compiler : compilers) compiler.join();
  }

  // The launch with its operands in memory of the device, where `addresses` are.
  cuda::Launch on_device(const Trial& trial, std::vector<cuda::Address>& addresses) {
    cuda::Launch launch = trial.launch;
    const auto move = [&](cuda::Binding& binding, const ir::Operand& operand) {
      if (operand.generated) return;
      const Memory& memory = *trial.memory[addresses.size()];
      addresses.push_back(allocate(memory.bytes().size()));
      put(addresses.back(), memory.bytes());
      binding.address += addresses.back() - reinterpret_cast<std::uint64_t>(memory.begin);
    };
    const ir::Region &body = trial.test->kernel.body, &epilogue = trial.test->kernel.epilogue;
    for (std::size_t i = 0; i < body.inputs.size(); ++i) move(launch.inputs[i], body.inputs[i]);
    for (std::size_t i = 0; i < body.stores.size(); ++i) move(launch.stores[i], body.stores[i].operand);
    for (std::size_t i = 0; i < epilogue.inputs.size(); ++i) move(launch.epilogue_inputs[i], epilogue.inputs[i]);
    for (std::size_t i = 0; i < epilogue.stores.size(); ++i)
      move(launch.epilogue_stores[i], epilogue.stores[i].operand);
    return launch;
  }

  void check(Trial& trial) {
    const cuda::Grid grid = cuda::grid(trial.program, trial.test->kernel, trial.launch, trial.device);
    std::vector<cuda::Address> addresses;
    const cuda::Launch launch = on_device(trial, addresses);
    const cuda::Address scratch = allocate(grid.scratch_bytes + 1), tickets = allocate(4 * (grid.tickets + 1));
    put(tickets, std::vector<std::uint32_t>(grid.tickets + 1, 0));
    std::vector<std::uint64_t> arguments = cuda::arguments(trial.program, grid, launch, scratch, tickets);
    run_model(trial.test->kernel, trial.launch);

    std::string where = trial.program.name + " seed " + std::to_string(trial.seed) + " blocks " +
                        std::to_string(grid.blocks) + " extents";
    for (std::int64_t e : trial.launch.extents) where += " " + std::to_string(e);
    fake_cuda_test::control().set_seed(trial.seed);
    void* parameters[] = {arguments.data()};
    ASSERT_EQ(fake_cuda_test::driver().launch(functions_.at(trial.program.name), grid.blocks, 1, 1, cuda::kBlock, 1, 1,
                                              0, nullptr, parameters, nullptr),
              cuda::Result::Success)
        << where;
    ASSERT_EQ(fake_cuda_test::driver().stream_synchronize(nullptr), cuda::Result::Success) << where;
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      const std::vector<char> expected = trial.memory[i]->bytes();
      EXPECT_TRUE(get<char>(addresses[i], expected.size()) == expected)
          << where << ": operand " << i << " differs from the model";
    }
    EXPECT_EQ(get<std::uint32_t>(tickets, grid.tickets + 1), std::vector<std::uint32_t>(grid.tickets + 1, 0)) << where;
  }

  void check_form(ir::Form form) {
    int checked = 0, tiled = 0;
    for (Trial& trial : trials_) {
      if (trial.test->kernel.form() != form) continue;
      check(trial);
      ++checked;
      tiled += trial.program.options.tile_axis >= 0;
    }
    EXPECT_GT(checked, 20);
    EXPECT_EQ(tiled > 2, form == ir::Form::Map) << tiled;
  }

  struct Image {
    std::vector<std::string> kernels;
    fake_cuda_test::Compiled compiled;
  };
  static inline std::vector<Trial> trials_;
  static inline std::vector<Image> images_;
  std::vector<cuda::Module> modules_;
  std::map<std::string, cuda::Function> functions_;
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

struct Partials {
  const char* kernel;
  const char* body;
} constexpr kPartials[] = {
    {"row_partials",
     "const auto state = join_partials<R0>(p.partials, p.count, p.each, p.total);\n"
     "  if (threadIdx.x == 0) *p.result = state;"},
    {"column_partials",
     "__shared__ uint4 pool[384];\n  R0::State states[1] = {};\n"
     "  join_team_partials<R0>(states, pool, p.partials, 1, 1, threadIdx.x % 4 == 0, 2, p.count, p.each, p.total);\n"
     "  if (threadIdx.x == 0) *p.result = states[0];"},
};

class CudaPartials : public fake_cuda_test::Gpu {
 protected:
  void check(cuda::Function function, std::int64_t count) {
    std::mt19937_64 random(kSeed);
    std::uniform_real_distribution<double> values(1, 2);
    std::vector<Moments> states(static_cast<std::size_t>(count));
    for (Moments& m : states) m = {values(random), 0x1p-53 * values(random), values(random)};
    const std::int64_t each = 8192, total = each * count - 4321;
    const Moments expected = join_moments(states, each, total);
    struct {
      cuda::Address partials, result;
      std::int64_t count, each, total;
    } const parameters{allocate(states.size() * sizeof(Moments)), allocate(sizeof(Moments)), count, each, total};
    put(parameters.partials, states);
    ASSERT_EQ(launch(function, 1, cuda::kBlock, parameters), cuda::Result::Success);
    const Moments result = get<Moments>(parameters.result, 1)[0];
    EXPECT_EQ(result.mean, expected.mean) << count;
    EXPECT_EQ(result.rest, expected.rest) << count;
    EXPECT_EQ(result.squares, expected.squares) << count;
  }
};

TEST_F(CudaPartials, AreJoinedInTreeOrder) {
  for (const Partials& p : kPartials) {
    std::string text = kJoinPartials;
    text.replace(text.find("NAME"), 4, p.kernel);
    text.replace(text.find("BODY"), 4, p.body);
    const cuda::Function function = kernel(std::string(cuda::prelude()) + text, p.kernel);
    for (const std::int64_t count : {1, 2, 5, 63, 64, 65, 129, 1000, 1024, 1025, 4099, 5000}) check(function, count);
  }
}

TEST_F(CudaRun, MapGivesTheModelsBits) { check_form(ir::Form::Map); }
TEST_F(CudaRun, RowGivesTheModelsBits) { check_form(ir::Form::Row); }
TEST_F(CudaRun, ColumnGivesTheModelsBits) { check_form(ir::Form::Column); }

}  // namespace
}  // namespace ingot::cuda_test
