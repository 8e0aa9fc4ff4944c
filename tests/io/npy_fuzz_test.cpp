// Mutated files: whatever the bytes, the reader either refuses them with a place in the file or describes exactly what
// is there.
#include <gtest/gtest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <random>
#include <string>

#include "host/io/npy_header.h"
#include "ingot/error.hpp"
#include "ingot/io.hpp"
#include "tests/io/npy_files.h"

namespace ingot::io {
namespace {

using tests::as_bytes;

constexpr unsigned kSeed = 20261122;

class Mutator {
 public:
  std::string next() {
    std::string file = pick(tests::kNumpyFiles).bytes();
    for (int i = 0, count = 1 + below(4); i < count; ++i) mutate(file);
    return file;
  }

 private:
  int below(std::size_t n) { return static_cast<int>(random_() % n); }

  template <class T, std::size_t N>
  const T& pick(const T (&list)[N]) {
    return list[below(N)];
  }

  void mutate(std::string& file) {
    static constexpr std::string_view kTokens[] = {"'",
                                                   "\"",
                                                   "(",
                                                   ")",
                                                   "{",
                                                   "}",
                                                   ",",
                                                   ":",
                                                   "-1",
                                                   "0",
                                                   "00",
                                                   "9223372036854775807",
                                                   "9223372036854775808",
                                                   "4294967296",
                                                   "1e9",
                                                   "0x10",
                                                   "True",
                                                   "False",
                                                   "None",
                                                   "'descr'",
                                                   "'shape'",
                                                   "'fortran_order'",
                                                   "'<f8'",
                                                   "'>f8'",
                                                   "'|O'",
                                                   "'<c16'",
                                                   "'|V4'",
                                                   "[('a', '<i4')]",
                                                   "\\",
                                                   "\n",
                                                   "#",
                                                   "L",
                                                   "\xff",
                                                   "__import__('os')",
                                                   "(1,)",
                                                   "()",
                                                   "(2, 3)",
                                                   " "};
    const std::size_t at = static_cast<std::size_t>(below(file.size() + 1));
    const std::size_t length = static_cast<std::size_t>(below(16));
    switch (below(8)) {
      case 0:
        if (at < file.size()) file[at] = static_cast<char>(below(256));
        break;
      case 1:
        if (at < file.size()) file[at] = static_cast<char>(file[at] ^ (1 << below(8)));
        break;
      case 2: file.erase(at, length); break;
      case 3: file.resize(at); break;
      case 4: file.insert(at, file.substr(at, length)); break;
      case 5: file.insert(at, pick(kTokens)); break;
      case 6: file.replace(at, pick(kTokens).size(), pick(kTokens)); break;
      case 7: file.resize(file.size() + length); break;
    }
    if (file.empty()) file = "\x93";
  }

  std::mt19937_64 random_{kSeed};
};

// True where the file was accepted.
bool holds(const std::string& file) {
  const auto size = static_cast<std::int64_t>(file.size());
  try {
    const auto prefix = std::string_view(file).substr(0, std::min<std::size_t>(kPrefix, file.size()));
    const std::int64_t start = data_offset(as_bytes(prefix), size);
    EXPECT_TRUE(start >= 10 && start <= size);
    const auto header =
        parse_npy_header(as_bytes(std::string_view(file).substr(0, static_cast<std::size_t>(start))), size);
    EXPECT_FALSE(npy_descr(header.dtype).empty());
    EXPECT_TRUE(std::all_of(header.shape.begin(), header.shape.end(), [](std::int64_t extent) { return extent >= 0; }));
    EXPECT_EQ(start + header.shape.numel() * static_cast<std::int64_t>(itemsize(header.dtype)), size);
    return true;
  } catch (const Fault& fault) {
    EXPECT_TRUE(fault.offset() >= 0 && fault.offset() <= size) << fault.offset() << ": " << fault.what();
    EXPECT_NE(fault.what(), std::string());
    return false;
  }
}

TEST(NpyFuzz, RefusesOrDescribesEveryMutation) {
  Mutator mutator;
  int accepted = 0;
  constexpr int kRounds = 20'000;
  for (int i = 0; i < kRounds; ++i) {
    const std::string file = mutator.next();
    accepted += holds(file);
    ASSERT_FALSE(HasFailure()) << "seed " << kSeed << ", round " << i << ": " << ::testing::PrintToString(file);
  }
  EXPECT_GT(accepted, kRounds / 100);
  EXPECT_LT(accepted, kRounds / 2);
}

// A file in memory, which a path leads to all the same.
class MemoryFile {
 public:
  MemoryFile() : descriptor_(::memfd_create("ingot_npy_fuzz", MFD_CLOEXEC)) {}
  ~MemoryFile() { ::close(descriptor_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  bool write(const std::string& bytes) const {
    return ::ftruncate(descriptor_, 0) == 0 &&
           ::pwrite(descriptor_, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
  }

 private:
  int descriptor_;
};

TEST(NpyFuzz, LoadsOrRefusesEveryMutatedFile) {
  const MemoryFile memory;
  Mutator mutator;
  for (int i = 0; i < 10'000; ++i) {
    const std::string file = mutator.next();
    ASSERT_TRUE(memory.write(file));
    const bool valid = holds(file);
    try {
      const Array array = load_npy(memory.path());
      EXPECT_TRUE(valid);
      EXPECT_GE(array.size(), 0);
    } catch (const IOError& error) {
      EXPECT_FALSE(valid) << error.what();
      EXPECT_NE(std::string(error.what()).find(memory.path() + ": byte "), std::string::npos) << error.what();
    }
    ASSERT_FALSE(HasFailure()) << "seed " << kSeed << ", round " << i << ": " << ::testing::PrintToString(file);
  }
}

}  // namespace
}  // namespace ingot::io
