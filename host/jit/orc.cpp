#include "host/jit/orc.h"

#include <atomic>

#include <llvm/Config/llvm-config.h>
#include <llvm/ExecutionEngine/Orc/Core.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>
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
#include "host/emit/llvm/bodies.h"
#include "host/emit/llvm/bundle.h"
#include "host/emit/llvm/kernel.h"

namespace ingot::jit {
namespace {

namespace orc = llvm::orc;

[[noreturn]] void broken(const char* what, llvm::Error error) {
  throw InternalError(ingot::text("internal error: LLVM: ", what, ": ", llvm::toString(std::move(error))));
}

template <class T>
T value_of(llvm::Expected<T> result, const char* what) {
  if (!result) broken(what, result.takeError());
  return std::move(*result);
}

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

std::string generate(llvm::Module& module, llvm::TargetMachine& target, llvm::CodeGenFileType type) {
  llvm::SmallString<0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  if (target.addPassesToEmitFile(passes, stream, nullptr, type))
    throw InternalError("internal error: LLVM cannot emit this file type");
  passes.run(module);
  return std::string(bytes);
}

struct Unit {
  explicit Unit(const ir::Kernel& kernel, cpu::Level level) : target(target_machine(level, effort(kernel))) {
    context.setDiscardValueNames(true);
    module = emit::emit_llvm(kernel, level, *target, context);
#ifdef INGOT_DEBUG
    std::string complaint;
    llvm::raw_string_ostream stream(complaint);
    if (llvm::verifyModule(*module, &stream))
      throw InternalError(ingot::text("internal error: illegal LLVM IR: ", complaint, ir::print(kernel)));
#endif
    optimise(*module, *target);
  }

  llvm::LLVMContext context;
  std::unique_ptr<llvm::TargetMachine> target;
  std::unique_ptr<llvm::Module> module;
};

class OrcLoaded final : public Loaded {
 public:
  OrcLoaded(orc::ExecutionSession& session, orc::JITDylib& library) : session_(session), library_(library) {}
  ~OrcLoaded() override {
    if (auto error = session_.removeJITDylib(library_)) llvm::consumeError(std::move(error));
  }

  void find() {
    body = lookup("ingot_body");
    epilogue = lookup("ingot_epilogue");
    check(body != nullptr, "a compiled object without ingot_body");
  }

 private:
  cpu::TileFn lookup(const char* name) {
    auto found =
        session_.lookup(orc::makeJITDylibSearchOrder(&library_, orc::JITDylibLookupFlags::MatchAllSymbols),
                        orc::SymbolLookupSet(session_.intern(name), orc::SymbolLookupFlags::WeaklyReferencedSymbol));
    if (!found) broken("an object that cannot be linked", found.takeError());
    return found->empty() ? nullptr : found->begin()->second.getAddress().toPtr<cpu::TileFn>();
  }

  orc::ExecutionSession& session_;
  orc::JITDylib& library_;
};

}  // namespace

OrcCompiler::OrcCompiler(const Symbol* symbols, int count) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  set_code_generation();
  session_ = std::make_unique<orc::ExecutionSession>(
      value_of(orc::SelfExecutorProcessControl::Create(), "no execution session"));
  // What cannot be linked is reported by the call that asked for it.
  session_->setErrorReporter([](llvm::Error error) { llvm::consumeError(std::move(error)); });
  layer_ = std::make_unique<orc::ObjectLinkingLayer>(*session_);
  symbols_ = &session_->createBareJITDylib("libingot");
  orc::SymbolMap map;
  for (int i = 0; i < count; ++i)
    map[session_->intern(symbols[i].name)] = {orc::ExecutorAddr::fromPtr(symbols[i].address),
                                              llvm::JITSymbolFlags::Exported | llvm::JITSymbolFlags::Callable};
  if (auto error = symbols_->define(orc::absoluteSymbols(std::move(map))))
    broken("the symbols given to it", std::move(error));
}

OrcCompiler::~OrcCompiler() {
  if (auto error = session_->endSession()) llvm::consumeError(std::move(error));
}

std::string OrcCompiler::compile(const ir::Kernel& kernel, cpu::Level level) {
  Unit unit(kernel, level);
  return generate(*unit.module, *unit.target, llvm::CodeGenFileType::ObjectFile);
}

std::unique_ptr<Loaded> OrcCompiler::load(std::string_view object) {
  static std::atomic<std::uint64_t> number{0};
  const std::string name = ingot::text("kernel", number.fetch_add(1));
  // Every object defines the same names, so each gets a library of its own.
  orc::JITDylib& library = session_->createBareJITDylib(name);
  auto loaded = std::make_unique<OrcLoaded>(*session_, library);
  library.addToLinkOrder(*symbols_);
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(object.data(), object.size()), name);
  if (auto error = layer_->add(library, std::move(buffer))) broken("an object that cannot be read", std::move(error));
  loaded->find();
  return loaded;
}

std::string OrcCompiler::text(const ir::Kernel& kernel, cpu::Level level, std::string_view kind) {
  Unit unit(kernel, level);
  if (kind == "asm") return generate(*unit.module, *unit.target, llvm::CodeGenFileType::AssemblyFile);
  check(kind == "llvm", "generated code is asked for as llvm or asm");
  std::string result;
  llvm::raw_string_ostream stream(result);
  unit.module->print(stream, nullptr);
  return stream.str();
}

std::string OrcCompiler::version() const {
  return ingot::text("ingot ", INGOT_VERSION, " emitter ", INGOT_EMITTER_DIGEST, " llvm ", LLVM_VERSION_STRING,
                     " bodies ", emit::bodies_hash());
}

}  // namespace ingot::jit

extern "C" ingot::jit::Compiler* ingot_llvm_open(const ingot::jit::Symbol* symbols, int count) {
  static ingot::jit::OrcCompiler* compiler = new ingot::jit::OrcCompiler(symbols, count);
  return compiler;
}
