#include "host/exec/explain.h"

#include <sstream>

#include "host/exec/blocks.h"
#include "host/exec/launch.h"

namespace ingot::exec {
namespace {

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
        << (index ? " (generated)" : "") << '\n';
  }
}

}  // namespace

std::string describe(const plan::Snapshot& snapshot, const plan::Plan& plan, bool code) {
  std::ostringstream out;
  const std::vector<plan::Launch>& launches = plan.launches;
  out << launches.size() << (launches.size() == 1 ? " kernel\n" : " kernels\n");
  for (std::size_t l = 0; l < launches.size(); ++l) {
    const plan::Launch& launch = launches[l];
    const std::shared_ptr<jit::Code> kernel = jit::code_for(launch.kernel);
    out << "kernel " << l << ": loops";
    for (int k = 0; k < launch.extents.size(); ++k)
      out << ' ' << launch.extents[k] << (launch.kernel.reduced[static_cast<std::size_t>(k)] ? " (reduced)" : "");
    const std::int64_t flops =
        product(launch.extents) * ir::cost(launch.kernel.body) + launch.kept() * ir::cost(launch.kernel.epilogue);
    out << ", about " << flops << " flops, " << (kernel->is_compiled() ? "compiled" : "interpreted so far") << " for "
        << cpu::level_name(jit::level()) << '\n';
    describe_operands(out, snapshot, "reads", launch.body.inputs, launch.extents);
    describe_operands(out, snapshot, "writes", launch.body.outputs, launch.extents);
    describe_operands(out, snapshot, "epilogue reads", launch.epilogue.inputs, launch.kept_extents());
    describe_operands(out, snapshot, "epilogue writes", launch.epilogue.outputs, launch.kept_extents());
    out << print(launch.kernel);
    if (!code) continue;
    std::string reason;
    jit::Compiler* const compiler = jit::compiler(&reason);
    if (compiler != nullptr)
      out << compiler->text(kernel->kernel(), jit::level(), "llvm");
    else
      out << "no generated code: " << reason << '\n';
  }
  return std::move(out).str();
}

}  // namespace ingot::exec
