#include "faults.h"

#include <ucontext.h>

#include <array>
#include <cinttypes>
#include <csignal>
#include <cstdio>
#include <memory>
#include <mutex>
#include <utility>

#include "block.h"

namespace fake_cuda {
namespace {

constexpr std::array kSignals = {SIGSEGV, SIGBUS, SIGILL, SIGFPE};
std::array<struct sigaction, kSignals.size()> g_before;
thread_local Memory* t_memory = nullptr;

Fault describe(int signal, const siginfo_t& info, const BlockRunner& runner) {
  if (signal == SIGILL) return {Result::MisalignedAddress, "an access is not aligned to its size"};
  if (signal == SIGFPE)
    return {Result::LaunchFailed, "an integer is divided by zero; a GPU would go on with an arbitrary result"};
  if (runner.overflowed(info.si_addr))
    return {Result::LaunchFailed, "the stack that fake_cuda gives a thread is too small"};
  char address[64];
  std::snprintf(address, sizeof(address), "0x%" PRIxPTR " is in no allocation",
                reinterpret_cast<std::uintptr_t>(info.si_addr));
  return {Result::IllegalAddress, address};
}

thread_local Fault t_fault;

[[noreturn]] void leave() { BlockRunner::current()->abandon(std::move(t_fault)); }

// Ends the block. Where that can be, the handler returns first, to a call of leave() on an unused part of the kernel's
// stack: sanitizers follow that better than a handler that never returns.
void abandon(BlockRunner& runner, Fault fault, [[maybe_unused]] void* context) {
#if defined(__x86_64__)
  t_fault = std::move(fault);
  auto& registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
  registers[REG_RIP] = reinterpret_cast<greg_t>(&leave);
  registers[REG_RSP] = reinterpret_cast<greg_t>(runner.spare_stack()) - 8;  // as after a call
#else
  runner.abandon(std::move(fault));
#endif
}

// What the handler does is safe: a kernel's own code raised the signal, and holds nothing.
void handle(int signal, siginfo_t* info, void* context) {
  BlockRunner* const runner = BlockRunner::current();
  if (runner != nullptr) {
    if (signal == SIGSEGV && t_memory->open(reinterpret_cast<std::uint64_t>(info->si_addr))) return;
    return abandon(*runner, describe(signal, *info, *runner), context);
  }
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    if (kSignals[i] != signal) continue;
    const struct sigaction& before = g_before[i];
    if ((before.sa_flags & SA_SIGINFO) != 0) return before.sa_sigaction(signal, info, context);
    if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) return before.sa_handler(signal);
    sigaction(signal, &before, nullptr);  // the instruction runs again, and meets the default
  }
}

// Again where someone else has taken a signal since: kernels cannot run without.
void install() {
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  struct sigaction action{}, now{};
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &now);
    if (now.sa_sigaction != handle) sigaction(kSignals[i], &action, &g_before[i]);
  }
}

// A kernel whose stack has overflowed has none for the handler.
struct HandlerStack {
  static constexpr std::size_t kBytes = 64 * 1024;
  std::unique_ptr<char[]> bytes = std::make_unique<char[]>(kBytes);
};

}  // namespace

FaultsCaught::FaultsCaught(Memory& memory) {
  t_memory = &memory;
  install();
  stack_t now{};
  if (sigaltstack(nullptr, &now) != 0 || (now.ss_flags & SS_DISABLE) == 0) return;
  static thread_local HandlerStack stack;
  now = {};
  now.ss_sp = stack.bytes.get();
  now.ss_size = HandlerStack::kBytes;
  installed_ = sigaltstack(&now, nullptr) == 0;
}

FaultsCaught::~FaultsCaught() {
  t_memory = nullptr;
  if (!installed_) return;
  stack_t none{};
  none.ss_flags = SS_DISABLE;
  sigaltstack(&none, nullptr);
}

}  // namespace fake_cuda
