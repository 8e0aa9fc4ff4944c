// The two libraries as tests use them: opened by path, through the declarations that Ingot opens the real ones with.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "fake_cuda.h"
#include "fake_nvrtc.h"
#include "host/device/driver.h"

namespace ingot::cuda {

inline void PrintTo(Result result, std::ostream* out) { *out << "CUDA error " << static_cast<int>(result); }

}  // namespace ingot::cuda

namespace fake_cuda_test {

using ingot::cuda::Address;
using ingot::cuda::Event;
using ingot::cuda::Result;
using ingot::cuda::Stream;

struct Control {
  decltype(&fake_cuda_read_books) read_books = nullptr;
  decltype(&fake_cuda_reset_books) reset_books = nullptr;
  decltype(&fake_cuda_calls) calls = nullptr;
  decltype(&fake_cuda_set_seed) set_seed = nullptr;
  decltype(&fake_cuda_set_memory) set_memory = nullptr;
  decltype(&fake_cuda_fail) fail = nullptr;
  decltype(&fake_cuda_lose) lose = nullptr;
  decltype(&fake_cuda_clear_failures) clear_failures = nullptr;
  decltype(&fake_cuda_clear_errors) clear_errors = nullptr;
};

/// The driver, not yet initialised; opened when first asked for.
const ingot::cuda::Driver& driver();
const Control& control();

inline constexpr Result kInvalidDevice{101}, kInvalidContext{201}, kInvalidHandle{400}, kNotFound{500},
    kLaunchOutOfResources{701}, kMisalignedAddress{716};

struct Compiled {
  int result = 0;
  std::string image, log;
};
Compiled compile(const std::string& text, std::vector<const char*> options = {"--gpu-architecture=sm_90"});
FakeNvrtcCounts nvrtc_counts();

/// A context is current, the books are empty, and no failure or error is left over.
class Gpu : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  Address allocate(std::size_t bytes);
  Stream stream();
  Event event();
  /// Compiles a text and gives its kernel; the module lives until the test ends.
  ingot::cuda::Function kernel(const std::string& text, const std::string& name);
  /// One parameter; what the call returns.
  template <class Parameter>
  Result launch(ingot::cuda::Function function, unsigned blocks, unsigned threads, Parameter parameter,
                Stream in = nullptr) {
    void* parameters[] = {&parameter};
    return driver().launch(function, blocks, 1, 1, threads, 1, 1, 0, in, parameters, nullptr);
  }
  template <class T>
  void put(Address to, const std::vector<T>& from) {
    ASSERT_EQ(driver().copy_in(to, from.data(), from.size() * sizeof(T), nullptr), Result::Success);
  }
  template <class T>
  std::vector<T> get(Address from, std::size_t count) {
    std::vector<T> to(count);
    EXPECT_EQ(driver().copy_out(to.data(), from, count * sizeof(T), nullptr), Result::Success);
    return to;
  }
  FakeCudaBooks books() const;

  /// The numbers that tests run under.
  static constexpr std::uint64_t kSeeds[] = {1, 2, 3, 20261122};

 private:
  std::vector<Address> memory_;
  std::vector<Stream> streams_;
  std::vector<Event> events_;
  std::vector<ingot::cuda::Module> modules_;
};

}  // namespace fake_cuda_test
