// What has to be measured in a process of its own: start-up, a cold compile, memory. Prints numbers on one line.
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <vector>

#include <ingot/ingot.hpp>

namespace {

/// Largest request to the system or to malloc since it was last set to 0, by any library of the process.
std::atomic<std::size_t> largest{0};

void note(std::size_t bytes) {
  std::size_t seen = largest.load(std::memory_order_relaxed);
  while (bytes > seen && !largest.compare_exchange_weak(seen, bytes, std::memory_order_relaxed)) {
  }
}

}  // namespace

// glibc's own entry points, behind those that this program puts in front of every library's calls.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* p, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

__attribute__((visibility("default"))) void* malloc(std::size_t size) {
  note(size);
  return __libc_malloc(size);
}
__attribute__((visibility("default"))) void* calloc(std::size_t count, std::size_t size) {
  note(count * size);
  return __libc_calloc(count, size);
}
__attribute__((visibility("default"))) void* realloc(void* p, std::size_t size) {
  note(size);
  return __libc_realloc(p, size);
}
__attribute__((visibility("default"))) void* memalign(std::size_t alignment, std::size_t size) {
  note(size);
  return __libc_memalign(alignment, size);
}
__attribute__((visibility("default"))) void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return memalign(alignment, size);
}
__attribute__((visibility("default"))) int posix_memalign(void** p, std::size_t alignment, std::size_t size) {
  *p = memalign(alignment, size);
  return *p == nullptr ? ENOMEM : 0;
}
__attribute__((visibility("default"))) void* mmap(void* at, std::size_t size, int protection, int flags, int file,
                                                  off_t offset) {
  note(size);
  return reinterpret_cast<void*>(syscall(SYS_mmap, at, size, protection, flags, file, offset));
}
}

namespace {

double seconds_of(auto&& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

ingot::Array w1(const ingot::Array& x) { return ingot::sqrt(x) + ingot::sin(x); }

/// Seconds to compile W1; seconds of the very first kernel, which opens LLVM.
int compile_w1() {
  const std::vector<double> x(1'000'000, 0.5);
  const auto leaf = [&] { return ingot::from_host(x.data(), {static_cast<std::int64_t>(x.size())}); };
  const double opening = seconds_of([&] { ingot::exp(leaf()).eval(); });
  w1(ingot::zeros({10})).eval();  // the output's pool and the planner's tables are not what is measured
  const double first = seconds_of([&] { w1(leaf()).eval(); });
  std::vector<double> warm;
  for (int i = 0; i < 9; ++i) warm.push_back(seconds_of([&] { w1(leaf()).eval(); }));
  std::nth_element(warm.begin(), warm.begin() + 4, warm.end());
  std::printf("%.9g %.9g\n", first - warm[4], opening);
  return 0;
}

/// The result, and the compiles, cache hits and interpreted launches that it took.
int first_result() {
  const double sum = ingot::sum(w1(ingot::arange(200'000.0))).item<double>();
  const ingot::Stats stats = ingot::stats();
  std::printf("%.17g %lld %lld %lld\n", sum, static_cast<long long>(stats.compiles),
              static_cast<long long>(stats.cache_hits), static_cast<long long>(stats.interpreted));
  std::fflush(stdout);
  return 0;
}

/// Largest resident set of this program in KiB. What wait4 tells of a child begins with that of its parent.
long peak_resident() {
  long kib = -1;
  if (std::FILE* const status = std::fopen("/proc/self/status", "r")) {
    for (char line[256]; kib < 0 && std::fgets(line, sizeof line, status) != nullptr;)
      std::sscanf(line, "VmHWM: %ld", &kib);
    std::fclose(status);
  }
  return kib;
}

/// The mean, the largest allocation in bytes of the second evaluation, its launches, and the peak of resident memory.
int w2(std::int64_t n) {
  double mean = 0;
  for (int seed = 1; seed <= 2; ++seed) {
    ingot::reset_stats();
    largest = 0;
    ingot::Array a = ingot::random::Generator(static_cast<std::uint64_t>(seed)).uniform({n});
    for (int step = 0; step < 10; ++step) a = ingot::sqrt(a) + ingot::sin(a);
    mean = ingot::mean(a).item<double>();
  }
  const std::size_t bytes = largest;
  std::printf("%.17g %zu %lld %ld\n", mean, bytes, static_cast<long long>(ingot::stats().launches), peak_resident());
  return 0;
}

/// Compiles, interpreted launches and launches of W5 at its three sizes.
int w5() {
  for (const std::int64_t n : {1'000'000, 2'000'000, 3'000'000}) {
    const ingot::Array y = w1(ingot::random::Generator(1).uniform({n}));
    ingot::eval({ingot::mean(y), ingot::stddev(y), ingot::max(y)});
  }
  const ingot::Stats stats = ingot::stats();
  std::printf("%lld %lld %lld\n", static_cast<long long>(stats.compiles), static_cast<long long>(stats.interpreted),
              static_cast<long long>(stats.launches));
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const char* what = count == 2 ? arguments[1] : "";
  try {
    if (std::strcmp(what, "compile-w1") == 0) return compile_w1();
    if (std::strcmp(what, "first-result") == 0) return first_result();
    if (std::strcmp(what, "w2-1e7") == 0) return w2(10'000'000);
    if (std::strcmp(what, "w2-1e6") == 0) return w2(1'000'000);
    if (std::strcmp(what, "w5") == 0) return w5();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ingot_bench_probe %s: %s\n", what, error.what());
    return 1;
  }
  std::fprintf(stderr, "usage: ingot_bench_probe compile-w1|first-result|w2-1e7|w2-1e6|w5\n");
  return 2;
}
