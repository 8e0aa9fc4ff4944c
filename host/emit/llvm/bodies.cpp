#include "host/emit/llvm/bodies.h"

#include <algorithm>
#include <vector>

#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Linker/Linker.h>
#include <llvm/Support/MemoryBufferRef.h>

#include "host/base/error.h"

#if defined(__x86_64__)
#define INGOT_LEVELS(X) X(Baseline) X(V3) X(V4)
#else
#define INGOT_LEVELS(X) X(Baseline)
#endif
#define INGOT_DTYPES(X, level) \
  X(level, i8)                 \
  X(level, i16)                \
  X(level, i32)                \
  X(level, i64)                \
  X(level, u8) X(level, u16) X(level, u32) X(level, u64) X(level, f16) X(level, bf16) X(level, f32) X(level, f64)

#define INGOT_DECLARE(level, dtype)                        \
  extern "C" const char ingot_bitcode_##level##_##dtype[]; \
  extern "C" const char ingot_bitcode_##level##_##dtype##_end[];
#define INGOT_DECLARE_LEVEL(level) INGOT_DTYPES(INGOT_DECLARE, level)
INGOT_LEVELS(INGOT_DECLARE_LEVEL)

namespace ingot::emit {
namespace {

struct Bitcode {
  cpu::Level level;
  std::string_view dtype;
  const char* begin;
  const char* end;

  llvm::StringRef bytes() const { return {begin, static_cast<std::size_t>(end - begin)}; }
};

const Bitcode kBitcode[] = {
#define INGOT_ENTRY(level, dtype) \
  {cpu::Level::level, #dtype, ingot_bitcode_##level##_##dtype, ingot_bitcode_##level##_##dtype##_end},
#define INGOT_ENTRY_LEVEL(level) INGOT_DTYPES(INGOT_ENTRY, level)
    INGOT_LEVELS(INGOT_ENTRY_LEVEL)};

const Bitcode& find(cpu::Level level, DType dtype) {
  for (const Bitcode& b : kBitcode)
    if (b.level == level && b.dtype == short_name(dtype)) return b;
  throw InternalError(text("internal error: no bodies for ", name(dtype), " at CPU level ", static_cast<int>(level)));
}

// Bool lanes are bytes of 0 and 1 and use the uint8 bodies.
DType lane_dtype(DType dtype) { return is_bool(dtype) ? DType::UInt8 : dtype; }

std::string symbol(std::string_view what, DType dtype, int lanes) {
  return text("ingot_", what, "_", short_name(dtype), "_w", lanes);
}

}  // namespace

Bodies::Bodies(llvm::Module& module, cpu::Level level) : module_(module), level_(level) {}

llvm::Module& Bodies::source(DType dtype) {
  std::unique_ptr<llvm::Module>& source = sources_[dtype];
  if (!source) {
    auto parsed = llvm::getLazyBitcodeModule(llvm::MemoryBufferRef(find(level_, dtype).bytes(), short_name(dtype)),
                                             module_.getContext());
    if (!parsed)
      throw InternalError(
          text("internal error: the embedded bodies cannot be read: ", llvm::toString(parsed.takeError())));
    source = std::move(*parsed);
  }
  return *source;
}

llvm::Function* Bodies::declare(DType dtype, const std::string& name) {
  if (llvm::Function* known = module_.getFunction(name)) return known;
  llvm::Function* body = source(dtype).getFunction(name);
  if (!body) throw InternalError(text("internal error: there is no body ", name));
  return llvm::Function::Create(body->getFunctionType(), llvm::GlobalValue::ExternalLinkage, name, module_);
}

llvm::Function* Bodies::op(Op op, DType dtype, int lanes) {
  dtype = lane_dtype(dtype);
  return declare(dtype, symbol(info(op).name, dtype, lanes));
}

llvm::Function* Bodies::common(Op op, DType dtype, int lanes) {
  return declare(dtype, symbol(text("common_", info(op).name), dtype, lanes));
}

llvm::Function* Bodies::split_sqrt(int lanes) {
  return declare(DType::Float64, symbol("split_sqrt", DType::Float64, lanes));
}

llvm::Function* Bodies::cast(DType from, DType to, int lanes) {
  from = lane_dtype(from);
  return declare(from, symbol(text("cast_", short_name(from)), to, lanes));
}

llvm::Function* Bodies::fold(Reducer reducer, DType dtype, int lanes) {
  return declare(dtype, symbol(name(reducer), dtype, lanes));
}

void Bodies::set_target(llvm::Function& function) {
  if (sources_.empty()) source(DType::UInt8);
  for (const llvm::Function& body : *sources_.begin()->second) {
    if (body.isDeclaration() && !body.isMaterializable()) continue;
    for (const char* key : {"target-cpu", "target-features", "tune-cpu", "prefer-vector-width"})
      if (body.hasFnAttribute(key)) function.addFnAttr(body.getFnAttribute(key));
    return;
  }
}

void Bodies::link() {
  std::vector<llvm::Function*> defined;
  for (llvm::Function& f : module_)
    if (!f.isDeclaration()) defined.push_back(&f);
  for (auto& [dtype, source] : sources_) {
    source->setTargetTriple(module_.getTargetTriple());
    source->setDataLayout(module_.getDataLayout());
    if (llvm::Linker::linkModules(module_, std::move(source), llvm::Linker::LinkOnlyNeeded))
      throw InternalError("internal error: the embedded bodies cannot be linked");
  }
  sources_.clear();
  for (llvm::Function& f : module_) {
    if (f.isDeclaration() || std::find(defined.begin(), defined.end(), &f) != defined.end()) continue;
    f.setLinkage(llvm::GlobalValue::InternalLinkage);
    f.setVisibility(llvm::GlobalValue::DefaultVisibility);
    f.setComdat(nullptr);
    if (!f.hasFnAttribute(llvm::Attribute::NoInline)) f.addFnAttr(llvm::Attribute::AlwaysInline);
  }
}

}  // namespace ingot::emit
