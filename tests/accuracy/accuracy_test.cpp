// Every function of ops.def that is not exact, as it is compiled for each CPU level: held to its bound, and to the same
// bits at every level and by LLVM.
//
// The suites named Long take every float32 number and 10^7 inputs in float64 and of pairs; INGOT_MATH_SAMPLES
// multiplies the latter, and INGOT_ACCURACY_TABLE has the rows written (table.h).
#include "host/jit/kernels.h"
#include "tests/accuracy/inputs.h"
#include "tests/accuracy/judge.h"
#include "tests/accuracy/table.h"
#include "tests/emit/object_of.h"

namespace ingot::accuracy {
namespace {

constexpr int kMillion = 1'000'000;

/// Of what MPFR alone knows it judges every input, in tens of microseconds each: a fiftieth has to do.
int affordable(const Function& f, int count) { return is_known(f.op) ? count : count / 50; }

bool is_judged(const OpInfo& row) {
  const bool floats =
      row.operands == Operands::Float || row.operands == Operands::Number || row.operands == Operands::Fast;
  return floats && row.result == Result::Same && row.ulp != 0 && row.arity <= 2 && row.name != "floor_divide";
}

std::vector<Function> functions() {
  std::vector<Function> all;
  for (int i = 0; i < kOpCount; ++i) {
    const OpInfo& row = kOps[i];
    if (is_judged(row))
      all.push_back({row.name.data(), static_cast<Op>(i), row.arity, std::fabs(row.ulp), row.low, row.high});
  }
  return all;
}

cpu::Level highest() { return cpu::choose_level(nullptr).level; }

template <class T>
Inputs<T> inputs(const Function& f, int count) {
  const math::OpRow row{f.name, f.bound, f.low, f.high};
  return f.arity == 1 ? unary_inputs<T>(row, count) : binary_inputs<T>(row, count);
}

template <class T>
Findings judged(const Function& f, const Inputs<T>& in) {
  Judge<T> judge(f, highest());
  judge.add(in.x.data(), f.arity == 2 ? in.y.data() : nullptr, static_cast<std::int64_t>(in.x.size()));
  return judge.findings();
}

// All 2^32 of them, in the order of their bits.
Findings judged_on_every_float(const Function& f) {
  // Judged one by one, the tiny numbers that come first, of which many functions have no error, would take hours. What
  // exceeds the bound is judged whatever the sample has.
  const double known = std::min(judged(f, inputs<float>(f, kMillion)).worst, f.bound);
  Judge<float> judge(f, highest(), known);
  std::vector<float> x(Judge<float>::kBlock);
  for (std::uint64_t first = 0; first < std::uint64_t{1} << 32; first += x.size()) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = std::bit_cast<float>(static_cast<std::uint32_t>(first + i));
    judge.add(x.data(), nullptr, static_cast<std::int64_t>(x.size()));
  }
  return judge.findings();
}

void expect_within_bound(const Function& f, const char* dtype, const Findings& found) {
  std::printf("%-10s %s %10lld inputs, %lld by MPFR: %.4f ulp at %s, mean %.4f, hash %016llx\n", f.name, dtype,
              static_cast<long long>(found.inputs), static_cast<long long>(found.by_mpfr), found.worst,
              found.where.c_str(), found.mean, static_cast<unsigned long long>(found.hash));
  EXPECT_LE(found.worst, f.bound) << f.name << " in " << dtype << " of " << found.where << "; seed " << math::kSeed;
  EXPECT_EQ(found.mismeasured, 0) << f.name << " in " << dtype;
}

void report(const Function& f, const char* dtype, const std::string& inputs, const Findings& found) {
  expect_within_bound(f, dtype, found);
  put_in_table({f.name, dtype, inputs, f.bound, found.worst, found.mean, found.where, found.hash});
}

class OfFunction : public testing::TestWithParam<Function> {
 protected:
  void SetUp() override {
    math::Big value;
    ASSERT_NO_THROW(oracle::exact(value, GetParam().op, 1, 1))
        << GetParam().name << " has no reference; tests/oracle/exact.cpp needs a row for it";
  }
};

std::string name_of(const testing::TestParamInfo<Function>& f) { return f.param.name; }

// --- A million inputs or less

using Accuracy = OfFunction;
INSTANTIATE_TEST_SUITE_P(, Accuracy, testing::ValuesIn(functions()), name_of);

TEST_P(Accuracy, IsWithinTheBoundOnAMillionFloat32Inputs) {
  expect_within_bound(GetParam(), "f32", judged(GetParam(), inputs<float>(GetParam(), kMillion)));
}

TEST_P(Accuracy, IsWithinTheBoundOnAQuarterOfAMillionFloat64Inputs) {
  expect_within_bound(GetParam(), "f64",
                      judged(GetParam(), inputs<double>(GetParam(), affordable(GetParam(), kMillion / 4))));
}

// Where bodies exceeded their bound once, in places of which strata have a millionth.
TEST(HardInputs, AreWithinTheBound) {
  const std::pair<Op, std::vector<double>> hard[] = {
      {Op::tan, {0x1.8a1026f5e0f6ap-1, 0x1.89852f3681cfcp-1, 0x1.2fe6404074e7ap+1, 0x1.f466ed98f9f26p+1}},
      {Op::tanpi, {0x1.f5abb357c0c34p-3}},
      {Op::log2, {0x1.657f7bb56494dp+0, 0x1.67ee5d2466259p+0}},
  };
  const std::vector<Function> all = functions();
  for (const auto& [op, x] : hard) {
    const auto f = std::find_if(all.begin(), all.end(), [&](const Function& each) { return each.op == op; });
    ASSERT_NE(f, all.end());
    expect_within_bound(*f, "f64", judged(*f, Inputs<double>{x, {}}));
  }
}

// The compiled kernel that stores f of its inputs.
template <class T>
ir::Kernel kernel_of(const Function& f) {
  ir::Kernel kernel;
  kernel.reduced = {false};
  ir::Instr apply{.code = ir::Code::Apply, .op = f.op, .dtype = kDType<T>};
  for (int k = 0; k < f.arity; ++k) {
    kernel.body.inputs.push_back({kDType<T>, ir::Access::Contiguous, false});
    kernel.body.code.push_back({.code = ir::Code::Load, .dtype = kDType<T>, .index = static_cast<std::uint16_t>(k)});
    apply.args[static_cast<std::size_t>(k)] = static_cast<std::uint16_t>(k);
  }
  kernel.body.code.push_back(apply);
  kernel.body.stores.push_back({static_cast<std::uint16_t>(f.arity), {kDType<T>}});
  ir::verify(kernel);
  return kernel;
}

template <class T>
void expect_same_bits(const Function& f, int count) {
  const Inputs<T> in = inputs<T>(f, count);
  const auto n = static_cast<std::int64_t>(in.x.size());
  std::vector<T> out(in.x.size());
  std::optional<std::uint64_t> hash;
  const auto expect_hash = [&](const std::string& who) {
    const std::uint64_t its = hash_of(out.data(), 0, n);
    if (!hash) hash = its;
    EXPECT_EQ(its, *hash) << f.name << " by " << who << " differs from the interpreter at x86-64";
  };
  for (int l = 0; l <= static_cast<int>(highest()); ++l) {
    const cpu::Level level = static_cast<cpu::Level>(l);
    cpu::support(level).apply[static_cast<int>(f.op)][static_cast<int>(kDType<T>)](out.data(), in.x.data(), in.y.data(),
                                                                                   nullptr, n);
    expect_hash(std::string("the interpreter at ") + cpu::level_name(level));
    if (jit::compiler() == nullptr) continue;
    const auto code = jit::load(emit::object_of(kernel_of<T>(f), level), jit::symbols());
    const void* const operands[] = {in.x.data(), in.y.data()};
    const std::int64_t rows[] = {0, 0}, out_row = 0;
    void* const results = out.data();
    const cpu::Tile tile{1, n, operands, rows, rows, &results, &out_row, nullptr, nullptr, 0, false};
    code->body(&tile);
    expect_hash(std::string("LLVM at ") + cpu::level_name(level));
  }
}

TEST_P(Accuracy, HasTheSameBitsInterpretedAndCompiledAtEveryLevel) {
  expect_same_bits<float>(GetParam(), kMillion / 10);
  expect_same_bits<double>(GetParam(), kMillion / 10);
}

// --- All inputs, or as many as can be judged

using LongAccuracy = OfFunction;
INSTANTIATE_TEST_SUITE_P(, LongAccuracy, testing::ValuesIn(functions()), name_of);

TEST_P(LongAccuracy, HasTheSameBitsInterpretedAndCompiledAtEveryLevel) {
  expect_same_bits<float>(GetParam(), kMillion);
  expect_same_bits<double>(GetParam(), kMillion);
}

TEST_P(LongAccuracy, IsWithinTheBoundInFloat32) {
  const Function& f = GetParam();
  if (f.arity == 1) return report(f, "f32", "all", judged_on_every_float(f));
  const Findings found = judged(f, inputs<float>(f, math::samples(10 * kMillion)));
  report(f, "f32", std::to_string(found.inputs) + " pairs", found);
}

TEST_P(LongAccuracy, IsWithinTheBoundInFloat64) {
  const Function& f = GetParam();
  const Findings found = judged(f, inputs<double>(f, math::samples(affordable(f, 10 * kMillion))));
  report(f, "f64", std::to_string(found.inputs) + (f.arity == 1 ? "" : " pairs"), found);
}

}  // namespace
}  // namespace ingot::accuracy
