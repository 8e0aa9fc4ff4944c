// ns per element of every function of ops.def that is not exact: the kernels that LLVM compiles for each CPU level
// beside glibc, libmvec and SLEEF. One core; 4096 elements, which lie in a cache, in the interval that the op's row
// has; all contestants take turns in every round.
//
// usage: ingot_bench_functions [ROUNDS [TABLE]]   prints judged ratios, a line each: value, tab, limit, tab, what it
// is; writes all times to the file TABLE, in Markdown
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <random>

#include "../harness/case.h"
#include "host/jit/kernels.h"
#include "host/jit/symbols.h"
#include "rivals.h"

namespace bench {
namespace {

using namespace ingot;
using cpu::Level;

constexpr std::int64_t kElements = 4096;
constexpr int kRepeats = 10;
constexpr double kFraction = 0.85;  // of the faster rival's speed, for each function
constexpr std::string_view kJudged[] = {"sin", "cos", "tan", "exp", "log", "tanh", "pow", "atan", "erf"};

template <class T>
constexpr DType kDType = sizeof(T) == 8 ? DType::Float64 : DType::Float32;

bool is_timed(const OpInfo& row) {
  const bool floats =
      row.operands == Operands::Float || row.operands == Operands::Number || row.operands == Operands::Fast;
  return floats && row.result == Result::Same && row.ulp != 0 && row.cost >= 8 && row.arity <= 2;
}

/// That of the function which a cheaper body stands for.
std::string_view exact_name(const OpInfo& row) {
  constexpr std::string_view kFast = "fast_";
  return row.operands == Operands::Fast ? row.name.substr(kFast.size()) : row.name;
}

ir::Kernel kernel_of(Op op, DType dtype) {
  ir::Kernel kernel;
  kernel.reduced = {false};
  ir::Instr apply{.code = ir::Code::Apply, .op = op, .dtype = dtype};
  const auto arity = static_cast<std::uint16_t>(info(op).arity);
  for (std::uint16_t k = 0; k < arity; ++k) {
    kernel.body.inputs.push_back({dtype, ir::Access::Contiguous, false});
    kernel.body.code.push_back({.code = ir::Code::Load, .dtype = dtype, .index = k});
    apply.args[k] = k;
  }
  kernel.body.code.push_back(apply);
  kernel.body.stores.push_back({arity, {dtype}});
  ir::verify(kernel);
  return kernel;
}

/// Compiled, or interpreted where there is no compiler.
template <class T>
Implementation<T> ours(Op op, Level level) {
  const ir::Kernel kernel = kernel_of(op, kDType<T>);
  const auto program = std::make_shared<emit::Program>(kernel, level);
  std::shared_ptr<jit::Loaded> code;
  if (jit::Compiler* const compiler = jit::compiler())
    code = jit::load(compiler->compile(kernel, level), jit::symbols());
  return {"ingot", level, [=](const T* x, const T* y, T* out, std::int64_t n) {
            const void* const in[] = {x, y};
            const std::int64_t steps[] = {0, 0}, row = 0;
            void* const results = out;
            const cpu::Tile tile{1, n, in, steps, steps, &results, &row, nullptr, nullptr, 0, false};
            if (code)
              code->body(&tile);
            else
              program->body(tile);
          }};
}

/// ns per element in every round.
template <class T>
struct Times {
  Implementation<T> who;
  std::vector<double> rounds;

  double median() const {
    std::vector<double> sorted = rounds;
    std::sort(sorted.begin(), sorted.end());
    return sorted[sorted.size() / 2];
  }
};

template <class T>
std::vector<Times<T>> measure(Op op, int rounds) {
  const OpInfo& row = info(op);
  std::vector<T> x(kElements), y(kElements), out(kElements);
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> draw(row.low, row.high);
  for (std::int64_t i = 0; i < kElements; ++i) {
    x[static_cast<std::size_t>(i)] = static_cast<T>(draw(random));
    y[static_cast<std::size_t>(i)] = static_cast<T>(draw(random));
  }
  std::vector<Times<T>> all;
  for (int l = 0; l <= static_cast<int>(cpu::choose_level(nullptr).level); ++l)
    all.push_back({ours<T>(op, static_cast<Level>(l)), {}});
  const bool fast = row.operands == Operands::Fast;
  for (Implementation<T>& rival : rivals<T>(exact_name(row), row.arity, fast)) all.push_back({std::move(rival), {}});
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t turn = 0; turn < all.size(); ++turn) {
      Times<T>& times = all[(turn + static_cast<std::size_t>(round)) % all.size()];
      double least = HUGE_VAL;
      for (int repeat = 0; repeat < kRepeats; ++repeat)
        least = std::min(least, clocked([&] { times.who.apply(x.data(), y.data(), out.data(), kElements); }));
      keep(out);
      times.rounds.push_back(least * 1e9 / static_cast<double>(kElements));
    }
  }
  return all;
}

template <class T>
const Times<T>* find(const std::vector<Times<T>>& all, std::string_view name, Level level) {
  for (const Times<T>& times : all)
    if (times.who.name == name && times.who.level == level) return &times;
  return nullptr;
}

/// Median over rounds of our time by that of the faster of libmvec and SLEEF; nothing where neither has the function.
template <class T>
std::optional<double> ratio(const std::vector<Times<T>>& all, Level level) {
  const Times<T>*const mine = find(all, "ingot", level), *mvec = find(all, "libmvec", level),
                       *sleef = find(all, "sleef", level);
  if (mine == nullptr || (mvec == nullptr && sleef == nullptr)) return std::nullopt;
  std::vector<double> ratios;
  for (std::size_t round = 0; round < mine->rounds.size(); ++round) {
    const double least =
        std::min(mvec != nullptr ? mvec->rounds[round] : HUGE_VAL, sleef != nullptr ? sleef->rounds[round] : HUGE_VAL);
    ratios.push_back(mine->rounds[round] / least);
  }
  std::sort(ratios.begin(), ratios.end());
  return ratios[ratios.size() / 2];
}

constexpr const char* kHead =
    "# Speed of the functions\n"
    "\n"
    "Written by `build/release/bin/ingot_bench_functions ROUNDS docs/function_speed.md`, whose head says what is\n"
    "measured. ns per element on one core, in float64 and float32; a dash where somebody has not got the function. "
    "The\n"
    "speed is that of Ingot at the level divided by that of the faster of libmvec and SLEEF there. Names with fast_ "
    "are\n"
    "the bodies that fast_math records, beside SLEEF's versions of 3.5 ULP.\n"
    "\n"
    "| function | dtype | x86-64 | v3 | v4 | glibc | libmvec v3 | v4 | SLEEF v3 | v4 | speed v3 | v4 |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|\n";

class Report {
 public:
  explicit Report(const char* table) {
    if (table == nullptr) return;
    table_.open(table);
    table_ << kHead;
  }

  template <class T>
  void add(const OpInfo& row, const std::vector<Times<T>>& all) {
    const char* const dtype = sizeof(T) == 8 ? "f64" : "f32";
    const bool judged = std::find(std::begin(kJudged), std::end(kJudged), row.name) != std::end(kJudged);
    std::string line = "| " + std::string(row.name) + " | " + dtype;
    const std::pair<const char*, Level> columns[] = {
        {"ingot", Level::Baseline}, {"ingot", Level::V3},   {"ingot", Level::V4}, {"glibc", Level::Baseline},
        {"libmvec", Level::V3},     {"libmvec", Level::V4}, {"sleef", Level::V3}, {"sleef", Level::V4}};
    for (const auto& [name, level] : columns) {
      const Times<T>* const times = find(all, name, level);
      line += cell(times != nullptr ? std::optional(times->median()) : std::nullopt);
    }
    for (const Level level : {Level::V3, Level::V4}) {
      const std::optional<double> r = ratio(all, level);
      line += cell(r ? std::optional(1 / *r) : std::nullopt);
      if (!r || !judged) continue;
      logs_[static_cast<int>(level)] += std::log(*r);
      ++counts_[static_cast<int>(level)];
      std::printf("%.3f\t%.3f\t%s %s at %s: time by the faster of libmvec and SLEEF\n", *r, 1 / kFraction,
                  row.name.data(), dtype, cpu::level_name(level));
      std::fflush(stdout);
    }
    if (table_.is_open()) table_ << line << " |\n";
  }

  void finish() const {
    for (const Level level : {Level::V3, Level::V4}) {
      const int l = static_cast<int>(level);
      if (counts_[l] > 0)
        std::printf("%.3f\t1\tgeometric mean at %s: time by the faster of libmvec and SLEEF\n",
                    std::exp(logs_[l] / counts_[l]), cpu::level_name(level));
    }
  }

 private:
  static std::string cell(std::optional<double> value) {
    char text[40];
    if (value) std::snprintf(text, sizeof text, " | %.2f", *value);
    return value ? text : " | -";
  }

  std::ofstream table_;
  double logs_[3] = {};
  int counts_[3] = {};
};

}  // namespace
}  // namespace bench

int main(int count, char** arguments) {
  const int rounds = count > 1 ? std::max(1, std::atoi(arguments[1])) : 15;
  bench::Report report(count > 2 ? arguments[2] : nullptr);
  for (int i = 0; i < ingot::kOpCount; ++i) {
    const ingot::OpInfo& row = ingot::kOps[i];
    if (!bench::is_timed(row)) continue;
    report.add(row, bench::measure<double>(static_cast<ingot::Op>(i), rounds));
    report.add(row, bench::measure<float>(static_cast<ingot::Op>(i), rounds));
  }
  report.finish();
}
