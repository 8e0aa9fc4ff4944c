#include "host/emit/interp.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <new>

#include "host/base/error.h"
#include "host/base/per_thread.h"

namespace ingot::emit {
namespace {

constexpr std::int64_t kLine = 64;
// A block's values should fit the first-level cache (32 KiB and up) with something to spare. Not tuned by measurement.
constexpr std::int64_t kBlockBytes = 24 << 10;
constexpr std::int64_t kMinBlock = 128, kMaxBlock = 1024;
constexpr std::int64_t kSlotItem = 8;  // a slot holds a block of the widest dtype

std::int64_t block_length(std::int64_t element_bytes) {
  const std::int64_t fits = kBlockBytes / std::max<std::int64_t>(element_bytes, 1);
  return std::clamp(
      static_cast<std::int64_t>(std::bit_floor(static_cast<std::uint64_t>(std::max<std::int64_t>(fits, 1)))), kMinBlock,
      kMaxBlock);
}

std::int64_t aligned(std::int64_t bytes) { return (bytes + kLine - 1) / kLine * kLine; }

// This thread's scratch memory, at least `bytes` of it. Grows only.
char* scratch(std::int64_t bytes) {
  struct Free {
    void operator()(char* p) const { ::operator delete[](p, std::align_val_t(kLine)); }
  };
  struct Buffer {
    std::unique_ptr<char[], Free> data;
    std::int64_t size = 0;
  };
  Buffer& buffer = per_thread<Buffer, Buffer>();
  if (buffer.size < bytes) [[unlikely]] {
    buffer.data.reset();
    buffer.size = 0;
    buffer.data.reset(static_cast<char*>(::operator new[](static_cast<std::size_t>(bytes), std::align_val_t(kLine))));
    buffer.size = bytes;
  }
  return buffer.data.get();
}

DType operand_dtype(const ir::Region& region, const ir::Instr& instr) {
  const OpInfo& op = info(instr.op);
  if (op.result == Result::Random) return instr.dtype;
  return region.code[instr.args[(op.properties & Selects_) != 0 ? 1 : 0]].dtype;
}

}  // namespace

Section::Section(const ir::Region& region, const std::vector<DType>& reduced, const std::vector<std::uint16_t>& kept,
                 const cpu::Support& support) {
  constexpr Place kNone = ~Place{0};
  const int count = static_cast<int>(region.code.size());
  const auto size_of = [&](int value) { return static_cast<std::uint8_t>(itemsize(region.code[value].dtype)); };
  Place next = 0;  // slots are numbered first; operands follow once their number is known

  // The last instruction that reads a value: -1 for none, `count` for a value that is stored or kept.
  std::vector<int> last_use(count, -1);
  for (const ir::Store& s : region.stores) last_use[s.value] = count;
  for (const std::uint16_t v : kept) last_use[v] = count;
  for (int i = count - 1; i >= 0; --i) {
    if (last_use[i] < 0) continue;
    for (int k = 0; k < ir::argument_count(region.code[i]); ++k) {
      int& last = last_use[region.code[i].args[k]];
      last = std::max(last, i);
    }
  }

  inputs_.resize(region.inputs.size() + reduced.size());
  for (std::size_t k = 0; k < inputs_.size(); ++k) {
    const bool is_reduced = k >= region.inputs.size();
    const DType dtype = is_reduced ? reduced[k - region.inputs.size()] : region.inputs[k].dtype;
    inputs_[k].itemsize = static_cast<std::uint8_t>(itemsize(dtype));
    if (is_reduced) continue;
    if (region.inputs[k].generated)
      inputs_[k].source = Source::Generated;
    else if (region.inputs[k].access == ir::Access::Uniform)
      inputs_[k].source = Source::Uniform;
  }
  params_.resize(region.params.size());
  outputs_.resize(region.stores.size());

  const auto input_of = [&](const ir::Instr& instr) {
    return instr.code == ir::Code::Reduced ? region.inputs.size() + instr.index : std::size_t{instr.index};
  };
  std::vector<std::uint8_t> param_read(params_.size());
  for (int i = 0; i < count; ++i) {
    if (last_use[i] < 0) continue;
    const ir::Instr& instr = region.code[i];
    if (instr.code == ir::Code::Load || instr.code == ir::Code::Reduced) inputs_[input_of(instr)].read = true;
    if (instr.code == ir::Code::Param) param_read[instr.index] = 1;
  }
  for (std::size_t k = 0; k < params_.size(); ++k) {
    params_[k].itemsize = param_read[k] ? static_cast<std::uint8_t>(itemsize(region.params[k])) : 0;
    params_[k].slot = next++;
    element_bytes_ += params_[k].itemsize;
  }
  for (Input& input : inputs_) {
    input.slot = next++;
    element_bytes_ += input.read ? input.itemsize : 0;
  }
  for (std::size_t k = 0; k < outputs_.size(); ++k) {
    outputs_[k].staging = next++;
    outputs_[k].itemsize = size_of(region.stores[k].value);
    element_bytes_ += outputs_[k].itemsize;
  }

  // Operands get their numbers behind the last slot: until that is known, they are counted from kOperand.
  constexpr Place kOperand = Place{1} << 31;
  Place operand = kOperand;
  for (Input& input : inputs_) input.place = input.source == Source::Direct ? operand++ : input.slot;
  for (Output& output : outputs_) output.place = operand++;

  // A value that is stored is computed straight into the operand's memory, if a step computes it and for its first
  // store.
  std::vector<Place> place(count, kNone);
  for (std::size_t k = 0; k < outputs_.size(); ++k) {
    const int value = region.stores[k].value;
    const ir::Code code = region.code[value].code;
    if (place[value] == kNone && (code == ir::Code::Apply || code == ir::Code::Cast)) place[value] = outputs_[k].place;
  }

  std::vector<Place> free_slots;
  const Place first_working = next;
  for (int i = 0; i < count; ++i) {
    const ir::Instr& instr = region.code[i];
    if (last_use[i] < 0) continue;
    if (instr.code == ir::Code::Load || instr.code == ir::Code::Reduced) {
      place[i] = inputs_[input_of(instr)].place;
      continue;
    }
    if (instr.code == ir::Code::Param) {
      place[i] = params_[instr.index].slot;
      continue;
    }
    const int arguments = ir::argument_count(instr);
    Step step;
    for (int k = 0; k < arguments; ++k) step.args[k] = place[instr.args[k]];
    // A slot whose value ends here is free before the result gets its own, so that the loop runs in place, unless the
    // result is wider and would overtake the reads. Freed once, though an argument may come twice.
    const auto release = [&](bool early) {
      for (int k = 0; k < arguments; ++k) {
        const int a = instr.args[k];
        if (last_use[a] != i || place[a] == kNone || place[a] < first_working || place[a] >= kOperand) continue;
        if (early && size_of(a) < size_of(i)) continue;
        free_slots.push_back(place[a]);
        place[a] = kNone;
      }
    };
    release(true);
    if (place[i] == kNone) {
      if (free_slots.empty()) {
        place[i] = next++;
      } else {
        place[i] = free_slots.back();
        free_slots.pop_back();
      }
    }
    release(false);
    step.out = place[i];
    if (instr.code == ir::Code::Apply) {
      const DType dtype = operand_dtype(region, instr);
      step.apply = support.apply[static_cast<int>(instr.op)][static_cast<int>(dtype)];
      check(step.apply != nullptr, "the interpreter has no loop for an op of a kernel");
    } else {
      const DType from = region.code[instr.args[0]].dtype;
      step.cast = support.cast[static_cast<int>(from)][static_cast<int>(instr.dtype)];
      check(step.cast != nullptr, "the interpreter has no loop for a cast of a kernel");
    }
    steps_.push_back(step);
  }
  element_bytes_ += (next - first_working) * kSlotItem;

  slots_ = next;
  places_ = slots_ + (operand - kOperand);
  const auto number = [&](Place p) { return p >= kOperand ? slots_ + (p - kOperand) : p; };
  for (Step& step : steps_) {
    step.out = number(step.out);
    for (Place& a : step.args) a = number(a);
  }
  for (Input& input : inputs_) input.place = number(input.place);
  for (std::size_t k = 0; k < outputs_.size(); ++k) {
    outputs_[k].place = number(outputs_[k].place);
    outputs_[k].value = number(place[region.stores[k].value]);
  }
  for (const std::uint16_t v : kept) kept_.push_back(number(place[v]));
}

Program::Program(const ir::Kernel& kernel, cpu::Level level) : support_(cpu::support(level)), form_(kernel.form()) {
  std::vector<std::uint16_t> kept;
  std::vector<DType> reduced;
  for (const ir::Reduction& r : kernel.reductions) {
    const DType dtype = kernel.value_dtype(r);
    const int reducer = static_cast<int>(r.reducer), d = static_cast<int>(dtype);
    check(support_.fold[reducer][d] != nullptr, "the interpreter has no loop for a reduction of a kernel");
    folds_.push_back({static_cast<std::uint8_t>(itemsize(dtype)), ir::state_bytes(r.reducer, dtype),
                      ir::arrays(r.reducer) * static_cast<std::int64_t>(itemsize(dtype)), support_.clear[reducer][d],
                      support_.accumulate[reducer][d], support_.accumulate_rows[reducer][d],
                      support_.fold[reducer][d]});
    kept.push_back(r.value);
    reduced.push_back(kernel.result_dtype(r));
  }
  body_ = Section(kernel.body, {}, kept, support_);
  body_block_ = block_length(body_.element_bytes_);
  if (form_ != ir::Form::Map) {
    epilogue_ = Section(kernel.epilogue, reduced, {}, support_);
    epilogue_block_ = block_length(epilogue_.element_bytes_);
  }
  if (form_ == ir::Form::Row) {
    lanes_ = ir::lanes(kernel);
    leaf_ = ir::leaf_size(kernel);
    body_block_ = std::clamp(body_block_, lanes_, leaf_);
  }
}

// The state of one call: where every place is, for the block at hand.
struct Program::Run {
  const Program& program;
  const Section& section;
  const cpu::Tile& tile;
  ir::Form form;
  std::int64_t block;  // elements, at most
  char** at;           // per place
  char* acc;           // Row form: the lane accumulators of each reduction

  // Elements [col, col + n) of `rows` rows from `row` on; all of the row unless rows is 1.
  struct Block {
    std::int64_t row, rows, col, n;
    std::int64_t count() const { return rows * n; }
  };

  bool is_flat(std::int64_t row_bytes, const Block& b, std::int64_t itemsize) const {
    return b.rows == 1 || row_bytes == b.n * itemsize;
  }

  void prepare(std::int64_t count) {
    for (std::size_t k = 0; k < section.params_.size(); ++k) {
      const Section::Param& p = section.params_[k];
      if (p.itemsize != 0) fill(at[p.slot], tile.params + k, p.itemsize, count);
    }
    for (std::size_t k = 0; k < section.inputs_.size(); ++k) {
      const Section::Input& input = section.inputs_[k];
      if (input.read && input.source == Section::Source::Uniform && tile.in_row[k] == 0)
        fill(at[input.slot], tile.in[k], input.itemsize, count);
    }
  }

  void fill(void* out, const void* value, int itemsize, std::int64_t n) const {
    program.support_.fill[cpu::item_index(itemsize)](out, value, n);
  }

  // `same_row`: the block before this one was of the same row.
  void load(const Block& b, bool same_row) {
    for (std::size_t k = 0; k < section.inputs_.size(); ++k) {
      const Section::Input& input = section.inputs_[k];
      if (!input.read) continue;
      const std::int64_t row_step = tile.in_row[k];
      char* slot = at[input.slot];
      if (input.source == Section::Source::Direct) {
        const char* from = static_cast<const char*>(tile.in[k]) + b.row * row_step + b.col * input.itemsize;
        if (is_flat(row_step, b, input.itemsize)) {
          at[input.place] = const_cast<char*>(from);
        } else {
          program.support_.gather[cpu::item_index(input.itemsize)](slot, b.n * input.itemsize, from, row_step,
                                                                   input.itemsize, b.rows, b.n);
          at[input.place] = slot;
        }
      } else if (input.source == Section::Source::Uniform) {
        if (row_step == 0 || same_row) continue;
        const char* from = static_cast<const char*>(tile.in[k]) + b.row * row_step;
        // A whole row's worth, for the blocks of the same row that follow.
        const std::int64_t n = b.rows == 1 ? std::min(block, tile.n) : b.n;
        for (std::int64_t r = 0; r < b.rows; ++r)
          fill(slot + r * b.n * input.itemsize, from + r * row_step, input.itemsize, n);
      } else {
        const std::int64_t first =
            reinterpret_cast<std::int64_t>(tile.in[k]) + b.row * row_step + b.col * tile.in_step[k];
        std::int64_t* out = reinterpret_cast<std::int64_t*>(slot);
        if (b.rows == 1 || row_step == b.n * tile.in_step[k]) {
          program.support_.iota(out, first, tile.in_step[k], b.count());
        } else {
          for (std::int64_t r = 0; r < b.rows; ++r)
            program.support_.iota(out + r * b.n, first + r * row_step, tile.in_step[k], b.n);
        }
      }
    }
    for (std::size_t k = 0; k < section.outputs_.size(); ++k) {
      const Section::Output& output = section.outputs_[k];
      at[output.place] = writes_directly(k, b) ? memory(k, b) : at[output.staging];
    }
  }

  bool writes_directly(std::size_t k, const Block& b) const {
    return !tile.streaming && is_flat(tile.out_row[k], b, section.outputs_[k].itemsize);
  }
  char* memory(std::size_t k, const Block& b) const {
    return static_cast<char*>(tile.out[k]) + b.row * tile.out_row[k] + b.col * section.outputs_[k].itemsize;
  }

  void compute(std::int64_t n) {
    for (const Section::Step& step : section.steps_) {
      if (step.apply != nullptr)
        step.apply(at[step.out], at[step.args[0]], at[step.args[1]], at[step.args[2]], n);
      else
        step.cast(at[step.out], at[step.args[0]], n);
    }
  }

  void store(const Block& b) {
    for (std::size_t k = 0; k < section.outputs_.size(); ++k) {
      const Section::Output& output = section.outputs_[k];
      const char* from = at[output.value];
      char* to = memory(k, b);
      if (from == to) continue;
      const std::int64_t bytes = b.n * output.itemsize;
      for (std::int64_t r = 0; r < b.rows; ++r) {
        if (tile.streaming)
          program.support_.stream(to + r * tile.out_row[k], from + r * bytes, bytes);
        else
          std::memcpy(to + r * tile.out_row[k], from + r * bytes, static_cast<std::size_t>(bytes));
      }
    }
  }

  void reduce_rows(const Block& b) {
    char* accumulators = acc;
    for (std::size_t k = 0; k < program.folds_.size(); ++k) {
      const Fold& f = program.folds_[k];
      const char* values = at[section.kept_[k]];
      const std::int64_t leaves = (tile.n + program.leaf_ - 1) / program.leaf_, leaf = b.col / program.leaf_;
      const std::int64_t begin = leaf * program.leaf_, count = std::min(program.leaf_, tile.n - begin);
      // Lanes beyond the count are absent, so a tree over fewer of them is the same tree.
      const std::int64_t few =
          std::max<std::int64_t>(kLine / f.itemsize, std::bit_ceil(static_cast<std::uint64_t>(count)));
      const std::int64_t lanes = std::min(program.lanes_, few);
      const bool starts = b.col == begin, ends = b.col + b.n == begin + count;
      for (std::int64_t r = 0; r < b.rows; ++r) {
        if (starts) f.clear(accumulators, lanes);
        f.accumulate_rows(accumulators, lanes, values + r * b.n * f.itemsize, b.n, (b.col - begin) / lanes);
        if (ends) {
          char* state = static_cast<char*>(tile.acc[k]) + ((b.row + r) * leaves + leaf) * f.state_bytes;
          f.fold(accumulators, lanes, count, state);
        }
      }
      accumulators += aligned(program.lanes_ * f.accumulator_bytes);
    }
  }

  void reduce_columns(const Block& b) {
    for (std::size_t k = 0; k < program.folds_.size(); ++k) {
      const Fold& f = program.folds_[k];
      char* to = static_cast<char*>(tile.acc[k]) + b.col * f.itemsize;
      const char* values = at[section.kept_[k]];
      for (std::int64_t r = 0; r < b.rows; ++r)
        f.accumulate(to, tile.n, values + r * b.n * f.itemsize, b.n, tile.leaf_row + b.row + r);
    }
  }

  void run(const Block& b, bool same_row) {
    load(b, same_row);
    compute(b.count());
    store(b);
    if (form == ir::Form::Row) reduce_rows(b);
    if (form == ir::Form::Column) reduce_columns(b);
  }

  void run_all() {
    const std::int64_t rows = tile.rows, n = tile.n;
    // Short rows are packed several to a block.
    const std::int64_t packed = n < block ? std::min(rows, block / n) : 1;
    prepare(packed > 1 ? packed * n : std::min(block, n));
    if (packed > 1) {
      for (std::int64_t row = 0; row < rows; row += packed) run({row, std::min(packed, rows - row), 0, n}, false);
    } else if (form == ir::Form::Column) {
      // Down the columns, so that a block's accumulators stay in the cache.
      for (std::int64_t col = 0; col < n; col += block)
        for (std::int64_t row = 0; row < rows; ++row) run({row, 1, col, std::min(block, n - col)}, false);
    } else {
      for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t col = 0; col < n; col += block) run({row, 1, col, std::min(block, n - col)}, col != 0);
    }
    if (tile.streaming) program.support_.fence();
  }
};

void Program::run(const Section& section, ir::Form form, std::int64_t block, const cpu::Tile& tile) const {
  if (tile.rows <= 0 || tile.n <= 0) return;
  std::int64_t acc_bytes = 0;
  if (form == ir::Form::Row)
    for (const Fold& f : folds_) acc_bytes += aligned(lanes_ * f.accumulator_bytes);
  const std::int64_t table_bytes = aligned(static_cast<std::int64_t>(section.places_ * sizeof(char*)));
  const std::int64_t slot_bytes = block * kSlotItem;
  char* memory = scratch(table_bytes + acc_bytes + section.slots_ * slot_bytes);
  Run run{*this, section, tile, form, block, reinterpret_cast<char**>(memory), memory + table_bytes};
  for (Section::Place p = 0; p < section.slots_; ++p) run.at[p] = memory + table_bytes + acc_bytes + p * slot_bytes;
  run.run_all();
}

void Program::body(const cpu::Tile& tile) const { run(body_, form_, body_block_, tile); }

void Program::epilogue(const cpu::Tile& tile) const { run(epilogue_, ir::Form::Map, epilogue_block_, tile); }

}  // namespace ingot::emit
