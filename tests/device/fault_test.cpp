// Every call of the driver's and of NVRTC's made to fail in turn while a program runs.
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "host/device/gpu.h"
#include "ingot/ingot.hpp"
#include "tests/device/mixed_program.h"
#include "tests/device/process.h"
#include "tests/fake_cuda/opened.h"

namespace ingot {
namespace {

using fake_cuda_test::control;
using tests::Step;

constexpr const char* kProgram = "FaultProgram.DISABLED_Runs";

std::vector<std::vector<double>> results_of_the_host() {
  set_default_device(Device::cpu());
  std::vector<std::vector<double>> all;
  for (const Step& step : tests::mixed_program()) all.push_back(step.run());
  return all;
}

// Runs the program on the device that was set, and counts the steps that end in an error. A device that is gone is left
// for the cpu.
int run_program(const std::vector<std::vector<double>>& expected) {
  int errors = 0;
  std::size_t k = 0;
  const auto failed = [&](const std::string& step, const char* what) {
    std::printf("%s: %s\n", step.c_str(), what);
    EXPECT_NE(std::string(what).find("cuda(0)"), std::string::npos) << what;
    EXPECT_NE(std::string(what).find("CUDA_ERROR_"), std::string::npos) << what;
    if (!is_available(Device::cuda())) set_default_device(Device::cpu());
    ++errors;
  };
  for (const Step& step : tests::mixed_program()) {
    try {
      EXPECT_EQ(step.run(), expected[k]) << step.name;
    } catch (const DeviceError& error) {
      failed(step.name, error.what());
    } catch (const MemoryError& error) {
      failed(step.name, error.what());
    }
    ++k;
  }
  return errors;
}

FakeCudaBooks books() {
  FakeCudaBooks now{};
  control().read_books(&now);
  return now;
}

// What is left when all arrays are gone: what a device keeps for as long as the process lives.
void expect_balance() {
  if (!is_available(Device::cuda())) return;
  cuda::Gpu::get(0).release_cached();
  const FakeCudaBooks now = books();
  EXPECT_EQ(now.contexts_live, 1u);
  EXPECT_LE(now.allocations_live, 1u) << "more than the tickets of reductions";
  EXPECT_EQ(now.streams_live, 3u);
  if (now.host_bytes_live != 0) {
    EXPECT_EQ(now.host_bytes_live, 16u << 20);
    EXPECT_EQ(now.events_live, 6u);
  } else {
    EXPECT_EQ(now.events_live, 2u);
  }
  EXPECT_EQ(now.modules_live, control().calls("cuModuleGetFunction") - control().calls("cuModuleUnload"));
  EXPECT_EQ(fake_cuda_test::nvrtc_counts().live, 0u);
}

// A process of its own, whose environment orders a failure.
TEST(FaultProgram, DISABLED_Runs) {
  const auto expected = results_of_the_host();
  int refused = 0;
  for (; refused < 2; ++refused) {
    try {
      set_default_device(Device::cuda());
      break;
    } catch (const Error& error) {
      std::printf("set_default_device: %s\n", error.what());
      EXPECT_NE(std::string(error.what()).find("CUDA_ERROR_"), std::string::npos) << error.what();
    }
  }
  const int errors = run_program(expected);
  std::printf("calls: %llu\n", static_cast<unsigned long long>(control().calls(nullptr)));
  if (is_available(Device::cuda())) {
    EXPECT_LE(errors + refused, 1) << "one failure, and the device works";
  }
  // What the last call of all did to the device shows at the next.
  EXPECT_LE(run_program(expected), errors + refused == 0 ? 1 : 0) << "the program works once more, and anew";
  expect_balance();
  const FakeCudaBooks before = books();
  EXPECT_EQ(run_program(expected), 0);
  expect_balance();
  EXPECT_EQ(books().allocations_live, before.allocations_live);
  EXPECT_EQ(books().modules_live, before.modules_live);
}

using Environment = std::map<std::string, std::string>;

Environment usual() { return {{"FAKE_CUDA", "delay=0"}}; }
Environment with_little_memory() {
  return {{"FAKE_CUDA", "delay=0"}, {"INGOT_DEVICE_MEMORY", std::to_string(tests::kLittleMemory)}};
}

// Calls of the driver while nothing fails.
unsigned long long calls(const Environment& environment) {
  static std::map<Environment, unsigned long long> known;
  unsigned long long& count = known[environment];
  if (count == 0) {
    const tests::Ended ended = tests::run_case(kProgram, environment);
    EXPECT_EQ(ended.status, 0) << ended.output;
    const std::string key = "calls: ";
    count = std::stoull(ended.output.substr(ended.output.find(key) + key.size()));
    EXPECT_GT(count, 50u);
  }
  return count;
}

bool survives(const std::string& fault, const Environment& environment) {
  const tests::Ended ended = tests::run_case(kProgram, environment);
  EXPECT_EQ(ended.status, 0) << fault << "\n" << ended.output;
  return ended.status == 0;
}

struct Kind {
  const char* kind;
  int code;
};

bool survives(const Kind& kind, unsigned long long nth, Environment environment) {
  const std::string fault = std::string(kind.kind) + "=any:" + std::to_string(nth) + ":" + std::to_string(kind.code);
  environment["FAKE_CUDA"] += "," + fault;
  return survives(fault, environment);
}

// Kernels are compiled anew: nothing is in the cache on disk.
bool survives_nvrtc(unsigned nth, int code) {
  std::string folder = (std::filesystem::temp_directory_path() / "ingot_faults_XXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return false;
  const std::string fault = "any:" + std::to_string(nth) + ":" + std::to_string(code);
  const bool survived =
      survives("NVRTC " + fault, {{"FAKE_CUDA", "delay=0"}, {"FAKE_NVRTC_FAIL", fault}, {"INGOT_CACHE_DIR", folder}});
  std::filesystem::remove_all(folder);
  return survived;
}

TEST(Faults, AreSurvivedAtSomeCalls) {
  constexpr unsigned seed = 20261127;
  std::mt19937 random(seed);
  for (const Kind& kind : {Kind{"fail", 1}, Kind{"fail", 2}, Kind{"lose", 719}, Kind{"lose", 700}})
    survives(kind, random() % calls(usual()) + 1, usual());
  for (const Kind& kind : {Kind{"fail", 999}, Kind{"lose", 214}})
    survives(kind, random() % calls(with_little_memory()) + 1, with_little_memory());
}

TEST(Faults, OfTheCompilerAreSurvived) {
  survives_nvrtc(1, 11);
  survives_nvrtc(3, 6);
}

void fail_at_every_call(const Kind& kind, const Environment& environment = usual()) {
  int failed = 0;
  for (unsigned long long nth = 1; nth <= calls(environment) && failed < 5; ++nth)
    failed += !survives(kind, nth, environment);
}

TEST(LongFaults, OutOfMemoryAtEveryCall) { fail_at_every_call({"fail", 2}); }
TEST(LongFaults, AnInvalidValueAtEveryCall) { fail_at_every_call({"fail", 1}); }
TEST(LongFaults, AnUnknownErrorAtEveryCall) { fail_at_every_call({"fail", 999}); }
TEST(LongFaults, AFailedLaunchAtEveryCall) { fail_at_every_call({"lose", 719}); }
TEST(LongFaults, AnUncorrectableErrorAtEveryCall) { fail_at_every_call({"lose", 214}); }
TEST(LongFaults, OutOfMemoryWhileArraysGoToTheHost) { fail_at_every_call({"fail", 2}, with_little_memory()); }
TEST(LongFaults, AnInvalidValueWhileArraysGoToTheHost) { fail_at_every_call({"fail", 1}, with_little_memory()); }
TEST(LongFaults, AnIllegalAddressWhileArraysGoToTheHost) { fail_at_every_call({"lose", 700}, with_little_memory()); }

TEST(LongFaults, OfTheCompilerAtEveryCall) {
  for (unsigned nth = 1; nth <= 56; ++nth) ASSERT_TRUE(survives_nvrtc(nth, 6));
}

}  // namespace
}  // namespace ingot
