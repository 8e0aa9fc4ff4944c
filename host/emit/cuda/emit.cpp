// The text of a program from its parts, and the choice of unit and unroll.
#include <algorithm>

#include "host/emit/cuda/emitter.h"

namespace ingot::cuda {
namespace {

constexpr int kVectorBytes = 16;
constexpr int kResidentThreads = 1024;             // of a multiprocessor, at the registers that a fused kernel needs
constexpr int kRegisterBytes = 4, kMostHeld = 64;  // registers of a thread for what it has loaded
constexpr int kInlineCost = 64;  // additions' worth of code in copies of the body: NVRTC takes 10 ms for a sine of f64

int size_of(DType dtype) { return static_cast<int>(itemsize(dtype)); }

bool in_memory(const ir::Operand& operand) { return !operand.generated && operand.access != ir::Access::Uniform; }

void widen(int& widest, const ir::Operand& operand) {
  if (in_memory(operand)) widest = std::max(widest, size_of(operand.dtype));
}

bool has_order(const ir::Kernel& kernel) {
  return std::any_of(kernel.reductions.begin(), kernel.reductions.end(),
                     [&](const ir::Reduction& r) { return ir::is_order_sensitive(r.reducer, kernel.value_dtype(r)); });
}

int exponential_cost(const ir::Kernel& kernel) {
  const auto exponentials = std::ranges::count_if(
      kernel.reductions, [](const ir::Reduction& r) { return state(r.reducer) == State::Exponentials; });
  return static_cast<int>(exponentials) * info(Op::exp).cost;
}

int unroll_of(const ir::Kernel& kernel, const Options& options, int unit) {
  int bytes = 0, held = 0;  // one is in registers for each element, be it the same for all
  for (const ir::Operand& input : kernel.body.inputs) {
    if (in_memory(input)) bytes += unit * size_of(input.dtype);
    if (!input.generated) held += unit * std::max(1, size_of(input.dtype) / kRegisterBytes);
  }
  const int wanted = options.bytes_in_flight / kResidentThreads;
  // Lanes take registers too: six reductions with sixteen units spill, and so does sumsqdev.
  int lanes = -2;
  for (const ir::Reduction& r : kernel.reductions)
    lanes += ir::arrays(r.reducer) + (state(r.reducer) == State::Moments ? 1 : 0);
  const int cost = std::max(1, ir::cost(kernel.body) + std::max(0, lanes) + exponential_cost(kernel));
  const int most = kernel.form() == ir::Form::Row ? ir::kLeafRows : kMostUnits;
  int unroll = 1;
  while (bytes > 0 && unroll * bytes < wanted && 2 * unroll * unit * cost <= kInlineCost && unroll < most &&
         2 * unroll * held <= kMostHeld)
    unroll *= 2;
  return unroll;
}

}  // namespace

std::size_t state_bytes(const ir::Kernel& kernel, const ir::Reduction& r) {
  return static_cast<std::size_t>(ir::state_bytes(r.reducer, kernel.value_dtype(r)));
}

int unit_size(const ir::Kernel& kernel, const Options& options) {
  // What order-sensitive lanes are is not ours to choose; other reductions may take any.
  if (kernel.form() == ir::Form::Row && has_order(kernel)) return ir::lanes(kernel) / 32;

  int widest = 1;
  bool strided = false;
  for (const ir::Operand& input : kernel.body.inputs) {
    widen(widest, input);
    strided = strided || input.access == ir::Access::Strided;
  }
  for (const ir::Store& store : kernel.body.stores) {
    widen(widest, store.operand);
    strided = strided || store.operand.access == ir::Access::Strided;
  }
  for (const ir::Reduction& r : kernel.reductions) widest = std::max(widest, size_of(kernel.value_dtype(r)));
  int unit = kVectorBytes / widest;
  // A thread holds a state for each element of its unit, in registers and in shared memory.
  constexpr std::size_t kStateBytes = 128;
  for (const ir::Reduction& r : kernel.reductions)
    while (unit * state_bytes(kernel, r) > kStateBytes) unit /= 2;
  if (kernel.form() == ir::Form::Row) return unit;

  if (options.tile_axis >= 0) return 1;

  // Neighbouring threads on neighbouring elements are as good as vectors where nothing can be read in vectors, and
  // better where an operand jumps from element to element.
  if (strided || std::none_of(options.vectors.begin(), options.vectors.end(), [](bool v) { return v; })) return 1;
  for (const ir::Operand& input : kernel.epilogue.inputs) widen(widest, input);
  for (const ir::Store& store : kernel.epilogue.stores) widen(widest, store.operand);
  unit = std::min(unit, kVectorBytes / widest);
  while (unit > 2 && unit * ir::cost(kernel.body) > kInlineCost) unit /= 2;
  return unit;
}

int bytes_in_flight(int capability, double bandwidth) {
  constexpr struct {
    int capability;
    double bandwidth;
    int kilobytes;
  } kTable[] = {{100, 0, 64}, {90, 4000, 48}, {90, 0, 32}, {0, 0, 16}};
  for (const auto& row : kTable)
    if (capability >= row.capability && bandwidth >= row.bandwidth) return row.kilobytes * 1024;
  return 16 * 1024;
}

std::vector<std::string> compiler_options(int capability) {
  return {"--gpu-architecture=sm_" + std::to_string(capability),
          "-std=c++20",
          "--fmad=false",
          "-default-device",
          "--minimal",
          "--diag-suppress=177,550"};
}

Emitter::Emitter(const ir::Kernel& kernel, const Options& options)
    : kernel_(kernel),
      options_(options),
      unit_(unit_size(kernel, options)),
      unroll_(unroll_of(kernel, options, unit_)) {}

// The states of a thread's lanes.
std::size_t Emitter::lane_bytes() const {
  std::size_t bytes = 0;
  for (const ir::Reduction& r : kernel_.reductions) bytes += static_cast<std::size_t>(unit_) * state_bytes(kernel_, r);
  return bytes;
}

Program Emitter::run() {
  switch (kernel_.form()) {
    case ir::Form::Map: options_.tile_axis >= 0 ? tiled() : map(); break;
    case ir::Form::Row: row(); break;
    case ir::Form::Column: column(); break;
  }
  std::string body = out_.take();
  out_.line("using Index = ", options_.wide ? "i64" : "i32", ";");
  out_.line("");
  reducers();
  out_.open("struct Params");
  for (const Field& field : program_.fields)
    out_.line(field.slots == 1 ? "alignas(8) " : "", field.type, " ", field.name, ";");
  out_.close(";");
  out_.line("");
  program_.text = out_.take() + body;
  program_.name = options_.name;
  program_.form = kernel_.form();
  program_.options = options_;
  program_.unit = unit_;
  program_.unroll = unroll_;
  return std::move(program_);
}

Program emit(const ir::Kernel& kernel, const Options& options) { return Emitter(kernel, options).run(); }

}  // namespace ingot::cuda
