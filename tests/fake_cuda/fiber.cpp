#include "fiber.h"

#include <pthread.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FAKE_CUDA_ASAN
#endif
#if __has_feature(thread_sanitizer)
#define FAKE_CUDA_TSAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define FAKE_CUDA_ASAN
#endif
#if defined(__SANITIZE_THREAD__)
#define FAKE_CUDA_TSAN
#endif
#if defined(FAKE_CUDA_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(FAKE_CUDA_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

// swapcontext saves the signal mask, which is two system calls: 270 ns a switch, and 7 this way.
#if defined(__x86_64__)
extern "C" void fake_cuda_switch(void** save, void* to);
asm(R"(
  .text
  .globl fake_cuda_switch
  .hidden fake_cuda_switch
  .type fake_cuda_switch, @function
fake_cuda_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size fake_cuda_switch, .-fake_cuda_switch
)");
#endif

namespace fake_cuda {
namespace {

constexpr std::size_t kGuard = 4096;
constexpr std::size_t kStack = 256 * 1024;  // unoptimised code with everything inlined has frames of tens of KiB

thread_local Fiber* t_running = nullptr;
thread_local Fiber* t_left = nullptr;

// On the new stack, right after a switch.
void arrive([[maybe_unused]] void* fake_stack, [[maybe_unused]] const void** bottom,
            [[maybe_unused]] std::size_t* size) {
#if defined(FAKE_CUDA_ASAN)
  __sanitizer_finish_switch_fiber(fake_stack, bottom, size);
#endif
}

}  // namespace

Fiber::Fiber() {
#if defined(FAKE_CUDA_TSAN)
  thread_ = __tsan_get_current_fiber();
#endif
}

Fiber::Fiber(void (*entry)()) : entry_(entry), size_(kStack) {
  void* const mapped = mmap(nullptr, kGuard + kStack, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (mapped == MAP_FAILED || mprotect(mapped, kGuard, PROT_NONE) != 0)
    throw std::runtime_error(std::string("fake_cuda: a stack for a fiber: ") + std::strerror(errno));
  stack_ = static_cast<char*>(mapped);
  bottom_ = stack_ + kGuard;
#if defined(__x86_64__)
  // What fake_cuda_switch pops: six registers, then where it returns to; and the return address of begin, which has
  // none. At the first instruction of a function the stack pointer is 8 beyond a multiple of 16.
  auto* const top = reinterpret_cast<std::uint64_t*>(stack_ + kGuard + kStack);
  top[-1] = 0;
  top[-2] = reinterpret_cast<std::uint64_t>(&Fiber::begin);
  for (int i = 3; i <= 8; ++i) top[-i] = 0;
  pointer_ = top - 8;
#else
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack_ + kGuard;
  context_.uc_stack.ss_size = kStack;
  context_.uc_link = nullptr;
  makecontext(&context_, &Fiber::begin, 0);
#endif
#if defined(FAKE_CUDA_TSAN)
  thread_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
  if (stack_ == nullptr) return;
#if defined(FAKE_CUDA_TSAN)
  __tsan_destroy_fiber(thread_);
#endif
  munmap(stack_, kGuard + kStack);
}

void Fiber::begin() {
  arrive(nullptr, &t_left->bottom_, &t_left->size_);
  t_running->entry_();
}

void Fiber::switch_to(Fiber& from, Fiber& to) {
  t_left = &from;
  t_running = &to;
  void* fake_stack = nullptr;
#if defined(FAKE_CUDA_ASAN)
  __sanitizer_start_switch_fiber(&fake_stack, to.bottom_, to.size_);
#endif
#if defined(FAKE_CUDA_TSAN)
  __tsan_switch_to_fiber(to.thread_, 0);
#endif
#if defined(__x86_64__)
  fake_cuda_switch(&from.pointer_, to.pointer_);
#else
  swapcontext(&from.context_, &to.context_);
#endif
  arrive(fake_stack, &t_left->bottom_, &t_left->size_);
}

bool Fiber::guards(const void* address) const {
  const auto* const at = static_cast<const char*>(address);
  return stack_ != nullptr && stack_ <= at && at < stack_ + kGuard;
}

void* Fiber::middle() const { return stack_ + kGuard + kStack / 2; }

}  // namespace fake_cuda
