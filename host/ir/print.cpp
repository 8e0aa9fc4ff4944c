#include <string>

#include "host/ir/kernel.h"

namespace ingot::ir {
namespace {

class Printer {
 public:
  explicit Printer(const Kernel& kernel) : kernel_(kernel) {}

  std::string run() {
    out_ += "kernel";
    for (bool r : kernel_.reduced) out_ += r ? " reduced" : " kept";
    out_ += '\n';
    region("body", kernel_.body);
    for (const Reduction& r : kernel_.reductions) {
      out_ += "  reduce ";
      out_ += name(r.reducer);
      value(r.value);
      out_ += '\n';
    }
    if (!kernel_.epilogue.empty()) region("epilogue", kernel_.epilogue);
    return std::move(out_);
  }

 private:
  void value(int v) {
    out_ += " %";
    out_ += std::to_string(v);
  }

  void operand(const Operand& o) {
    out_ += short_name(o.dtype);
    if (o.generated) out_ += " index";
    switch (o.access) {
      case Access::Contiguous: out_ += " contiguous"; break;
      case Access::Uniform: out_ += " uniform"; break;
      case Access::Strided: out_ += " strided"; break;
    }
  }

  void region(const char* title, const Region& r) {
    out_ += title;
    out_ += '\n';
    for (std::size_t i = 0; i < r.code.size(); ++i) instruction(r, static_cast<int>(i));
    for (const Store& s : r.stores) {
      out_ += "  store";
      value(s.value);
      out_ += " to ";
      operand(s.operand);
      out_ += '\n';
    }
  }

  void instruction(const Region& r, int i) {
    const Instr& instr = r.code[i];
    out_ += " ";
    value(i);
    out_ += ' ';
    out_ += short_name(instr.dtype);
    out_ += " = ";
    switch (instr.code) {
      case Code::Load:
        out_ += "load in" + std::to_string(instr.index) + " ";
        if (instr.index < r.inputs.size())  // verify() prints what is illegal, too
          operand(r.inputs[instr.index]);
        break;
      case Code::Param: out_ += "param " + std::to_string(instr.index); break;
      case Code::Reduced: out_ += "reduced " + std::to_string(instr.index); break;
      case Code::Apply: out_ += info(instr.op).name; break;
      case Code::Cast: out_ += "cast"; break;
    }
    for (int k = 0; k < argument_count(instr); ++k) value(instr.args[k]);
    out_ += '\n';
  }

  const Kernel& kernel_;
  std::string out_;
};

}  // namespace

std::string print(const Kernel& kernel) { return Printer(kernel).run(); }

}  // namespace ingot::ir
