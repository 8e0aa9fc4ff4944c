// Compiled kernels against interpreted ones, bit for bit, at every CPU level the machine has; and what generated code
// may contain.
#include <elf.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <random>
#include <set>
#include <thread>

#include "host/emit/interp.h"
#include "host/ir/range.h"
#include "host/ir/repetition.h"
#include "host/jit/kernels.h"
#include "tests/emit/object_of.h"

namespace ingot::emit {
namespace {

constexpr int kSeed = 20261122;
constexpr int kGuard = 64;  // elements after every output that nothing may touch

const DType kComputable[] = {DType::Bool,   DType::Int8,   DType::Int16,  DType::Int32,   DType::Int64,  DType::UInt8,
                             DType::UInt16, DType::UInt32, DType::UInt64, DType::Float32, DType::Float64};

const DType kCast[] = {DType::Bool,     DType::Int8,    DType::Int16,  DType::Int32,  DType::Int64,
                       DType::UInt8,    DType::UInt16,  DType::UInt32, DType::UInt64, DType::Float16,
                       DType::BFloat16, DType::Float32, DType::Float64};

std::vector<cpu::Level> all_levels() {
#if defined(__x86_64__)
  return {cpu::Level::Baseline, cpu::Level::V3, cpu::Level::V4};
#else
  return {cpu::Level::Baseline};
#endif
}

std::vector<cpu::Level> runnable_levels() {
  std::vector<cpu::Level> levels = all_levels();
  std::erase_if(levels, [](cpu::Level level) { return level > cpu::choose_level(nullptr).level; });
  return levels;
}

struct Writer {
  ir::Region region;

  int push(ir::Instr instr) {
    region.code.push_back(instr);
    return static_cast<int>(region.code.size()) - 1;
  }
  int load(DType dtype, ir::Access access = ir::Access::Contiguous, bool generated = false) {
    region.inputs.push_back({dtype, access, generated});
    return push(
        {.code = ir::Code::Load, .dtype = dtype, .index = static_cast<std::uint16_t>(region.inputs.size() - 1)});
  }
  int index() { return load(DType::Int64, ir::Access::Contiguous, true); }
  int param(DType dtype) {
    region.params.push_back(dtype);
    return push(
        {.code = ir::Code::Param, .dtype = dtype, .index = static_cast<std::uint16_t>(region.params.size() - 1)});
  }
  int reduced(DType dtype, int k) {
    return push({.code = ir::Code::Reduced, .dtype = dtype, .index = static_cast<std::uint16_t>(k)});
  }
  int apply(Op op, std::vector<int> args, DType random = DType::Float64) {
    ir::Instr instr{.code = ir::Code::Apply, .op = op};
    for (std::size_t k = 0; k < args.size(); ++k) instr.args[k] = static_cast<std::uint16_t>(args[k]);
    const OpInfo& row = info(op);
    instr.dtype = row.result == Result::Bool     ? DType::Bool
                  : row.result == Result::Random ? random
                                                 : region.code[static_cast<std::size_t>(args.back())].dtype;
    return push(instr);
  }
  int cast(int value, DType to) {
    return push({.code = ir::Code::Cast, .dtype = to, .args = {static_cast<std::uint16_t>(value)}});
  }
  void store(int value) {
    region.stores.push_back({static_cast<std::uint16_t>(value), {region.code[static_cast<std::size_t>(value)].dtype}});
  }
};

ir::Kernel map_kernel(const Writer& body) {
  ir::Kernel kernel;
  kernel.reduced = {false, false};
  kernel.body = body.region;
  ir::verify(kernel);
  return kernel;
}

// An epilogue that stores every reduction makes the kernel whole.
ir::Kernel reducing_kernel(const Writer& body, std::vector<ir::Reduction> reductions, std::vector<bool> reduced) {
  ir::Kernel kernel;
  kernel.reduced = std::move(reduced);
  kernel.body = body.region;
  kernel.reductions = std::move(reductions);
  Writer epilogue;
  for (std::size_t k = 0; k < kernel.reductions.size(); ++k)
    epilogue.store(epilogue.reduced(kernel.result_dtype(kernel.reductions[k]), static_cast<int>(k)));
  kernel.epilogue = epilogue.region;
  ir::verify(kernel);
  return kernel;
}

ir::Reduction reduction(Reducer reducer, int value) { return {reducer, static_cast<std::uint16_t>(value)}; }

void random_element(DType dtype, unsigned char* at, std::mt19937_64& random) {
  static const double kSpecial[] = {0.0,
                                    -0.0,
                                    1.0,
                                    -1.0,
                                    std::numeric_limits<double>::infinity(),
                                    -std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::quiet_NaN(),
                                    5e-324,
                                    -1e-310,
                                    1e-40,
                                    1e300,
                                    -1e22,
                                    2.5,
                                    1e9};
  double x = std::normal_distribution<double>(0, 10)(random);
  if (random() % 8 == 0) x = kSpecial[random() % std::size(kSpecial)];
  const float narrow = static_cast<float>(x);
  std::uint64_t bits = random();
  if (random() % 4 == 0) bits = random() % 5 - 2;
  if (is_bool(dtype)) bits &= 1;
  if (dtype == DType::Float64) std::memcpy(&bits, &x, 8);
  if (dtype == DType::Float32) std::memcpy(&bits, &narrow, 4);
  std::memcpy(at, &bits, itemsize(dtype));
}

// A tile's operands, with results of its own for each run.
class TileOperands {
 public:
  TileOperands(const ir::Region& region, std::int64_t rows, std::int64_t n, std::mt19937_64& random,
               std::vector<DType> reduced = {})
      : rows_(rows), n_(n) {
    for (const ir::Operand& input : region.inputs) add_input(input, random);
    for (const DType dtype : reduced) add_input({dtype}, random);
    for (const DType dtype : region.params) {
      std::uint64_t slot = 0;
      random_element(dtype, reinterpret_cast<unsigned char*>(&slot), random);
      params_.push_back(slot);
    }
    for (const ir::Store& store : region.stores)
      out_row_.push_back((n + kGuard) * static_cast<std::int64_t>(itemsize(store.operand.dtype)));
  }

  struct Results {
    std::vector<std::vector<unsigned char>> memory;
    std::vector<void*> pointers;
    void add(std::int64_t bytes) {
      memory.emplace_back(static_cast<std::size_t>(bytes) + 64, static_cast<unsigned char>(0xA5));
      const auto address = reinterpret_cast<std::uintptr_t>(memory.back().data());
      pointers.push_back(memory.back().data() + (64 - address % 64) % 64);
    }
  };
  Results results() const {
    Results r;
    for (const std::int64_t row : out_row_) r.add(row * rows_);
    return r;
  }
  cpu::Tile tile(const Results& out, void* const* acc = nullptr) const {
    const std::int64_t ahead = n_ % 2 == 0 ? 8192 : 0;  // beyond the operands, which must not matter
    return {
        rows_, n_, in_.data(), in_row_.data(), in_step_.data(), out.pointers.data(), out_row_.data(), params_.data(),
        acc,   0,  false,      ahead};
  }

 private:
  void add_input(const ir::Operand& input, std::mt19937_64& random) {
    const auto size = static_cast<std::int64_t>(itemsize(input.dtype));
    if (input.generated) {  // the first in steps of 3, further ones neighbours, in the first row from 0 on
      const bool steps = std::ranges::none_of(in_step_, [](std::int64_t step) { return step != 0; });
      in_step_.push_back(steps ? 3 : 1);
      in_.push_back(reinterpret_cast<const void*>(std::int64_t{steps ? -1000 : 0}));
      in_row_.push_back(100'003);
      return;
    }
    in_step_.push_back(0);
    const std::int64_t elements = input.access == ir::Access::Uniform ? 1 : n_;
    auto& memory = memory_.emplace_back(static_cast<std::size_t>(std::max<std::int64_t>(rows_ * elements * size, 1)));
    for (std::int64_t i = 0; i < rows_ * elements; ++i) random_element(input.dtype, memory.data() + i * size, random);
    in_.push_back(memory.data());
    in_row_.push_back(elements * size);
  }

  std::int64_t rows_, n_;
  std::vector<std::vector<unsigned char>> memory_;
  std::vector<const void*> in_;
  std::vector<std::int64_t> in_row_, in_step_, out_row_;
  std::vector<std::uint64_t> params_;
};

// Bits, but a NaN is as good as another.
bool same_element(DType dtype, const unsigned char* a, const unsigned char* b) {
  const auto both_nan = [&]<class T>(T) {
    T x, y;
    std::memcpy(&x, a, sizeof x);
    std::memcpy(&y, b, sizeof y);
    return std::isnan(x) && std::isnan(y);
  };
  if (std::memcmp(a, b, itemsize(dtype)) == 0) return true;
  return (dtype == DType::Float64 && both_nan(double())) || (dtype == DType::Float32 && both_nan(float()));
}

void expect_same(DType dtype, const void* want, const void* got, std::int64_t count, const std::string& what) {
  const auto size = static_cast<std::int64_t>(itemsize(dtype));
  for (std::int64_t i = 0; i < count; ++i)
    ASSERT_TRUE(same_element(dtype, static_cast<const unsigned char*>(want) + i * size,
                             static_cast<const unsigned char*>(got) + i * size))
        << what << ": element " << i << " of " << count;
}

std::set<std::string> undefined_symbols(const std::string& object) {
  std::set<std::string> names;
  Elf64_Ehdr header;
  std::memcpy(&header, object.data(), sizeof header);
  std::vector<Elf64_Shdr> sections(header.e_shnum);
  std::memcpy(sections.data(), object.data() + header.e_shoff, sections.size() * sizeof(Elf64_Shdr));
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_SYMTAB) continue;
    for (std::size_t at = sizeof(Elf64_Sym); at < section.sh_size; at += sizeof(Elf64_Sym)) {
      Elf64_Sym symbol;
      std::memcpy(&symbol, object.data() + section.sh_offset + at, sizeof symbol);
      if (symbol.st_shndx == SHN_UNDEF)
        names.insert(object.data() + sections[section.sh_link].sh_offset + symbol.st_name);
    }
  }
  return names;
}

class Llvm : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string reason;
    compiler_ = jit::compiler(&reason);
    if (compiler_ == nullptr) GTEST_SKIP() << reason;
  }

  // Generated code calls nothing but slow paths, folds and, below V3, fma.
  std::unique_ptr<jit::Loaded> load(const ir::Kernel& kernel, cpu::Level level) {
    const std::string object = object_of(kernel, level);
    for (const std::string& name : undefined_symbols(object)) {
      const bool fma = level == cpu::Level::Baseline && (name == "fma" || name == "fmaf");
      EXPECT_TRUE(fma || name.starts_with("ingot_slow_") || name.starts_with("ingot_fold_"))
          << "generated code for " << cpu::level_name(level) << " calls " << name << "\n"
          << ir::print(kernel);
    }
    return jit::load(object, jit::symbols());
  }

  // Runs a Map, or the stores of a body, on both.
  void expect_map(const ir::Kernel& kernel, std::int64_t rows, const std::vector<std::int64_t>& lengths,
                  bool streaming = false) {
    std::mt19937_64 random(kSeed);
    for (const cpu::Level level : runnable_levels()) {
      const auto code = load(kernel, level);
      const Program program(kernel, level);
      for (const std::int64_t n : lengths) {
        const TileOperands operands(kernel.body, rows, n, random);
        const auto want = operands.results(), got = operands.results();
        cpu::Tile a = operands.tile(want), b = operands.tile(got);
        b.streaming = streaming;
        if (n > 0) program.body(a);
        code->body(&b);
        for (std::size_t k = 0; k < kernel.body.stores.size(); ++k) {
          const DType dtype = kernel.body.stores[k].operand.dtype;
          expect_same(dtype, want.pointers[k], got.pointers[k], rows * (n + kGuard),
                      std::string(cpu::level_name(level)) + ", n = " + std::to_string(n) + ", store " +
                          std::to_string(k) + "\n" + ir::print(kernel));
          if (HasFatalFailure()) return;
        }
      }
    }
  }

  void expect_states(const ir::Kernel& kernel, std::int64_t rows, const std::vector<std::int64_t>& lengths);
  // One in `share` kernels of a product of dtypes and the like, in which each dtype, op and form occurs.
  void expect_ops(int share);
  void expect_casts(int share);
  void expect_reducers(int share);

  jit::Compiler* compiler_ = nullptr;
};

std::vector<std::int64_t> up_to(std::int64_t end) {
  std::vector<std::int64_t> all;
  for (std::int64_t n = 0; n <= end; ++n) all.push_back(n);
  return all;
}

// Every op that has a body for `dtype`, each stored. With `beside`, a value of another dtype narrows the bundle.
ir::Kernel every_op(DType dtype, const DType* beside) {
  Writer w;
  const int x = w.load(dtype), y = w.load(dtype), z = w.load(dtype), condition = w.load(DType::Bool);
  for (int k = 0; k < kOpCount; ++k) {
    const Op op = static_cast<Op>(k);
    const OpInfo& row = info(op);
    if (row.operands == Operands::Index || !has_body(op, dtype)) continue;
    std::vector<int> args = {x, y, z};
    args.resize(static_cast<std::size_t>(row.arity));
    if ((row.properties & Selects_) != 0) args = {condition, x, y};
    w.store(w.apply(op, args));
  }
  if (beside != nullptr) w.store(w.load(*beside));
  return map_kernel(w);
}

ir::Kernel every_cast(DType from) {
  Writer w;
  const int x = w.load(from);
  for (const DType to : kCast) w.store(w.cast(x, to));
  return map_kernel(w);
}

ir::Kernel mixed_map() {
  Writer w;
  const int x = w.load(DType::Float64), y = w.load(DType::Float32, ir::Access::Strided),
            u = w.load(DType::Float64, ir::Access::Uniform);
  const int i = w.index(), flag = w.load(DType::Bool), p = w.param(DType::Float64), q = w.param(DType::Int32);
  const int sum = w.apply(Op::add, {x, w.cast(y, DType::Float64)});
  const int row_value = w.apply(Op::add, {w.apply(Op::sin, {u}), w.apply(Op::multiply, {p, p})});
  const int shifted = w.apply(Op::subtract, {w.apply(Op::multiply, {sum, p}), row_value});
  const int largest = w.apply(Op::maximum, {shifted, w.cast(i, DType::Float64)});
  const int either = w.apply(Op::logical_xor, {w.apply(Op::less, {largest, x}), flag});
  const int chosen = w.apply(Op::where, {either, largest, sum});
  w.store(chosen);
  w.store(w.cast(chosen, DType::Int16));
  w.store(either);
  w.store(i);
  w.store(u);
  w.store(p);
  for (const int index : {i, w.index()}) {
    const int key = w.cast(q, DType::Int64);
    for (const Op op : {Op::random_uniform, Op::random_normal})
      for (const DType dtype : {DType::Float32, DType::Float64}) w.store(w.apply(op, {index, key}, dtype));
    w.store(w.apply(Op::random_integers, {index, key, w.cast(x, DType::Int64)}));
  }
  return map_kernel(w);
}

TEST_F(Llvm, MapsOfEveryLengthEqualTheInterpreter) { expect_map(mixed_map(), 3, up_to(100)); }

// Common paths guarded by the size of inputs of every kind, some of which are large in about every second bundle.
TEST_F(Llvm, GuardedCommonPathsEqualTheInterpreter) {
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    Writer w;
    const int x = w.load(dtype), y = w.load(dtype), u = w.load(dtype, ir::Access::Uniform), p = w.param(dtype);
    int value = w.apply(Op::add, {w.apply(Op::multiply, {x, u}), p});
    for (int round = 0; round < 3; ++round) {
      const Op wave = round % 2 == 0 ? Op::sin : Op::cos;
      value = w.apply(Op::add, {w.apply(Op::sqrt, {value}), w.apply(wave, {value})});
      w.store(value);
    }
    w.store(w.apply(Op::sin, {w.apply(Op::subtract, {x, y})}));
    w.store(w.cast(w.apply(Op::add, {value, y}), DType::Int32));
    const ir::Kernel kernel = map_kernel(w);
    ASSERT_NE(ir::common_paths(kernel.body).limit, 0);
    expect_map(kernel, 3, up_to(70));
  }
}

// Bodies that do the same again and again, which become loops: what a step takes from the last one, from before all of
// them, and what is taken from its middle.
std::vector<Writer> repeated_bodies(DType dtype) {
  std::vector<Writer> bodies;
  const DType other = dtype == DType::Float64 ? DType::Float32 : DType::Float64;
  struct Options {
    bool keep_one = false;
    int rounds = 6;
    std::optional<DType> first = {};
  };
  const auto body = [&](auto step, Options options) {
    Writer w;
    int x = w.load(options.first.value_or(dtype)), y = w.load(dtype);
    const int x0 = x, y0 = y;
    for (int round = 0; round < options.rounds; ++round) {
      step(w, x, y, x0, y0);
      if (options.keep_one && round == 1) w.store(x);
    }
    w.store(w.apply(Op::add, {w.cast(x, dtype), y}));
    w.store(x);
    bodies.push_back(w);
  };
  const auto sine = [](Writer& w, int& x, int&, int, int) {
    x = w.apply(Op::add, {w.apply(Op::sqrt, {x}), w.apply(Op::sin, {x})});
  };
  body(sine, {});
  body(sine, {.keep_one = true});
  body(sine, {.rounds = 10});
  body(
      [](Writer& w, int& x, int&, int x0, int y0) {
        x = w.apply(Op::add, {w.apply(Op::sin, {w.apply(Op::multiply, {x, x0})}), w.apply(Op::pow, {x, y0})});
      },
      {});
  body(
      [](Writer& w, int& x, int& y, int, int) {
        const int next = w.apply(Op::add, {w.apply(Op::cos, {y}), x});
        y = w.apply(Op::exp, {w.apply(Op::negative, {w.apply(Op::abs, {x})})});
        x = next;
      },
      {});
  body(
      [&](Writer& w, int& x, int&, int, int y0) {
        const int narrow = w.cast(w.apply(Op::sin, {w.cast(w.apply(Op::tanh, {x}), other)}), dtype);
        x = w.apply(Op::where, {w.apply(Op::less, {narrow, y0}), narrow, w.apply(Op::exp, {narrow})});
      },
      {});
  body(
      [&](Writer& w, int& x, int& y, int, int) {
        const int number = w.apply(Op::random_uniform, {w.cast(x, DType::Int64), w.cast(y, DType::Int64)}, dtype);
        x = w.apply(Op::multiply, {w.apply(Op::exp, {w.apply(Op::sin, {x})}), number});
      },
      {});
  // What the first step casts is of another dtype than what the others do.
  for (const DType first : {DType::Int32, DType::UInt8, other}) {
    body([&](Writer& w, int& x, int&, int,
             int) { x = w.cast(w.apply(Op::tanh, {w.cast(x, DType::Float64)}), DType::Float32); },
         {.first = first});
    body(
        [&](Writer& w, int& x, int&, int, int) {
          const int z = w.cast(x, dtype);
          x = w.cast(w.apply(Op::add, {w.apply(Op::tanh, {z}), z}), DType::Int64);
        },
        {.first = first});
  }
  return bodies;
}

TEST_F(Llvm, RepeatedStepsEqualTheInterpreter) {
  for (const DType dtype : {DType::Float32, DType::Float64}) {
    int reduced = 3;  // bodies that are reduced as well
    for (const Writer& body : repeated_bodies(dtype)) {
      ASSERT_GE(ir::find_repetition(body.region, std::vector<int>(body.region.code.size()), {}).times, 3);
      expect_map(map_kernel(body), 2, {0, 1, 7, 31, 32, 33, 64, 67, 129});
      if (HasFatalFailure()) return;
      if (--reduced < 0) continue;
      const int value = body.region.stores[body.region.stores.size() - 2].value;
      const std::vector<ir::Reduction> reductions = {reduction(Reducer::sum, value), reduction(Reducer::max, value),
                                                     reduction(Reducer::sumsqdev, value)};
      expect_states(reducing_kernel(body, reductions, {false, true}), 2, {1, 64, 65, 1024, 1100});
      if (HasFatalFailure()) return;
      expect_states(reducing_kernel(body, reductions, {true, false}), 3, {1, 64, 65, 129});
      if (HasFatalFailure()) return;
    }
  }
}

TEST_F(Llvm, RepeatedStepsAreALoop) {
  const auto size = [&](int rounds) {
    Writer w;
    int x = w.load(DType::Float64);
    for (int round = 0; round < rounds; ++round) x = w.apply(Op::add, {w.apply(Op::sqrt, {x}), w.apply(Op::sin, {x})});
    w.store(x);
    return compiler_->compile(map_kernel(w), runnable_levels().back()).size();
  };
  EXPECT_LE(size(40), size(10) + size(10) / 8);
}

TEST_F(Llvm, MapsOfNarrowDtypesEqualTheInterpreterAtEveryLength) {
  Writer w;
  const int x = w.load(DType::UInt8), y = w.load(DType::UInt8);
  w.store(w.apply(Op::add, {x, y}));
  expect_map(map_kernel(w), 2, up_to(800));
}

TEST_F(Llvm, StreamingStoresWriteTheSameValues) {
  Writer w;
  const int x = w.load(DType::Float64);
  w.store(w.apply(Op::sqrt, {x}));
  w.store(w.cast(x, DType::Int8));
  w.store(w.cast(x, DType::Float32));
  expect_map(map_kernel(w), 1, {1, 8, 64, 100, 4096, 5000}, true);
}

class LongLlvm : public Llvm {};

void Llvm::expect_ops(int share) {
  const DType wide = DType::Float64, middle = DType::Int32;
  int turn = 0;
  for (const DType dtype : kComputable) {
    expect_map(every_op(dtype, nullptr), 1, {1, 1024, 1037});
    for (const DType* beside : {&middle, &wide})
      if (itemsize(*beside) > itemsize(dtype) && turn++ % share == 0)
        expect_map(every_op(dtype, beside), 1, {1, 1024, 1037});
  }
}
TEST_F(Llvm, EveryOpEqualsTheInterpreter) { expect_ops(3); }
TEST_F(LongLlvm, EveryOpBesideEveryWiderDtypeEqualsTheInterpreter) { expect_ops(1); }

void Llvm::expect_casts(int share) {
  int turn = 0;
  for (const DType from : kCast) {
    expect_map(every_cast(from), 1, {1, 1024, 1037});
    for (const DType to : kCast) {
      Writer w;
      w.store(w.cast(w.load(from), to));
      if (itemsize(from) < 8 && itemsize(to) < 8 && turn++ % share == 0) expect_map(map_kernel(w), 1, {300});
    }
  }
}
TEST_F(Llvm, EveryCastEqualsTheInterpreter) { expect_casts(3); }
TEST_F(LongLlvm, EveryCastByItselfEqualsTheInterpreter) { expect_casts(1); }

void Llvm::expect_states(const ir::Kernel& kernel, std::int64_t rows, const std::vector<std::int64_t>& lengths) {
  std::mt19937_64 random(kSeed);
  const bool row_form = kernel.form() == ir::Form::Row;
  for (const cpu::Level level : runnable_levels()) {
    const auto code = load(kernel, level);
    const Program program(kernel, level);
    for (const std::int64_t n : lengths) {
      const TileOperands operands(kernel.body, rows, n, random);
      const std::int64_t leaves = (n + ir::leaf_size(kernel) - 1) / ir::leaf_size(kernel);
      const auto want_out = operands.results(), got_out = operands.results();
      TileOperands::Results want, got;
      std::vector<std::int64_t> values;
      for (const ir::Reduction& r : kernel.reductions) {
        const auto size = static_cast<std::int64_t>(itemsize(kernel.value_dtype(r)));
        const std::int64_t bytes = row_form ? rows * leaves * ir::state_bytes(r.reducer, kernel.value_dtype(r))
                                            : n * ir::arrays(r.reducer) * size;
        want.add(bytes + kGuard * size);
        got.add(bytes + kGuard * size);
        values.push_back(bytes / size + kGuard);
      }
      cpu::Tile a = operands.tile(want_out, want.pointers.data()), b = operands.tile(got_out, got.pointers.data());
      // A second tile goes on with the accumulators of the first.
      for (const std::int64_t row : row_form ? std::vector<std::int64_t>{0} : std::vector<std::int64_t>{0, rows}) {
        a.leaf_row = b.leaf_row = row;
        program.body(a);
        code->body(&b);
      }
      const std::string what =
          std::string(cpu::level_name(level)) + ", n = " + std::to_string(n) + "\n" + ir::print(kernel);
      for (std::size_t k = 0; k < kernel.reductions.size(); ++k)
        expect_same(kernel.value_dtype(kernel.reductions[k]), want.pointers[k], got.pointers[k], values[k],
                    "reduction " + std::to_string(k) + ", " + what);
      for (std::size_t k = 0; k < kernel.body.stores.size(); ++k)
        expect_same(kernel.body.stores[k].operand.dtype, want_out.pointers[k], got_out.pointers[k], rows * (n + kGuard),
                    "store " + std::to_string(k) + ", " + what);
      if (HasFatalFailure()) return;
    }
  }
}

ir::Kernel several_reductions(std::vector<bool> reduced) {
  Writer w;
  const int x = w.load(DType::Float64), y = w.load(DType::Int32), u = w.load(DType::Float64, ir::Access::Uniform);
  const int p = w.param(DType::Float64);
  const int a = w.apply(Op::multiply, {x, u}), b = w.apply(Op::add, {a, p});
  const int flag = w.apply(Op::less, {x, b}), position = w.index();
  w.store(b);
  return reducing_kernel(w,
                         {reduction(Reducer::sum, b), reduction(Reducer::sumsqdev, a), reduction(Reducer::max, y),
                          reduction(Reducer::any, flag), reduction(Reducer::sum, w.cast(y, DType::Int64)),
                          reduction(Reducer::prod, b), reduction(Reducer::min, x), reduction(Reducer::sum, p),
                          reduction(Reducer::all, flag), reduction(Reducer::sum, position),
                          reduction(Reducer::sumexp, a), reduction(Reducer::argmax, b), reduction(Reducer::argmin, y)},
                         std::move(reduced));
}

const std::vector<std::int64_t> kRowLengths = {1,   2,    7,    63,   64,   65,   100,  127, 128,
                                               129, 1000, 1023, 1024, 1025, 1087, 2048, 5000};

TEST_F(Llvm, RowReductionsBesideEachOtherAndAStoreEqualTheInterpreter) {
  expect_states(several_reductions({false, true}), 3, kRowLengths);
}

TEST_F(Llvm, ColumnReductionsBesideEachOtherAndAStoreEqualTheInterpreter) {
  expect_states(several_reductions({true, false}), 5, kRowLengths);
}

void Llvm::expect_reducers(int share) {
  int turn = 0;
  for (const DType dtype : kComputable) {
    for (int k = 0; k < kReducerCount; ++k) {
      const Reducer reducer = static_cast<Reducer>(k);
      if (!has_fold(reducer, dtype)) continue;
      for (const bool by_columns : {false, true}) {
        if ((turn + k + by_columns) % share != 0) continue;
        Writer w;
        const int x = w.load(dtype);
        const std::vector<bool> reduced = by_columns ? std::vector<bool>{true, false} : std::vector<bool>{true};
        expect_states(reducing_kernel(w, {reduction(reducer, x)}, reduced), 2, {1, 5, 64, 513, 1100, 9001});
      }
    }
    ++turn;
  }
}
TEST_F(Llvm, EveryReducerOfEveryDtypeEqualsTheInterpreterAlone) { expect_reducers(2); }
TEST_F(LongLlvm, EveryReducerOfEveryDtypeInEitherFormEqualsTheInterpreterAlone) { expect_reducers(1); }

TEST_F(Llvm, EpilogueReadsReductionsBehindItsInputs) {
  Writer body;
  const int x = body.load(DType::Float64);
  ir::Kernel kernel =
      reducing_kernel(body, {reduction(Reducer::sum, x), reduction(Reducer::max, body.cast(x, DType::Int32))}, {true});
  Writer w;
  const int bias = w.load(DType::Float64), sum = w.reduced(DType::Float64, 0), largest = w.reduced(DType::Int32, 1);
  w.store(w.apply(Op::add, {w.apply(Op::divide, {sum, w.param(DType::Float64)}), bias}));
  w.store(largest);
  kernel.epilogue = w.region;
  ir::verify(kernel);
  std::mt19937_64 random(kSeed);
  for (const cpu::Level level : runnable_levels()) {
    const auto code = load(kernel, level);
    const Program program(kernel, level);
    ASSERT_NE(code->epilogue, nullptr);
    for (const std::int64_t n : {1, 7, 64, 1001}) {
      const TileOperands operands(kernel.epilogue, 2, n, random, {DType::Float64, DType::Int32});
      const auto want = operands.results(), got = operands.results();
      const cpu::Tile a = operands.tile(want), b = operands.tile(got);
      program.epilogue(a);
      code->epilogue(&b);
      expect_same(DType::Float64, want.pointers[0], got.pointers[0], 2 * (n + kGuard), cpu::level_name(level));
      expect_same(DType::Int32, want.pointers[1], got.pointers[1], 2 * (n + kGuard), cpu::level_name(level));
    }
  }
}

TEST_F(Llvm, NeverContractsAProductAndASum) {
  Writer w;
  const int a = w.load(DType::Float64), b = w.load(DType::Float64), c = w.load(DType::Float64);
  w.store(w.apply(Op::add, {w.apply(Op::multiply, {a, b}), c}));
  w.store(w.apply(Op::subtract, {c, w.apply(Op::multiply, {a, b})}));
  for (const cpu::Level level : all_levels()) {
    const std::string code = compiler_->text(map_kernel(w), level, "asm");
    EXPECT_EQ(code.find("vfm"), std::string::npos) << code;
    EXPECT_EQ(code.find("vfnm"), std::string::npos) << code;
  }
}

TEST_F(Llvm, UsesTheRegistersOfTheLevel) {
#if defined(__x86_64__)
  Writer w;
  w.store(w.apply(Op::sqrt, {w.load(DType::Float64)}));
  const ir::Kernel kernel = map_kernel(w);
  EXPECT_NE(compiler_->text(kernel, cpu::Level::V4, "asm").find("zmm"), std::string::npos);
  EXPECT_NE(compiler_->text(kernel, cpu::Level::V3, "asm").find("ymm"), std::string::npos);
  EXPECT_EQ(compiler_->text(kernel, cpu::Level::Baseline, "asm").find("ymm"), std::string::npos);
  EXPECT_NE(compiler_->text(kernel, cpu::Level::V3, "llvm").find("define void @ingot_body"), std::string::npos);
#else
  GTEST_SKIP() << "x86 only";
#endif
}

TEST_F(Llvm, CompilesTheSameObjectEveryTimeAndOnAnyThread) {
  const ir::Kernel kernel = mixed_map();
  const cpu::Level level = runnable_levels().back();
  std::vector<std::string> objects(4);
  std::vector<std::thread> threads;
  for (std::string& object : objects) threads.emplace_back([&] { object = compiler_->compile(kernel, level); });
  for (std::thread& thread : threads) thread.join();
  for (const std::string& object : objects) EXPECT_EQ(object, compiler_->compile(kernel, level));
  EXPECT_NE(jit::compiler_version().find("llvm 19"), std::string::npos) << jit::compiler_version();
}

TEST_F(Llvm, StridedAndContiguousOperandsGiveTheSameObject) {
  std::string objects[2];
  for (const ir::Access access : {ir::Access::Contiguous, ir::Access::Strided}) {
    Writer w;
    w.store(w.apply(Op::sqrt, {w.load(DType::Float64, access)}));
    objects[static_cast<int>(access == ir::Access::Strided)] = compiler_->compile(map_kernel(w), cpu::Level::Baseline);
  }
  EXPECT_EQ(objects[0], objects[1]);
}

}  // namespace
}  // namespace ingot::emit
