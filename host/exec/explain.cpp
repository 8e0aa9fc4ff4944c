#include "host/exec/explain.h"

#include <sstream>

#include "host/base/config.h"
#include "host/exec/blocks.h"
#include "host/exec/launch.h"

namespace ingot::exec {
namespace {

const char* residence(plan::Residence residence) {
  switch (residence) {
    case plan::Residence::Memory: return "";
    case plan::Residence::Cache: return " (in the cache)";
    case plan::Residence::Block: return " (in the block alone)";
  }
  return "";
}

void describe_operands(std::ostream& out, const plan::Snapshot& snapshot, const char* title,
                       const std::vector<plan::Binding>& bindings, const Dims& extents) {
  for (const plan::Binding& binding : bindings) {
    const plan::Item& item = snapshot.items[static_cast<std::size_t>(binding.item)];
    std::int64_t elements = 1;
    for (int k = 0; k < extents.size(); ++k)
      if (binding.map.strides[k] != 0) elements *= extents[k];
    const bool index = item.kind == graph::Kind::Index;
    out << "  " << title << ' ' << name(item.dtype) << ' ' << to_string(item.shape) << ", strides "
        << to_string(Shape(binding.map.strides)) << ", "
        << (index ? 0 : elements * static_cast<std::int64_t>(itemsize(item.dtype))) << " bytes"
        << (index ? " (generated)" : residence(binding.residence)) << '\n';
  }
}

void describe_array(std::ostream& out, const plan::Item& item, const char* title) {
  const bool generated = item.kind == graph::Kind::Index && !item.stored;
  out << "  " << title << ' ' << name(item.dtype) << ' ' << to_string(item.shape) << ", "
      << item.numel * static_cast<std::int64_t>(itemsize(item.dtype)) << " bytes" << (generated ? " (generated)" : "")
      << '\n';
}

// What a call reads through strides, or as it is.
void describe_input(std::ostream& out, const plan::Snapshot& snapshot, const plan::Binding& read, int input) {
  const plan::Item& item = snapshot.items[static_cast<std::size_t>(input)];
  if (read.item == input) return describe_array(out, item, "reads");
  describe_operands(out, snapshot, "reads", {read}, item.shape);
}

void describe_call(std::ostream& out, const plan::Snapshot& snapshot, const plan::Call& call) {
  const plan::Item& item = snapshot.items[static_cast<std::size_t>(call.item)];
  const RoutineInfo& routine = info(item.routine);
  out << routine.name << ", which " << routine.doc << '\n';
  for (int k = 0; k < item.inputs; ++k)
    describe_input(out, snapshot, call.inputs[static_cast<std::size_t>(k)], item.in[k]);
  describe_array(out, item, "writes");
  if (item.routine == Routine::matmul && is_floating(item.dtype) && config().device_products == Products::Vendor)
    out << "  on a device by cuBLASLt" << (item.dtype == DType::Float32 && config().tf32 ? " in TF32" : "")
        << ", or by Ingot's kernels where it does not take the strides\n";
}

bool has_fast_ops(const ir::Region& region) {
  return ir::applies(region, [](Op op) { return info(op).operands == Operands::Fast; });
}

void describe_launch(std::ostream& out, const plan::Snapshot& snapshot, const plan::Launch& launch, bool code) {
  const std::shared_ptr<jit::Code> kernel = jit::code_for(launch.kernel);
  out << "loops";
  for (int k = 0; k < launch.extents.size(); ++k)
    out << ' ' << launch.extents[k] << (launch.kernel.reduced[static_cast<std::size_t>(k)] ? " (reduced)" : "");
  const std::int64_t flops = product(launch.extents) * (ir::cost(launch.kernel.body) + ir::fold_cost(launch.kernel)) +
                             launch.kept() * ir::cost(launch.kernel.epilogue);
  out << ", about " << flops << " flops, " << (kernel->is_compiled() ? "compiled" : "interpreted so far") << " for "
      << cpu::level_name(jit::level())
      << (has_fast_ops(launch.kernel.body) || has_fast_ops(launch.kernel.epilogue) ? ", fast math" : "") << '\n';
  describe_operands(out, snapshot, "reads", launch.body.inputs, launch.extents);
  describe_operands(out, snapshot, "writes", launch.body.outputs, launch.extents);
  describe_operands(out, snapshot, "epilogue reads", launch.epilogue.inputs, launch.kept_extents());
  describe_operands(out, snapshot, "epilogue writes", launch.epilogue.outputs, launch.kept_extents());
  out << print(launch.kernel);
  if (!code) return;
  std::string reason;
  jit::Compiler* const compiler = jit::compiler(&reason);
  if (compiler != nullptr)
    out << compiler->text(kernel->kernel(), jit::level(), "llvm");
  else
    out << "no generated code: " << reason << '\n';
}

}  // namespace

std::string describe(const plan::Snapshot& snapshot, const plan::Plan& plan, bool code) {
  std::ostringstream out;
  const auto counted = [](std::size_t count, const char* what) {
    return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
  };
  out << counted(plan.launches.size(), "kernel");
  if (!plan.calls.empty()) out << ", " << counted(plan.calls.size(), "call");
  out << '\n';
  auto region = plan.regions.begin();
  for (const plan::Step& step : plan.steps) {
    if (region != plan.regions.end() && &step == &plan.steps[static_cast<std::size_t>(region->first)]) {
      out << "block by block of " << region->rows << " rows, " << region->row_bytes << " bytes each: the next "
          << region->count << " steps\n";
      ++region;
    }
    const auto number = static_cast<std::size_t>(step.number);
    out << (step.is_call ? "call " : "kernel ") << number << ": ";
    if (step.is_call)
      describe_call(out, snapshot, plan.calls[number]);
    else
      describe_launch(out, snapshot, plan.launches[number], code);
  }
  return std::move(out).str();
}

}  // namespace ingot::exec
