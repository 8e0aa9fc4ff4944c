#include "opened.h"

#include <dlfcn.h>

#include <stdexcept>

namespace fake_cuda_test {
namespace {

void* open(const char* file) {
  void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw std::runtime_error(dlerror());
  return library;
}

template <class Function>
void bind(Function& function, void* library, const char* name) {
  function = reinterpret_cast<Function>(dlsym(library, name));
  if (function == nullptr) throw std::runtime_error(std::string("there is no ") + name);
}

void* cuda_library() {
  static void* const library = open(INGOT_FAKE_CUDA);
  return library;
}

struct Nvrtc {
  using Program = struct ProgramOf*;
#define INGOT_NVRTC(member, name, ...) int (*member)(__VA_ARGS__) = nullptr;
#include "host/jit/nvrtc.def"
  decltype(&fake_nvrtc_read_counts) counts = nullptr;
};

const Nvrtc& nvrtc() {
  static const Nvrtc functions = [] {
    void* const library = open(INGOT_FAKE_NVRTC);
    Nvrtc n;
#define INGOT_NVRTC(member, name, ...) bind(n.member, library, #name);
#include "host/jit/nvrtc.def"
    bind(n.counts, library, "fake_nvrtc_read_counts");
    return n;
  }();
  return functions;
}

}  // namespace

const ingot::cuda::Driver& driver() {
  static const ingot::cuda::Driver functions = [] {
    ingot::cuda::Driver d;
#define INGOT_DRIVER(member, name, ...) bind(d.member, cuda_library(), name);
#include "host/device/driver.def"
    return d;
  }();
  return functions;
}

const Control& control() {
  static const Control functions = [] {
    Control c;
    bind(c.read_books, cuda_library(), "fake_cuda_read_books");
    bind(c.reset_books, cuda_library(), "fake_cuda_reset_books");
    bind(c.calls, cuda_library(), "fake_cuda_calls");
    bind(c.set_seed, cuda_library(), "fake_cuda_set_seed");
    bind(c.set_memory, cuda_library(), "fake_cuda_set_memory");
    bind(c.fail, cuda_library(), "fake_cuda_fail");
    bind(c.lose, cuda_library(), "fake_cuda_lose");
    bind(c.clear_failures, cuda_library(), "fake_cuda_clear_failures");
    bind(c.clear_errors, cuda_library(), "fake_cuda_clear_errors");
    return c;
  }();
  return functions;
}

Compiled compile(const std::string& text, std::vector<const char*> options) {
  const Nvrtc& n = nvrtc();
  Compiled out;
  Nvrtc::Program program = nullptr;
  EXPECT_EQ(n.create(&program, text.c_str(), "test.cu", 0, nullptr, nullptr), 0);
  out.result = n.compile(program, static_cast<int>(options.size()), options.data());
  std::size_t size = 0;
  EXPECT_EQ(n.log_size(program, &size), 0);
  out.log.resize(size);
  EXPECT_EQ(n.log(program, out.log.data()), 0);
  out.log.resize(size - 1);
  if (out.result == 0) {
    EXPECT_EQ(n.cubin_size(program, &size), 0);
    out.image.resize(size);
    EXPECT_EQ(n.cubin(program, out.image.data()), 0);
  }
  EXPECT_EQ(n.destroy(&program), 0);
  return out;
}

FakeNvrtcCounts nvrtc_counts() {
  FakeNvrtcCounts counts{};
  nvrtc().counts(&counts);
  return counts;
}

void Gpu::SetUp() {
  ASSERT_EQ(driver().init(0), Result::Success);
  ingot::cuda::Context context = nullptr;
  ASSERT_EQ(driver().context_retain(&context, 0), Result::Success);
  ASSERT_EQ(driver().context_set(context), Result::Success);
  control().reset_books();
}

void Gpu::TearDown() {
  control().clear_failures();
  control().clear_errors();
  for (const Address address : memory_) driver().free(address);
  for (const Stream s : streams_) driver().stream_destroy(s);
  for (const Event e : events_) driver().event_destroy(e);
  for (const auto module : modules_) driver().module_unload(module);
  control().set_memory(std::size_t{1} << 30);
  control().set_seed(1);
}

Address Gpu::allocate(std::size_t bytes) {
  Address address = 0;
  EXPECT_EQ(driver().allocate(&address, bytes), Result::Success);
  memory_.push_back(address);
  return address;
}

Stream Gpu::stream() {
  Stream made = nullptr;
  EXPECT_EQ(driver().stream_create(&made, 1), Result::Success);
  streams_.push_back(made);
  return made;
}

Event Gpu::event() {
  Event made = nullptr;
  EXPECT_EQ(driver().event_create(&made, 2), Result::Success);
  events_.push_back(made);
  return made;
}

ingot::cuda::Function Gpu::kernel(const std::string& text, const std::string& name) {
  const Compiled compiled = compile(text);
  EXPECT_EQ(compiled.result, 0) << compiled.log;
  ingot::cuda::Module module = nullptr;
  ingot::cuda::Function function = nullptr;
  EXPECT_EQ(driver().module_load(&module, compiled.image.data()), Result::Success);
  EXPECT_EQ(driver().module_function(&function, module, name.c_str()), Result::Success);
  modules_.push_back(module);
  return function;
}

FakeCudaBooks Gpu::books() const {
  FakeCudaBooks now{};
  control().read_books(&now);
  return now;
}

}  // namespace fake_cuda_test
