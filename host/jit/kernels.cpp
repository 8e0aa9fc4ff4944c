#include "host/jit/kernels.h"

#include <algorithm>
#include <unordered_map>

#include "host/base/config.h"
#include "host/base/log.h"
#include "host/jit/background.h"
#include "host/jit/disk_cache.h"

namespace ingot::jit {
namespace {

// Interpreting costs about a fifth of a nanosecond an addition, machine code a tenth or less, and compiling 5 to 15 ms:
// a launch of this much work is worth compiling first, and so are many that add up to the second figure.
constexpr std::int64_t kCompileFirst = 4'000'000;
constexpr std::int64_t kCompileLater = 20'000'000;

// What a launch counts for at least: some two microseconds, which recording and evaluating the smallest expression
// take. Interpreting ten ops on 10 elements takes 0.3 us more than machine code does, though there is next to nothing
// to add.
constexpr std::int64_t kLeastWork = 8192;

// Kernels in memory before those that no plan holds are dropped; one compiled kernel takes about 12 KB and two
// mappings.
constexpr std::size_t kMaxCodes = 4096;

struct Table {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<Code>> codes;  // by printed kernel
};

Table& table() {
  static Table* const instance = new Table;  // plans in static storage may outlive any other static object
  return *instance;
}

bool is_unused(const std::pair<const std::string, std::shared_ptr<Code>>& entry) {
  return entry.second.use_count() == 1;
}

ir::Kernel for_cpu(ir::Kernel kernel) {
  for (ir::Region* region : {&kernel.body, &kernel.epilogue}) {
    for (ir::Operand& input : region->inputs)
      if (input.access == ir::Access::Strided) input.access = ir::Access::Contiguous;
    for (ir::Store& store : region->stores) store.operand.access = ir::Access::Contiguous;
  }
  // The code sees tiles, not axes: all that matters of them is the form.
  const ir::Form form = kernel.form();
  kernel.reduced = form == ir::Form::Map   ? std::vector<bool>{false}
                   : form == ir::Form::Row ? std::vector<bool>{true}
                                           : std::vector<bool>{true, false};
  return kernel;
}

// From the disk cache, or else compiled; null where there is no compiler.
std::unique_ptr<Loaded> obtain(const ir::Kernel& kernel) {
  const std::string key = cache_key(ir::print(kernel), cpu::level_name(level()), compiler_version());
  if (const std::optional<std::string> object = load_cached(key)) {
    try {
      auto loaded = load(*object, symbols());
      ++counters().cache_hits;
      return loaded;
    } catch (const std::exception& error) {
      log(Log::Warn, "a cached kernel cannot be loaded and is compiled again: ", error.what());
    }
  }
  Compiler* const llvm = compiler();
  if (llvm == nullptr) return nullptr;
  const std::string object = llvm->compile(kernel, level());
  ++counters().compiles;
  auto loaded = load(object, symbols());
  store_cached(key, object);
  return loaded;
}

}  // namespace

Code::Code(ir::Kernel kernel) : kernel_(std::move(kernel)), program_(kernel_, level()) {}

Code::~Code() { delete loaded_.load(); }

Runner Code::prepare(std::int64_t work) {
  const Backend backend = config().backend.load(std::memory_order_relaxed);
  if (backend == Backend::Interpreter) return {nullptr, &program_};
  if (!tried_.load(std::memory_order_acquire)) {
    if (backend == Backend::Llvm || work >= kCompileFirst) {
      compile();
    } else {
      work = std::max(work, kLeastWork);
      const bool is_worth_it = work_.fetch_add(work, std::memory_order_relaxed) + work >= kCompileLater;
      // What was queued at a fork, nobody compiles in the child.
      if (is_worth_it && (!queued_.exchange(true) || config().forked))
        in_background([self = code_for(kernel_)] { self->compile(); });
    }
  }
  return {loaded_.load(std::memory_order_acquire), &program_};
}

void Code::compile() {
  const std::scoped_lock guard(compiling_);
  if (tried_) return;
  try {
    loaded_.store(obtain(kernel_).release(), std::memory_order_release);
  } catch (const std::exception& error) {
    log(Log::Warn, "a kernel cannot be compiled and stays interpreted: ", error.what());
  }
  tried_.store(true, std::memory_order_release);
}

std::shared_ptr<Code> code_for(const ir::Kernel& kernel) {
  ir::Kernel normal = for_cpu(kernel);
  std::string text = ir::print(normal);
  Table& t = table();
  const std::scoped_lock guard(t.mutex);
  if (t.codes.size() >= kMaxCodes) std::erase_if(t.codes, is_unused);
  std::shared_ptr<Code>& code = t.codes[std::move(text)];
  if (!code) code = std::make_shared<Code>(std::move(normal));
  return code;
}

cpu::Level level() {
  static const cpu::Level chosen = [] {
    const std::string& wanted = config().cpu;
    const cpu::LevelChoice choice = cpu::choose_level(wanted.c_str());
    const char* const best = cpu::level_name(choice.level);
    if (choice.error == cpu::LevelError::Unknown)
      throw ValueError(
          text("INGOT_CPU is \"", wanted, "\"; expected x86-64, x86-64-v3 or x86-64-v4, or leave it unset for ", best));
    if (choice.error == cpu::LevelError::Unavailable)
      throw ValueError(text("INGOT_CPU is ", wanted, ", which this machine lacks; the highest it has is ", best));
    return choice.level;
  }();
  return chosen;
}

Counters& counters() {
  static Counters instance;
  return instance;
}

void forget_kernels() {
  Table& t = table();
  const std::scoped_lock guard(t.mutex);
  std::erase_if(t.codes, is_unused);
}

}  // namespace ingot::jit
