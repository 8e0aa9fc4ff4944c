// The software GPU's driver: memory, streams, events, errors, failures on order and books.
#include <cstdlib>
#include <cstring>
#include <thread>

#include "opened.h"

namespace fake_cuda_test {
namespace {

using MemoryTest = Gpu;
using StreamTest = Gpu;
using BooksTest = Gpu;
using ModuleTest = Gpu;

TEST_F(MemoryTest, IsPoisonedAlignedAndApart) {
  const Address a = allocate(1000), b = allocate(1);
  EXPECT_EQ(a % 256, 0u);
  EXPECT_EQ(b % 256, 0u);
  EXPECT_TRUE(b >= a + 1000 || a >= b + 1);
  EXPECT_EQ(get<unsigned char>(a, 1000), std::vector<unsigned char>(1000, 0xff));
}

TEST_F(MemoryTest, CopiesInWithinAndOut) {
  const std::vector<int> values = {1, 2, 3, 4, 5, 6};
  const Address a = allocate(24), b = allocate(24);
  put(a, values);
  EXPECT_EQ(driver().copy_within(b, a + 8, 16, nullptr), Result::Success);
  EXPECT_EQ(driver().set_bytes(b + 16, 1, 8, nullptr), Result::Success);
  EXPECT_EQ(get<int>(b, 6), (std::vector<int>{3, 4, 5, 6, 0x01010101, 0x01010101}));
}

TEST_F(MemoryTest, RefusesWhatLiesOutsideOfAnAllocation) {
  const Address a = allocate(24);
  char bytes[64] = {};
  EXPECT_EQ(driver().copy_in(a, bytes, 25, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().copy_in(a - 1, bytes, 4, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().copy_out(bytes, a + 20, 5, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().copy_out(bytes, reinterpret_cast<Address>(bytes), 5, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().copy_within(a, a + 23, 2, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().set_bytes(a + 24, 0, 1, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().copy_in(a, nullptr, 4, nullptr), Result::InvalidValue);
  EXPECT_EQ(driver().copy_in(a + 100, nullptr, 0, nullptr), Result::Success) << "nothing to copy";
}

TEST_F(MemoryTest, RefusesToFreeWhatIsNotAllocated) {
  Address a = 0;
  ASSERT_EQ(driver().allocate(&a, 24), Result::Success);
  EXPECT_EQ(driver().free(a + 256), Result::InvalidValue);
  EXPECT_EQ(driver().free(a), Result::Success);
  EXPECT_EQ(driver().free(a), Result::InvalidValue);
  EXPECT_EQ(driver().free(12345), Result::InvalidValue);
  EXPECT_EQ(driver().free(0), Result::Success);
  EXPECT_EQ(driver().allocate(&a, 0), Result::InvalidValue);
  int value = 0;
  EXPECT_EQ(driver().copy_out(&value, a, 4, nullptr), Result::InvalidValue) << "freed memory was read";
}

TEST_F(MemoryTest, RunsOutAtItsSize) {
  ASSERT_EQ(control().set_memory(1 << 20), 0);
  const Address a = allocate(700'000);
  Address b = 0;
  EXPECT_EQ(driver().allocate(&b, 400'000), Result::OutOfMemory);
  EXPECT_EQ(driver().allocate(&b, ~std::size_t{0}), Result::OutOfMemory);
  std::size_t available = 0, total = 0;
  EXPECT_EQ(driver().memory_info(&available, &total), Result::Success);
  EXPECT_EQ(total, 1u << 20);
  EXPECT_LE(available, (1u << 20) - 700'000);
  EXPECT_EQ(driver().free(a), Result::Success);
  EXPECT_EQ(driver().allocate(&b, 1 << 20), Result::Success);
  EXPECT_EQ(driver().free(b), Result::Success);
}

TEST_F(MemoryTest, CanBeAllocatedAndFreedManyTimes) {
  for (int round = 0; round < 2000; ++round) {
    Address a = 0;
    ASSERT_EQ(driver().allocate(&a, static_cast<std::size_t>(1 + round * 37)), Result::Success);
    ASSERT_EQ(driver().free(a), Result::Success);
  }
  EXPECT_EQ(books().bytes_live, 0u);
}

TEST_F(MemoryTest, CannotBeReadByTheHost) {
  const Address a = allocate(64);
  EXPECT_DEATH(static_cast<void>(*reinterpret_cast<volatile char*>(a)), "");
}

TEST_F(MemoryTest, IsGoneInTheChildOfAFork) {
  const auto call = [] {
    Address a = 0;
    std::_Exit(driver().init(0) == Result{3} && driver().allocate(&a, 4) == Result{3} ? 0 : 1);
  };
  EXPECT_EXIT(call(), testing::ExitedWithCode(0), "");
}

TEST_F(StreamTest, PageableMemoryIsTheCallersAgain) {
  const Stream s = stream();
  const Address a = allocate(4);
  for (int i = 0; i < 200; ++i) {
    int value = i, back = -1;
    ASSERT_EQ(driver().copy_in(a, &value, 4, s), Result::Success);
    value = -2;
    ASSERT_EQ(driver().copy_out(&back, a, 4, s), Result::Success);
    EXPECT_EQ(back, i);
  }
}

TEST_F(StreamTest, CopiesOfPinnedMemoryAreAsynchronous) {
  constexpr std::size_t bytes = 8 << 20;
  void* pinned = nullptr;
  ASSERT_EQ(driver().host_allocate(&pinned, bytes, 0), Result::Success);
  const Stream s = stream();
  const Event done = event();
  const Address a = allocate(bytes);
  int early = 0;
  for (int i = 0; i < 20; ++i) {
    std::memset(pinned, 0, bytes);
    ASSERT_EQ(driver().set_bytes(a, 5, bytes, s), Result::Success);
    ASSERT_EQ(driver().copy_out(pinned, a, bytes, s), Result::Success);
    ASSERT_EQ(driver().event_record(done, s), Result::Success);
    early += driver().event_query(done) == Result::NotReady ? 1 : 0;
    ASSERT_EQ(driver().event_synchronize(done), Result::Success);
    EXPECT_EQ(static_cast<char*>(pinned)[bytes - 1], 5);
    EXPECT_EQ(driver().event_query(done), Result::Success);
  }
  EXPECT_GT(early, 0) << "every copy was done before its call returned";
  EXPECT_EQ(driver().host_free(pinned), Result::Success);
  EXPECT_EQ(driver().host_free(pinned), Result::InvalidValue);
}

// Two streams hand a value back and forth; only events order them.
TEST_F(StreamTest, EventsOrderStreamsUnderEverySeed) {
  for (const std::uint64_t seed : kSeeds) {
    control().set_seed(seed);
    const Stream s[2] = {stream(), stream()};
    const Event e[2] = {event(), event()};
    const Address a[2] = {allocate(1), allocate(1)};
    for (int i = 0; i < 100; ++i) {
      const int me = i % 2;
      ASSERT_EQ(driver().stream_wait(s[me], e[1 - me], 0), Result::Success);
      ASSERT_EQ(driver().set_bytes(a[me], static_cast<unsigned char>(i), 1, s[me]), Result::Success);
      ASSERT_EQ(driver().copy_within(a[1 - me], a[me], 1, s[me]), Result::Success);
      ASSERT_EQ(driver().event_record(e[me], s[me]), Result::Success);
    }
    ASSERT_EQ(driver().event_synchronize(e[1]), Result::Success);
    EXPECT_EQ(get<unsigned char>(a[0], 1)[0], 99);
  }
}

// Without events, some seed lets the later stream be first.
TEST_F(StreamTest, StreamsOvertakeEachOther) {
  const Address a = allocate(1);
  bool first[2] = {false, false};
  for (int round = 0; round < 2000 && !(first[0] && first[1]); ++round) {
    control().set_seed(static_cast<std::uint64_t>(round));
    Stream s[2] = {};
    for (Stream& made : s) ASSERT_EQ(driver().stream_create(&made, 1), Result::Success);
    for (const int i : {0, 1})
      ASSERT_EQ(driver().set_bytes(a, static_cast<unsigned char>(i), 1, s[i]), Result::Success);
    for (const Stream made : s) ASSERT_EQ(driver().stream_destroy(made), Result::Success);
    first[1 - get<unsigned char>(a, 1)[0]] = true;
  }
  EXPECT_TRUE(first[0] && first[1]);
}

TEST_F(StreamTest, TheDefaultStreamIsOrderedWithBlockingOnes) {
  const Address a = allocate(1 << 20);
  Stream blocking = nullptr;
  ASSERT_EQ(driver().stream_create(&blocking, 0), Result::Success);
  for (int i = 0; i < 50; ++i) {
    ASSERT_EQ(driver().set_bytes(a, 1, 1 << 20, blocking), Result::Success);
    ASSERT_EQ(driver().set_bytes(a, 2, 1 << 20, nullptr), Result::Success);
    ASSERT_EQ(driver().set_bytes(a, static_cast<unsigned char>(i), 1, blocking), Result::Success);
    ASSERT_EQ(driver().stream_synchronize(blocking), Result::Success);
    const auto got = get<unsigned char>(a, 2);
    EXPECT_EQ(got[0], i);
    EXPECT_EQ(got[1], 2);
  }
  EXPECT_EQ(driver().stream_destroy(blocking), Result::Success);
}

TEST_F(StreamTest, HandlesThatAreGoneAreRefused) {
  Stream s = nullptr;
  Event e = nullptr;
  ASSERT_EQ(driver().stream_create(&s, 1), Result::Success);
  ASSERT_EQ(driver().event_create(&e, 0), Result::Success);
  EXPECT_EQ(driver().event_query(e), Result::Success) << "never recorded";
  EXPECT_EQ(driver().stream_wait(s, e, 0), Result::Success);
  ASSERT_EQ(driver().stream_destroy(s), Result::Success);
  ASSERT_EQ(driver().event_destroy(e), Result::Success);
  EXPECT_EQ(driver().stream_synchronize(s), kInvalidHandle);
  EXPECT_EQ(driver().stream_destroy(s), kInvalidHandle);
  EXPECT_EQ(driver().event_query(e), kInvalidHandle);
  EXPECT_EQ(driver().event_record(e, nullptr), kInvalidHandle);
}

TEST_F(StreamTest, AThreadNeedsAContext) {
  std::thread([] {
    Address a = 0;
    EXPECT_EQ(driver().allocate(&a, 4), kInvalidContext);
    Stream s = nullptr;
    EXPECT_EQ(driver().stream_create(&s, 1), kInvalidContext);
    int count = 0;
    EXPECT_EQ(driver().device_count(&count), Result::Success);
  }).join();
}

TEST_F(ModuleTest, TakesOnlyItsOwnImages) {
  ingot::cuda::Module module = nullptr;
  testing::internal::CaptureStderr();
  EXPECT_EQ(driver().module_load(&module, ".version 8.0 .target sm_90"), Result::InvalidImage);
  const char broken[32] = "FAKECUBN\x08\0\0\0\0\0\0\0garbage";
  EXPECT_EQ(driver().module_load(&module, broken), Result::InvalidImage);
  EXPECT_NE(testing::internal::GetCapturedStderr().find("not from libfake_nvrtc.so"), std::string::npos);
}

TEST_F(ModuleTest, CompilerErrorsAreInTheLog) {
  const Compiled wrong = compile("extern \"C\" __global__ void k(int* at) {\n  *at = unknown;\n}\n");
  EXPECT_EQ(wrong.result, 6);
  EXPECT_NE(wrong.log.find("test.cu:2:9: error: use of undeclared identifier 'unknown'"), std::string::npos)
      << wrong.log;
  EXPECT_EQ(compile("", {"--no-such-option"}).result, 5);
}

TEST_F(ModuleTest, UnloadedModulesTakeTheirFunctionsAlong) {
  const Compiled compiled = compile("extern \"C\" __global__ void set(int* at) { *at = 3; }");
  ASSERT_EQ(compiled.result, 0) << compiled.log;
  ingot::cuda::Module module = nullptr;
  ingot::cuda::Function function = nullptr;
  ASSERT_EQ(driver().module_load(&module, compiled.image.data()), Result::Success);
  EXPECT_EQ(driver().module_function(&function, module, "get"), kNotFound);
  ASSERT_EQ(driver().module_function(&function, module, "set"), Result::Success);
  const Address at = allocate(4);
  ASSERT_EQ(launch(function, 1, 1, at), Result::Success);
  ASSERT_EQ(driver().module_unload(module), Result::Success);
  EXPECT_EQ(get<int>(at, 1)[0], 3);
  EXPECT_EQ(launch(function, 1, 1, at), kInvalidHandle);
  EXPECT_EQ(driver().module_unload(module), kInvalidHandle);
}

TEST_F(BooksTest, CountWhatIsDone) {
  const auto none = kernel("extern \"C\" __global__ void none(int) {}", "none");
  control().reset_books();
  const FakeCudaBooks before = books();
  const Address a = allocate(1000), b = allocate(500);
  put(a, std::vector<char>(1000));
  ASSERT_EQ(driver().copy_within(b, a, 400, nullptr), Result::Success);
  get<char>(b, 30);
  ASSERT_EQ(driver().set_bytes(a, 0, 77, nullptr), Result::Success);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(launch(none, 5, 32, i), Result::Success);
  ASSERT_EQ(driver().stream_synchronize(nullptr), Result::Success);
  ASSERT_EQ(driver().free(b), Result::Success);
  const FakeCudaBooks after = books();
  EXPECT_EQ(after.launches, 3u);
  EXPECT_EQ(after.blocks, 15u);
  EXPECT_EQ(after.bytes_in, 1000u);
  EXPECT_EQ(after.bytes_within, 400u);
  EXPECT_EQ(after.bytes_out, 30u);
  EXPECT_EQ(after.bytes_set, 77u);
  EXPECT_EQ(after.allocations, 2u);
  EXPECT_EQ(after.frees, 1u);
  EXPECT_EQ(after.bytes_peak, before.bytes_live + 1500);
  EXPECT_EQ(after.bytes_live, before.bytes_live + 1000);
  EXPECT_EQ(after.modules_live, 1u);
  EXPECT_EQ(control().calls("cuLaunchKernel"), 3u);
  EXPECT_EQ(control().calls("cuMemHostAlloc"), 0u);
  EXPECT_GE(control().calls(nullptr), 10u);
}

TEST_F(BooksTest, FailuresComeWhenTheyWereOrdered) {
  Address a = 0;
  control().fail("cuMemAlloc_v2", 2, 2);
  control().fail(nullptr, 4, 999);
  EXPECT_EQ(driver().allocate(&a, 8), Result::Success);
  EXPECT_EQ(driver().free(a), Result::Success);
  EXPECT_EQ(driver().allocate(&a, 8), Result::OutOfMemory);
  EXPECT_EQ(driver().stream_synchronize(nullptr), Result::Unknown);
  EXPECT_EQ(driver().allocate(&a, 8), Result::Success);
  EXPECT_EQ(driver().free(a), Result::Success);
  control().fail(nullptr, 1, 719);
  control().clear_failures();
  EXPECT_EQ(driver().stream_synchronize(nullptr), Result::Success);
}

TEST_F(BooksTest, ALostDeviceStaysLost) {
  Address a = 0;
  control().lose("cuMemAlloc_v2", 1, 719);
  EXPECT_EQ(driver().allocate(&a, 8), Result::LaunchFailed);
  EXPECT_EQ(driver().allocate(&a, 8), Result::LaunchFailed);
  EXPECT_EQ(driver().stream_synchronize(nullptr), Result::LaunchFailed);
  control().clear_errors();
  EXPECT_EQ(driver().stream_synchronize(nullptr), Result::Success);
}

TEST_F(BooksTest, ErrorsHaveTheirNames) {
  const char *name = nullptr, *meaning = nullptr;
  EXPECT_EQ(driver().error_name(Result::LaunchFailed, &name), Result::Success);
  EXPECT_EQ(driver().error_string(Result::LaunchFailed, &meaning), Result::Success);
  EXPECT_STREQ(name, "CUDA_ERROR_LAUNCH_FAILED");
  EXPECT_STREQ(meaning, "unspecified launch failure");
  EXPECT_EQ(driver().error_name(static_cast<Result>(12345), &name), Result::InvalidValue);
}

TEST_F(BooksTest, TheDeviceHasProperties) {
  using ingot::cuda::Attribute;
  const auto attribute = [](Attribute which) {
    int value = 0;
    EXPECT_EQ(driver().device_attribute(&value, which, 0), Result::Success);
    return value;
  };
  EXPECT_EQ(attribute(Attribute::Multiprocessors), 132);
  EXPECT_EQ(attribute(Attribute::CapabilityMajor), 9);
  EXPECT_EQ(attribute(Attribute::CapabilityMinor), 0);
  const double bandwidth = 2e3 * attribute(Attribute::MemoryClockRate) * attribute(Attribute::MemoryBusWidth) / 8;
  EXPECT_NEAR(bandwidth, 4800e9, 1e9);
  char name[64];
  EXPECT_EQ(driver().device_name(name, sizeof(name), 0), Result::Success);
  EXPECT_STREQ(name, "Software GPU (sm_90)");
  int device = 0;
  EXPECT_EQ(driver().device_get(&device, 1), kInvalidDevice);
}

// Each in a process of its own: the environment is read once.
int run_with(const char* settings, int (*body)()) {
  setenv("FAKE_CUDA", settings, 1);
  return body();
}

TEST(FakeCudaDeathTest, TheEnvironmentSetsTheDevice) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto two_devices = [] {
    const auto& d = driver();
    if (d.device_count(nullptr) != Result{3}) return 1;  // before cuInit
    int count = 0, capability = 0;
    std::size_t memory = 0;
    ingot::cuda::Context context = nullptr;
    Address a = 0;
    if (d.init(0) != Result::Success || d.device_count(&count) != Result::Success || count != 2) return 2;
    if (d.device_memory(&memory, 1) != Result::Success || memory != 64u << 20) return 3;
    d.device_attribute(&capability, ingot::cuda::Attribute::CapabilityMajor, 0);
    if (capability != 8 || d.context_retain(&context, 1) != Result::Success) return 4;
    if (d.context_set(context) != Result::Success || d.allocate(&a, 65u << 20) != Result::OutOfMemory) return 5;
    if (d.allocate(&a, 8) != Result::InvalidImage || d.allocate(&a, 8) != Result::Success) return 6;
    return 0;
  };
  EXPECT_EXIT(exit(run_with("memory=64M,devices=2,capability=80,fail=cuMemAlloc_v2:2:200", two_devices)),
              testing::ExitedWithCode(0), "");
}

TEST(FakeCudaDeathTest, NonsenseInTheEnvironmentIsRefused) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  const auto init = [] { return static_cast<int>(driver().init(0)); };
  const auto no_device = testing::ExitedWithCode(100), invalid = testing::ExitedWithCode(1);
  EXPECT_EXIT(exit(run_with("devices=0", init)), no_device, "");
  EXPECT_EXIT(exit(run_with("memory", init)), invalid, "FAKE_CUDA: 'memory' is not KEY=VALUE");
  EXPECT_EXIT(exit(run_with("memory=64X", init)), invalid, "'memory=64X' is not a number from 65536 to");
  EXPECT_EXIT(exit(run_with("speed=9", init)), invalid, "'speed' is none of fail, lose, bandwidth, capability");
  EXPECT_EXIT(exit(run_with("fail=cuInit:0:1", init)), invalid, "is not fail=NAME:NTH:CODE");
}

}  // namespace
}  // namespace fake_cuda_test
