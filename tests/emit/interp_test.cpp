// The interpreter on kernels built by hand: every form of tile, operand and reduction, against element-by-element
// evaluation with the same loops called for one element at a time (tests/kernels holds those to the scalar bodies).
#include "host/emit/interp.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <thread>
#include <vector>

#include "host/graph/op.h"

namespace ingot::emit {
namespace {

constexpr int kSeed = 20261122;

std::vector<cpu::Level> levels() {
  std::vector<cpu::Level> all;
  for (int i = 0; i <= static_cast<int>(cpu::choose_level(nullptr).level); ++i)
    all.push_back(static_cast<cpu::Level>(i));
  return all;
}

// Writes a region down.
struct Writer {
  ir::Region region;

  std::uint16_t push(ir::Instr instr) {
    region.code.push_back(instr);
    return static_cast<std::uint16_t>(region.code.size() - 1);
  }
  std::uint16_t load(DType dtype, ir::Access access = ir::Access::Contiguous, bool generated = false) {
    region.inputs.push_back({dtype, access, generated});
    return push(
        {.code = ir::Code::Load, .dtype = dtype, .index = static_cast<std::uint16_t>(region.inputs.size() - 1)});
  }
  std::uint16_t param(DType dtype) {
    region.params.push_back(dtype);
    return push(
        {.code = ir::Code::Param, .dtype = dtype, .index = static_cast<std::uint16_t>(region.params.size() - 1)});
  }
  std::uint16_t reduced(DType dtype, int index) {
    return push({.code = ir::Code::Reduced, .dtype = dtype, .index = static_cast<std::uint16_t>(index)});
  }
  std::uint16_t apply(Op op, std::vector<std::uint16_t> args) {
    ir::Instr instr{.code = ir::Code::Apply, .op = op};
    for (std::size_t k = 0; k < args.size(); ++k) instr.args[k] = args[k];
    instr.dtype = info(op).result == Result::Bool ? DType::Bool : region.code[args.back()].dtype;
    return push(instr);
  }
  std::uint16_t cast(std::uint16_t value, DType to) {
    return push({.code = ir::Code::Cast, .dtype = to, .args = {value}});
  }
  void store(std::uint16_t value) {
    region.stores.push_back({value, {region.code[value].dtype, ir::Access::Contiguous, false}});
  }
};

// Operands of a tile in memory of their own: rows of n elements, `pad` bytes between rows.
struct Memory {
  std::vector<std::vector<unsigned char>> blocks;
  std::vector<const void*> in;
  std::vector<std::int64_t> in_row, in_step;
  std::vector<void*> out;
  std::vector<std::int64_t> out_row;
  std::vector<std::uint64_t> params;
  std::vector<void*> acc;

  unsigned char* block(std::int64_t bytes) {
    blocks.emplace_back(static_cast<std::size_t>(bytes) + 64);
    const std::uintptr_t address = reinterpret_cast<std::uintptr_t>(blocks.back().data());
    return blocks.back().data() + (64 - address % 64) % 64;
  }
  cpu::Tile tile(std::int64_t rows, std::int64_t n) {
    return {rows,          n,          in.data(), in_row.data(), in_step.data(), out.data(), out_row.data(),
            params.data(), acc.data(), 0,         false};
  }
};

template <class T>
void put(unsigned char* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

void random_value(DType dtype, unsigned char* at, std::mt19937_64& random) {
  const double x = std::normal_distribution<double>(1, 3)(random);
  switch (dtype) {
    case DType::Bool: return put(at, static_cast<std::uint8_t>(random() & 1));
    case DType::Float32: return put(at, static_cast<float>(x));
    case DType::Float64: return put(at, x);
    default: {
      const std::uint64_t bits = random();
      std::memcpy(at, &bits, itemsize(dtype));
    }
  }
}

// Fills a memory with operands for a region. `broadcast_rows` repeats every row; `gap` bytes lie between rows.
Memory operands(const ir::Region& region, std::int64_t rows, std::int64_t n, std::int64_t gap, bool broadcast_rows,
                std::mt19937_64& random) {
  Memory m;
  m.blocks.reserve(region.inputs.size() + region.stores.size() + 8);
  for (const ir::Operand& input : region.inputs) {
    const std::int64_t size = static_cast<std::int64_t>(itemsize(input.dtype));
    if (input.generated) {
      m.in.push_back(reinterpret_cast<const void*>(std::int64_t{-1000}));
      m.in_row.push_back(gap == 0 ? 3 * n : 100000);
      m.in_step.push_back(3);
      continue;
    }
    const std::int64_t elements = input.access == ir::Access::Uniform ? 1 : n;
    const std::int64_t row = elements * size + gap / size * size;
    unsigned char* memory = m.block(rows * row);
    for (std::int64_t r = 0; r < rows; ++r)
      for (std::int64_t i = 0; i < elements; ++i) random_value(input.dtype, memory + r * row + i * size, random);
    m.in.push_back(memory);
    m.in_row.push_back(broadcast_rows ? 0 : row);
    m.in_step.push_back(0);
  }
  for (const ir::Store& store : region.stores) {
    const std::int64_t size = static_cast<std::int64_t>(itemsize(store.operand.dtype));
    const std::int64_t row = n * size + gap / size * size;
    m.out.push_back(m.block(rows * row));
    m.out_row.push_back(row);
  }
  for (const DType p : region.params) {
    unsigned char slot[8] = {};
    random_value(p, slot, random);
    std::uint64_t bits;
    std::memcpy(&bits, slot, 8);
    m.params.push_back(bits);
  }
  return m;
}

using Value = std::array<unsigned char, 8>;

// All values of the region at one index, each instruction on its own.
std::vector<Value> evaluate(const ir::Region& region, const Memory& m, std::int64_t row, std::int64_t i) {
  const cpu::Support& s = cpu::support(cpu::Level::Baseline);
  std::vector<Value> values;
  for (const ir::Instr& instr : region.code) {
    Value v{};
    const std::size_t size = itemsize(instr.dtype);
    switch (instr.code) {
      case ir::Code::Load: {
        const ir::Operand& input = region.inputs[instr.index];
        if (input.generated) {
          put(v.data(), reinterpret_cast<std::int64_t>(m.in[instr.index]) + row * m.in_row[instr.index] +
                            i * m.in_step[instr.index]);
        } else {
          const auto* from = static_cast<const unsigned char*>(m.in[instr.index]) + row * m.in_row[instr.index];
          std::memcpy(v.data(), from + (input.access == ir::Access::Uniform ? 0 : i * static_cast<std::int64_t>(size)),
                      size);
        }
        break;
      }
      case ir::Code::Reduced: {
        const std::size_t k = region.inputs.size() + instr.index;
        std::memcpy(
            v.data(),
            static_cast<const unsigned char*>(m.in[k]) + row * m.in_row[k] + i * static_cast<std::int64_t>(size), size);
        break;
      }
      case ir::Code::Param: std::memcpy(v.data(), &m.params[instr.index], size); break;
      case ir::Code::Cast:
        s.cast[static_cast<int>(region.code[instr.args[0]].dtype)][static_cast<int>(instr.dtype)](
            v.data(), values[instr.args[0]].data(), 1);
        break;
      case ir::Code::Apply: {
        const OpInfo& op = info(instr.op);
        const DType d =
            op.result == Result::Random ? instr.dtype : region.code[instr.args[op.properties & Selects_ ? 1 : 0]].dtype;
        s.apply[static_cast<int>(instr.op)][static_cast<int>(d)](
            v.data(), values[instr.args[0]].data(), values[instr.args[1]].data(), values[instr.args[2]].data(), 1);
        break;
      }
    }
    values.push_back(v);
  }
  return values;
}

void expect_stores(const ir::Region& region, const Memory& m, std::int64_t rows, std::int64_t n,
                   const std::string& what) {
  for (std::int64_t r = 0; r < rows; ++r) {
    for (std::int64_t i = 0; i < n; ++i) {
      const std::vector<Value> values = evaluate(region, m, r, i);
      for (std::size_t k = 0; k < region.stores.size(); ++k) {
        const std::size_t size = itemsize(region.stores[k].operand.dtype);
        const auto* out =
            static_cast<const unsigned char*>(m.out[k]) + r * m.out_row[k] + i * static_cast<std::int64_t>(size);
        ASSERT_EQ(std::memcmp(values[region.stores[k].value].data(), out, size), 0)
            << what << ": store " << k << ", row " << r << ", element " << i << " of " << rows << " x " << n;
      }
    }
  }
}

// Several stores, one value stored twice, a load and a param stored as they are, casts, where, a generated input,
// uniform operands, in-place chains and values that live long.
ir::Region many_things() {
  Writer w;
  const auto x = w.load(DType::Float64), y = w.load(DType::Float32), u = w.load(DType::Float64, ir::Access::Uniform);
  const auto i = w.load(DType::Int64, ir::Access::Contiguous, true), flag = w.load(DType::Bool);
  const auto p = w.param(DType::Float64), q = w.param(DType::Int32);
  const auto wide = w.cast(y, DType::Float64);
  const auto sum = w.apply(Op::add, {x, wide});
  const auto scaled = w.apply(Op::multiply, {sum, p});
  const auto shifted = w.apply(Op::subtract, {scaled, u});
  const auto position = w.cast(i, DType::Float64);
  const auto mixed = w.apply(Op::maximum, {shifted, position});
  const auto below = w.apply(Op::less, {mixed, x});
  const auto either = w.apply(Op::logical_xor, {below, flag});
  const auto chosen = w.apply(Op::where, {either, mixed, sum});
  const auto narrow = w.cast(chosen, DType::Int16);
  const auto squared = w.apply(Op::multiply, {chosen, chosen});
  const auto root = w.apply(Op::sqrt, {squared});
  const auto clipped = w.apply(Op::clip, {root, u, p});
  const auto key = w.cast(q, DType::Int64);
  const auto noise =
      w.push({.code = ir::Code::Apply, .op = Op::random_uniform, .dtype = DType::Float32, .args = {i, key}});
  w.apply(Op::exp, {x});  // nothing reads it
  w.store(clipped);
  w.store(narrow);
  w.store(either);
  w.store(clipped);
  w.store(x);
  w.store(p);
  w.store(noise);
  w.store(sum);
  return w.region;
}

TEST(Interp, MapComputesEveryElementOfAnyTile) {
  std::mt19937_64 random(kSeed);
  ir::Kernel kernel;
  kernel.reduced = {false, false};
  kernel.body = many_things();
  ir::verify(kernel);
  for (const cpu::Level level : levels()) {
    const Program program(kernel, level);
    const std::int64_t shapes[][2] = {{1, 1},   {1, 1000}, {3, 1},    {50, 1},  {700, 3},
                                      {5, 128}, {9, 100},  {2, 1025}, {3, 5000}};
    for (const auto& [rows, n] : shapes) {
      for (const std::int64_t gap : {0, 24}) {
        for (const bool broadcast : {false, true}) {
          Memory m = operands(kernel.body, rows, n, gap, broadcast, random);
          program.body(m.tile(rows, n));
          expect_stores(kernel.body, m, rows, n, cpu::level_name(level));
        }
      }
    }
  }
}

TEST(Interp, StreamingWritesTheSameValues) {
  std::mt19937_64 random(kSeed);
  ir::Kernel kernel;
  kernel.reduced = {false};
  kernel.body = many_things();
  for (const cpu::Level level : levels()) {
    const Program program(kernel, level);
    for (const std::int64_t n : {64, 1000, 4096}) {
      Memory m = operands(kernel.body, 1, n, 0, false, random);
      cpu::Tile tile = m.tile(1, n);
      tile.streaming = true;
      program.body(tile);
      expect_stores(kernel.body, m, 1, n, cpu::level_name(level));
    }
  }
}

TEST(Interp, RunsThousandsOfInstructions) {
  std::mt19937_64 random(kSeed);
  Writer w;
  std::vector<std::uint16_t> values = {w.load(DType::Float64), w.load(DType::Float64), w.param(DType::Float64)};
  for (int k = 0; k < 4000; ++k) {
    const Op ops[] = {Op::add, Op::subtract, Op::minimum, Op::maximum};
    const auto pick = [&] { return values[values.size() - 1 - random() % std::min<std::size_t>(values.size(), 60)]; };
    values.push_back(w.apply(ops[k % 4], {pick(), pick()}));
    if (k % 7 == 0) values.push_back(w.apply(Op::where, {w.apply(Op::less, {pick(), pick()}), pick(), pick()}));
  }
  for (int k = 0; k < 50; ++k) w.store(values[values.size() - 1 - 3 * k]);
  ir::Kernel kernel;
  kernel.reduced = {false};
  kernel.body = w.region;
  ir::verify(kernel);
  Memory m = operands(kernel.body, 1, 300, 0, false, random);
  Program(kernel, cpu::detect_level()).body(m.tile(1, 300));
  for (std::int64_t i = 0; i < 300; i += 37) {
    const std::vector<Value> want = evaluate(kernel.body, m, 0, i);
    for (std::size_t k = 0; k < kernel.body.stores.size(); ++k)
      ASSERT_EQ(std::memcmp(want[kernel.body.stores[k].value].data(), static_cast<double*>(m.out[k]) + i, 8), 0)
          << k << " at " << i;
  }
}

// Reductions of every kind beside each other, and a store, so that values are shared between them.
ir::Kernel several_reductions(std::vector<bool> reduced) {
  Writer w;
  const auto x = w.load(DType::Float64), y = w.load(DType::Int32), u = w.load(DType::Float64, ir::Access::Uniform);
  const auto p = w.param(DType::Float64);
  const auto a = w.apply(Op::multiply, {x, u});
  const auto b = w.apply(Op::add, {a, p});
  const auto flag = w.apply(Op::less, {x, b});
  const auto wide = w.cast(y, DType::Int64);
  w.store(b);
  ir::Kernel kernel;
  kernel.reduced = std::move(reduced);
  kernel.body = w.region;
  kernel.reductions = {{Reducer::sum, b},    {Reducer::sumsqdev, a}, {Reducer::max, y},    {Reducer::any, flag},
                       {Reducer::sum, wide}, {Reducer::prod, b},     {Reducer::min, x},    {Reducer::sum, p},
                       {Reducer::all, flag}, {Reducer::sumsqdev, x}, {Reducer::sumexp, a}, {Reducer::argmax, x},
                       {Reducer::argmin, y}};
  Writer e;
  const auto bias = e.load(DType::Float64);
  const auto sum = e.reduced(DType::Float64, 0), deviations = e.reduced(DType::Float64, 1),
             largest = e.reduced(DType::Int32, 2);
  const auto total = e.apply(Op::add, {e.apply(Op::divide, {sum, e.param(DType::Float64)}), bias});
  const auto both = e.apply(Op::add, {e.apply(Op::sqrt, {deviations}), e.cast(largest, DType::Float64)});
  e.store(total);
  e.store(both);
  e.store(e.reduced(DType::Bool, 3));
  kernel.epilogue = e.region;
  ir::verify(kernel);
  return kernel;
}

std::int64_t bytes_of_state(const ir::Kernel& kernel, std::size_t k) {
  const ir::Reduction& r = kernel.reductions[k];
  return ir::state_bytes(r.reducer, kernel.value_dtype(r));
}

std::vector<unsigned char> values_of(const ir::Kernel& kernel, const Memory& m, std::size_t k, std::int64_t row,
                                     std::int64_t begin, std::int64_t count) {
  const std::size_t size = itemsize(kernel.value_dtype(kernel.reductions[k]));
  std::vector<unsigned char> values(static_cast<std::size_t>(count) * size);
  for (std::int64_t i = 0; i < count; ++i)
    std::memcpy(&values[static_cast<std::size_t>(i) * size],
                evaluate(kernel.body, m, row, begin + i)[kernel.reductions[k].value].data(), size);
  return values;
}

TEST(Interp, RowReductionsGiveTheStateOfEveryLeaf) {
  std::mt19937_64 random(kSeed);
  const ir::Kernel kernel = several_reductions({false, true});
  const std::int64_t lanes = ir::lanes(kernel), leaf = ir::leaf_size(kernel);
  ASSERT_EQ(leaf, 1024);
  for (const cpu::Level level : levels()) {
    const Program program(kernel, level);
    const cpu::Support& s = cpu::support(level);
    const std::int64_t shapes[][2] = {{1, 1}, {40, 1}, {77, 3}, {13, 100}, {3, 511}, {2, 1024}, {1, 1025}, {2, 2600}};
    for (const auto& [rows, n] : shapes) {
      Memory m = operands(kernel.body, rows, n, rows % 2 == 0 ? 16 : 0, false, random);
      const std::int64_t leaves = (n + leaf - 1) / leaf;
      for (std::size_t k = 0; k < kernel.reductions.size(); ++k)
        m.acc.push_back(m.block(rows * leaves * bytes_of_state(kernel, k)));
      program.body(m.tile(rows, n));
      if (rows * n < 3000) expect_stores(kernel.body, m, rows, n, cpu::level_name(level));
      for (std::size_t k = 0; k < kernel.reductions.size(); ++k) {
        const ir::Reduction& reduction = kernel.reductions[k];
        const int r = static_cast<int>(reduction.reducer), d = static_cast<int>(kernel.value_dtype(reduction));
        for (std::int64_t row = 0; row < rows; ++row) {
          for (std::int64_t l = 0; l < leaves; ++l) {
            const std::int64_t count = std::min(leaf, n - l * leaf);
            const std::vector<unsigned char> values = values_of(kernel, m, k, row, l * leaf, count);
            std::vector<unsigned char> acc(static_cast<std::size_t>(lanes * 24)), state(24);
            s.clear[r][d](acc.data(), lanes);
            s.accumulate_rows[r][d](acc.data(), lanes, values.data(), count, 0);
            s.fold[r][d](acc.data(), lanes, count, state.data());
            const std::int64_t bytes = bytes_of_state(kernel, k);
            ASSERT_EQ(
                std::memcmp(state.data(), static_cast<unsigned char*>(m.acc[k]) + (row * leaves + l) * bytes, bytes), 0)
                << "reduction " << k << ", row " << row << ", leaf " << l << " of " << rows << " x " << n;
          }
        }
      }
    }
  }
}

TEST(Interp, ColumnReductionsFoldRowsIntoAccumulators) {
  std::mt19937_64 random(kSeed);
  const ir::Kernel kernel = several_reductions({true, false});
  for (const cpu::Level level : levels()) {
    const Program program(kernel, level);
    const cpu::Support& s = cpu::support(level);
    const std::int64_t shapes[][2] = {{1, 1}, {64, 1}, {64, 5}, {17, 100}, {3, 2000}};
    for (const auto& [rows, n] : shapes) {
      Memory m = operands(kernel.body, rows, n, n % 2 == 0 ? 16 : 0, false, random);
      for (std::size_t k = 0; k < kernel.reductions.size(); ++k) m.acc.push_back(m.block(24 * n));
      // In two tiles: the second continues the leaf.
      const std::int64_t head = (rows + 1) / 2;
      program.body(m.tile(head, n));
      if (rows > head) {
        Memory rest = m;
        for (std::size_t k = 0; k < m.in.size(); ++k)
          rest.in[k] = static_cast<const char*>(m.in[k]) + head * m.in_row[k];
        for (std::size_t k = 0; k < m.out.size(); ++k) rest.out[k] = static_cast<char*>(m.out[k]) + head * m.out_row[k];
        cpu::Tile tile = rest.tile(rows - head, n);
        tile.leaf_row = head;
        program.body(tile);
      }
      if (rows * n < 3000) expect_stores(kernel.body, m, rows, n, cpu::level_name(level));
      for (std::size_t k = 0; k < kernel.reductions.size(); ++k) {
        const ir::Reduction& reduction = kernel.reductions[k];
        const int r = static_cast<int>(reduction.reducer), d = static_cast<int>(kernel.value_dtype(reduction));
        const std::int64_t bytes =
            n * ir::arrays(reduction.reducer) * static_cast<std::int64_t>(itemsize(kernel.value_dtype(reduction)));
        std::vector<unsigned char> acc(static_cast<std::size_t>(bytes));
        for (std::int64_t row = 0; row < rows; ++row)
          s.accumulate[r][d](acc.data(), n, values_of(kernel, m, k, row, 0, n).data(), n, row);
        ASSERT_EQ(std::memcmp(acc.data(), m.acc[k], acc.size()), 0)
            << "reduction " << k << " of " << rows << " x " << n;
      }
    }
  }
}

TEST(Interp, EpilogueReadsReductionsBehindItsInputs) {
  std::mt19937_64 random(kSeed);
  const ir::Kernel kernel = several_reductions({false, true});
  for (const cpu::Level level : levels()) {
    for (const std::int64_t n : {1, 7, 3000}) {
      Memory m = operands(kernel.epilogue, 2, n, 0, false, random);
      for (const ir::Reduction& r : kernel.reductions) {
        const std::int64_t size = static_cast<std::int64_t>(itemsize(kernel.result_dtype(r)));
        unsigned char* results = m.block(2 * n * size);
        for (std::int64_t i = 0; i < 2 * n; ++i) random_value(kernel.result_dtype(r), results + i * size, random);
        m.in.push_back(results);
        m.in_row.push_back(n * size);
        m.in_step.push_back(0);
      }
      for (std::int64_t i = 0; i < 2 * n; ++i) {  // a sum of squares is not negative
        double* deviations = static_cast<double*>(const_cast<void*>(m.in[2]));
        deviations[i] = std::fabs(deviations[i]);
      }
      Program(kernel, level).epilogue(m.tile(2, n));
      expect_stores(kernel.epilogue, m, 2, n, cpu::level_name(level));
    }
  }
}

TEST(Interp, ManyThreadsShareOneProgram) {
  std::mt19937_64 random(kSeed);
  ir::Kernel kernel;
  kernel.reduced = {false};
  kernel.body = many_things();
  const Program program(kernel, cpu::detect_level());
  std::vector<Memory> memories;
  for (int t = 0; t < 4; ++t) memories.push_back(operands(kernel.body, 1, 3000, 0, false, random));
  std::vector<std::thread> threads;
  for (Memory& m : memories)
    threads.emplace_back([&] {
      for (int k = 0; k < 20; ++k) program.body(m.tile(1, 3000));
    });
  for (std::thread& t : threads) t.join();
  for (const Memory& m : memories) expect_stores(kernel.body, m, 1, 3000, "4 threads");
}

TEST(Interp, EmptyTilesDoNothing) {
  std::mt19937_64 random(kSeed);
  ir::Kernel kernel;
  kernel.reduced = {false};
  kernel.body = many_things();
  Memory m = operands(kernel.body, 1, 8, 0, false, random);
  const Program program(kernel, cpu::detect_level());
  program.body(m.tile(0, 8));
  program.body(m.tile(1, 0));
}

}  // namespace
}  // namespace ingot::emit
