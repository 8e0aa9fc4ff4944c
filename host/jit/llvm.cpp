#include "host/jit/llvm.h"

#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Verifier.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/TargetParser/Host.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/InstCombine/InstCombine.h>
#include <llvm/Transforms/Scalar/EarlyCSE.h>
#include <llvm/Transforms/Scalar/SROA.h>
#include <llvm/Transforms/Scalar/SimplifyCFG.h>

#include "host/base/error.h"
#include "host/emit/llvm/bundle.h"
#include "host/emit/llvm/constants.h"
#include "host/emit/llvm/kernel.h"
#include "host/jit/guard.h"
#include "kernels/cpu/bundle.h"

namespace ingot::jit {
namespace {

const char* cpu_name(cpu::Level level) {
#if defined(__x86_64__)
  switch (level) {
    case cpu::Level::Baseline: return "x86-64";
    case cpu::Level::V3: return "x86-64-v3";
    case cpu::Level::V4: return "x86-64-v4";
  }
#endif
  static_cast<void>(level);
  return "generic";
}

// With the register allocator of set_code_generation, CodeGenOptLevel::None makes code as fast as Less does in two
// thirds of the time, since the bodies come optimised. It shows in two kinds of kernels that None folds no loads into
// instructions: in those that do next to nothing per load (a plain sum takes 1.3 times as long in the caches), and in
// long straight lines of heavy ops (ten rounds of sqrt + sin take 1.2 times as long).
llvm::CodeGenOptLevel effort(const ir::Kernel& kernel) {
  constexpr int kLight = 4;
  return ir::cost(kernel.body) <= kLight || emit::is_long_chain(kernel.body) ? llvm::CodeGenOptLevel::Less
                                                                             : llvm::CodeGenOptLevel::None;
}

std::unique_ptr<llvm::TargetMachine> target_machine(cpu::Level level, llvm::CodeGenOptLevel effort) {
  const std::string triple = llvm::sys::getProcessTriple();
  std::string error;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, error);
  if (!target) throw InternalError(ingot::text("internal error: LLVM: ", error));
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Strict;
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, cpu_name(level), "", options, llvm::Reloc::PIC_, llvm::CodeModel::Small, effort, true));
  machine->setGlobalISel(false);
  return machine;
}

// Target machines, each used by one compilation at a time and kept for the next: a new one spends a millisecond on the
// tables of its processor.
class Machines {
 public:
  struct Machine {
    cpu::Level level;
    llvm::CodeGenOptLevel effort;
    std::unique_ptr<llvm::TargetMachine> target;
  };

  Machine take(cpu::Level level, llvm::CodeGenOptLevel effort) {
    const std::scoped_lock guard(mutex_);
    const auto found = std::find_if(free_.begin(), free_.end(),
                                    [&](const Machine& m) { return m.level == level && m.effort == effort; });
    if (found == free_.end()) return {level, effort, target_machine(level, effort)};
    Machine machine = std::move(*found);
    free_.erase(found);
    return machine;
  }
  // Called by a destructor: where there is no memory for the list, the machine is given up.
  void put(Machine machine) noexcept try {
    const std::scoped_lock guard(mutex_);
    free_.push_back(std::move(machine));
  } catch (const std::bad_alloc&) {
  }

 private:
  std::mutex mutex_;
  std::vector<Machine> free_;
};

Machines& machines() {
  static Machines* const instance = new Machines;  // never destroyed: the background may compile while the process ends
  return *instance;
}

// Code generation options that have no other way in. LLVM is linked into this module alone and hidden, so nobody else's
// change. At None, registers would be allocated one instruction at a time, which costs vector code a third of its
// speed. At Less, loop strength reduction takes a tenth of the time and finds nothing.
void set_code_generation() {
  const auto& known = llvm::cl::getRegisteredOptions();
  for (const char* name : {"optimize-regalloc", "disable-lsr"}) {
    const auto option = known.find(name);
    check(option != known.end(), "a code generation option that this LLVM does not have");
    option->second->addOccurrence(0, name, "true");
  }
}

// The bodies come optimised, so what is left is to inline them and to turn their operands' memory into registers.
void optimise(llvm::Module& module, llvm::TargetMachine& target) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PassBuilder builder(&target);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);

  llvm::FunctionPassManager each;
  each.addPass(llvm::SROAPass(llvm::SROAOptions::ModifyCFG));
  each.addPass(llvm::EarlyCSEPass());
  each.addPass(llvm::InstCombinePass());
  each.addPass(llvm::SimplifyCFGPass());
  llvm::ModulePassManager passes;
  passes.addPass(llvm::AlwaysInlinerPass(false));
  passes.addPass(llvm::createModuleToFunctionPassAdaptor(std::move(each)));
  passes.run(module, modules);
}

// A kernel's module, optimised.
class Unit {
 public:
  Unit(const ir::Kernel& kernel, cpu::Level level) : machine_(machines().take(level, effort(kernel))) {
    context_.setDiscardValueNames(true);
    // By default an error that code generation reports, rather than returns, ends the process.
    context_.setDiagnosticHandlerCallBack(
        [](const llvm::DiagnosticInfo* info, void* unit) { static_cast<Unit*>(unit)->note(*info); }, this);
    module_ = emit::emit_llvm(kernel, level, *machine_.target, context_);
#ifdef INGOT_DEBUG
    std::string complaint;
    llvm::raw_string_ostream stream(complaint);
    if (llvm::verifyModule(*module_, &stream))
      throw InternalError(ingot::text("internal error: illegal LLVM IR: ", complaint, ir::print(kernel)));
#endif
    optimise(*module_, *machine_.target);
    if (emit::is_short_of_registers(kernel, level))
      emit::read_constants_in_place(*module_);
    else if (level == cpu::Level::V4 && machine_.target->getOptLevel() == llvm::CodeGenOptLevel::None)
      emit::keep_constants_in_registers(*module_, cpu::register_bytes(level));
  }

  ~Unit() { machines().put(std::move(machine_)); }
  Unit(const Unit&) = delete;
  Unit& operator=(const Unit&) = delete;

  std::string generate(llvm::CodeGenFileType type) {
    llvm::SmallString<0> bytes;
    llvm::raw_svector_ostream stream(bytes);
    llvm::legacy::PassManager passes;
    if (machine_.target->addPassesToEmitFile(passes, stream, nullptr, type))
      throw InternalError("internal error: LLVM cannot emit this file type");
    passes.run(*module_);
    if (!errors_.empty()) throw InternalError("internal error: LLVM: " + errors_);
    return std::string(bytes);
  }

  std::string print() const {
    std::string result;
    llvm::raw_string_ostream stream(result);
    module_->print(stream, nullptr);
    return stream.str();
  }

 private:
  void note(const llvm::DiagnosticInfo& info) {
    if (info.getSeverity() != llvm::DS_Error) return;
    llvm::raw_string_ostream stream(errors_);
    llvm::DiagnosticPrinterRawOStream printer(stream);
    info.print(printer);
  }

  std::string errors_;
  llvm::LLVMContext context_;
  Machines::Machine machine_;
  std::unique_ptr<llvm::Module> module_;
};

}  // namespace

LlvmCompiler::LlvmCompiler() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  set_code_generation();
}

std::string LlvmCompiler::compile(const ir::Kernel& kernel, cpu::Level level) {
  std::string object;
  guarded([&] {
    fail_if_asked();
    Unit unit(kernel, level);
    object = unit.generate(llvm::CodeGenFileType::ObjectFile);
  });
  return object;
}

std::string LlvmCompiler::text(const ir::Kernel& kernel, cpu::Level level, std::string_view kind) {
  check(kind == "llvm" || kind == "asm", "generated code is asked for as llvm or asm");
  std::string result;
  guarded([&] {
    fail_if_asked();
    Unit unit(kernel, level);
    result = kind == "asm" ? unit.generate(llvm::CodeGenFileType::AssemblyFile) : unit.print();
  });
  return result;
}

void LlvmCompiler::fail_if_asked() {
  if (fails_next_.exchange(false)) llvm::report_fatal_error("one that a test asked for");
}

}  // namespace ingot::jit

extern "C" ingot::jit::Compiler* ingot_llvm_open(const char* version) {
  using namespace ingot::jit;
  if (version != compiler_version()) return nullptr;
  static Compiler* const compiler = [] {
    Compiler* made = nullptr;
    guarded([&] { made = new LlvmCompiler; });
    return made;
  }();
  return compiler;
}
