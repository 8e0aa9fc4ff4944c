#include "tests/emit/cuda_machine.h"

#include <dlfcn.h>
#include <ucontext.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <stdexcept>

namespace ingot::cuda_test {
namespace {

constexpr int kThreads = cuda::kBlock, kWarps = kThreads / 32;
constexpr std::size_t kStack = 128 * 1024;

// The layout of struct Machine in cuda_shim.h.
struct Shared {
  std::uint32_t thread[3], block[3];
  void (*barrier)();
  const void* (*exchange)(const void* value, int bytes);
};

enum class Waits : std::uint8_t { No, ForBlock, ForWarp };

struct Fiber {
  ucontext_t context;
  std::vector<char> stack = std::vector<char>(kStack);
  Waits waits = Waits::No;
  std::uint64_t turn = 0;  // of the barrier or warp exchange it waits for
  bool done = false;
};

struct Warp {
  std::array<std::array<std::uint64_t, 32>, 2> values{};
  int arrived = 0;
  std::uint64_t turn = 0;
};

// One block at a time.
struct Block {
  std::vector<Fiber> fibers = std::vector<Fiber>(kThreads);
  std::array<Warp, kWarps> warps;
  ucontext_t scheduler{};
  Shared shared{};
  int current = 0, arrived = 0, alive = 0;
  std::uint64_t turn = 0;
  void (*kernel)(const void*) = nullptr;
  const void* arguments = nullptr;
  bool left_barrier = false;  // a thread ended while others waited at a barrier

  void yield() {
    Fiber& fiber = fibers[current];
    swapcontext(&fiber.context, &scheduler);
  }
  bool ready(int t) const {
    const Fiber& fiber = fibers[t];
    if (fiber.done) return false;
    if (fiber.waits == Waits::ForBlock) return fiber.turn != turn;
    if (fiber.waits == Waits::ForWarp) return fiber.turn != warps[t / 32].turn;
    return true;
  }
};

Block* g_block = nullptr;

void barrier() {
  Block& b = *g_block;
  if (++b.arrived == kThreads) {
    b.arrived = 0;
    ++b.turn;
    return;
  }
  Fiber& fiber = b.fibers[b.current];
  fiber.waits = Waits::ForBlock;
  fiber.turn = b.turn;
  b.yield();
  fiber.waits = Waits::No;
}

// Values of one exchange are read before the next but one is written: a thread cannot be two exchanges ahead.
const void* exchange(const void* value, int bytes) {
  Block& b = *g_block;
  Warp& warp = b.warps[b.current / 32];
  auto& values = warp.values[warp.turn % 2];
  std::memcpy(&values[b.current % 32], value, static_cast<std::size_t>(bytes));
  if (++warp.arrived == 32) {
    warp.arrived = 0;
    ++warp.turn;
    return values.data();
  }
  Fiber& fiber = b.fibers[b.current];
  fiber.waits = Waits::ForWarp;
  fiber.turn = warp.turn;
  b.yield();
  fiber.waits = Waits::No;
  return values.data();
}

void fiber_main() {
  Block& b = *g_block;
  b.kernel(b.arguments);
  b.fibers[b.current].done = true;
  --b.alive;
  if (b.arrived > 0) b.left_barrier = true;
  b.yield();
}

std::string read(const std::filesystem::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

}  // namespace

struct Machine::Impl {
  std::filesystem::path folder;
  void* library = nullptr;
  Block block;
  ~Impl() {
    if (library != nullptr) dlclose(library);
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
};

const char* Machine::missing() {
#if defined(__SANITIZE_THREAD__)
  constexpr bool kFibersAreKnown = false;
#elif defined(__has_feature)
  constexpr bool kFibersAreKnown = !__has_feature(thread_sanitizer);
#else
  constexpr bool kFibersAreKnown = true;
#endif
  if (!kFibersAreKnown) return "the fibers that stand for CUDA threads are not known to the thread sanitizer";
  static const bool found = std::system(INGOT_TEST_CLANG " --version > /dev/null 2>&1") == 0;
  return found ? nullptr : "clang 19 was not found, which compiles the CUDA text for the host";
}

Machine::Machine(const std::vector<cuda::Program>& programs) : impl_(std::make_unique<Impl>()) {
  std::string folder = (std::filesystem::temp_directory_path() / "ingot_cuda_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("cannot make a folder in " + folder);
  impl_->folder = folder;
  {
    std::ofstream out(impl_->folder / "programs.cpp");
    out << "#include \"tests/emit/cuda_shim.h\"\n" << cuda::prelude();
    for (const cuda::Program& program : programs)
      out << "namespace in_" << program.name << " {\n"
          << program.text << "extern \"C\" void run_" << program.name << "(const void* p) { " << program.name
          << "(*static_cast<const Params*>(p)); }\n}\n";
  }
  const std::string source = (impl_->folder / "programs.cpp").string(),
                    object = (impl_->folder / "programs.so").string();
  const std::string log = (impl_->folder / "log").string();
  const std::string command =
      std::string(INGOT_TEST_CLANG) +
      " -std=c++20 -O0 -march=native -ffp-contract=off -fno-strict-aliasing -fPIC -shared -w -I" + INGOT_TESTS_DIR +
      "/.. " + source + " -o " + object + " > " + log + " 2>&1";
  if (std::system(command.c_str()) != 0) throw std::runtime_error(command + "\n" + read(log));
  impl_->library = dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (impl_->library == nullptr) throw std::runtime_error(dlerror());
}

Machine::~Machine() = default;

void Machine::launch(const std::string& kernel, std::uint32_t blocks, const std::vector<std::uint64_t>& arguments,
                     std::uint64_t seed) {
  Block& b = impl_->block;
  g_block = &b;
  *static_cast<Shared**>(dlsym(impl_->library, "ingot_machine")) = &b.shared;
  b.shared.barrier = barrier;
  b.shared.exchange = exchange;
  b.kernel = reinterpret_cast<void (*)(const void*)>(dlsym(impl_->library, ("run_" + kernel).c_str()));
  if (b.kernel == nullptr) throw std::runtime_error("no kernel " + kernel);
  b.arguments = arguments.data();

  std::mt19937_64 random(seed);
  for (std::uint32_t i = 0; i < blocks; ++i) {
    b.shared.block[0] = i;
    b.alive = kThreads;
    b.arrived = 0;
    b.left_barrier = false;
    for (Warp& warp : b.warps) warp.arrived = 0;
    for (Fiber& fiber : b.fibers) {
      fiber.done = false;
      fiber.waits = Waits::No;
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = fiber.stack.data();
      fiber.context.uc_stack.ss_size = fiber.stack.size();
      fiber.context.uc_link = nullptr;
      makecontext(&fiber.context, fiber_main, 0);
    }
    while (b.alive > 0) {
      // All threads once, from a random one on, in a random direction.
      const int start = static_cast<int>(random() % kThreads), step = random() % 2 == 0 ? 1 : kThreads - 1;
      bool progress = false;
      for (int k = 0; k < kThreads; ++k) {
        const int t = (start + k * step) % kThreads;
        if (!b.ready(t)) continue;
        progress = true;
        b.current = t;
        b.shared.thread[0] = static_cast<std::uint32_t>(t);
        swapcontext(&b.scheduler, &b.fibers[t].context);
      }
      if (!progress || b.left_barrier)
        throw std::runtime_error(kernel + ": threads of block " + std::to_string(i) +
                                 " wait for others that do not come");
    }
  }
}

}  // namespace ingot::cuda_test
