#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <numeric>

#include "ingot/ingot.hpp"
#include "ingot/io.hpp"
#include "tests/io/npy_files.h"

namespace ingot {
namespace {

namespace fs = std::filesystem;
using namespace std::string_view_literals;

class Npy : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/ingot_npy_XXXXXX";
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return folder_ + "/" + name; }

  std::string given(const std::string& name, std::string_view bytes) const {
    tests::write_file(path(name), bytes);
    return path(name);
  }

  std::size_t file_count() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  std::string folder_;
};

const tests::NumpyFile& numpy_file(std::string_view what) {
  for (const tests::NumpyFile& file : tests::kNumpyFiles) {
    if (file.what == what) return file;
  }
  throw std::logic_error("no such file");
}

template <class F>
std::string io_error(F&& call) {
  try {
    call();
  } catch (const IOError& error) {
    return error.what();
  }
  return "no IOError";
}

#define EXPECT_IO_ERROR(call, expected)                                                 \
  do {                                                                                  \
    const std::string message = io_error([&] { call; });                                \
    EXPECT_TRUE(message.starts_with(expected)) << message << "\nexpected " << expected; \
    EXPECT_NE(message.find("[npy_test.cpp:"), std::string::npos) << message;            \
  } while (false)

TEST_F(Npy, LoadsWhatNumpyWrote) {
  const Array x = load_npy(given("x.npy", numpy_file("f8").bytes()));
  EXPECT_EQ(x.dtype(), DType::Float64);
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.to_vector<double>(), (std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5}));
  EXPECT_EQ(load_npy(given("s.npy", numpy_file("scalar").bytes())).item<float>(), 2.5f);
  EXPECT_EQ(load_npy(given("b.npy", numpy_file("bool").bytes())).to_vector<bool>(),
            (std::vector<bool>{true, false, true}));
  EXPECT_EQ(load_npy(given("2.npy", numpy_file("version2").bytes())).to_vector<std::uint32_t>(),
            (std::vector<std::uint32_t>{1, 2}));
  EXPECT_EQ(load_npy(given("3.npy", numpy_file("version3").bytes())).to_vector<std::uint8_t>(),
            (std::vector<std::uint8_t>{1, 2}));
  std::vector<std::int8_t> counted(16);
  std::iota(counted.begin(), counted.end(), std::int8_t{-8});
  const Array i = load_npy(given("i.npy", numpy_file("int8").bytes()));
  EXPECT_EQ(i.shape(), (Shape{2, 2, 1, 4}));
  EXPECT_EQ(i.to_vector<std::int8_t>(), counted);
}

TEST_F(Npy, LoadsFortranOrderAsAView) {
  const Array x = load_npy(given("f.npy", numpy_file("fortran").bytes()));
  EXPECT_EQ(x.shape(), (Shape{2, 3}));
  EXPECT_EQ(x.to_vector<std::int16_t>(), (std::vector<std::int16_t>{0, 1, 2, 3, 4, 5}));
  EXPECT_EQ(x.T().to_vector<std::int16_t>(), (std::vector<std::int16_t>{0, 3, 1, 4, 2, 5}));
}

TEST_F(Npy, LoadsFortranOrderOfThreeAxes) {
  // np.asfortranarray(np.arange(24, dtype='u1').reshape(2, 3, 4))
  std::string data;
  for (int k = 0; k < 4; ++k) {
    for (int j = 0; j < 3; ++j) {
      for (int i = 0; i < 2; ++i) data += static_cast<char>(12 * i + 4 * j + k);
    }
  }
  const tests::NumpyFile file{"", 1, "{'descr': '|u1', 'fortran_order': True, 'shape': (2, 3, 4), }", 56, data};
  std::vector<std::uint8_t> counted(24);
  std::iota(counted.begin(), counted.end(), std::uint8_t{0});
  EXPECT_EQ(load_npy(given("f3.npy", file.bytes())).to_vector<std::uint8_t>(), counted);
}

TEST_F(Npy, LoadsZeroSizes) {
  const Array x = load_npy(given("e.npy", numpy_file("empty").bytes()));
  EXPECT_EQ(x.shape(), (Shape{0, 4}));
  EXPECT_EQ(x.to_vector<std::int64_t>(), std::vector<std::int64_t>());
  EXPECT_EQ(sum(x).item<std::int64_t>(), 0);
}

TEST_F(Npy, ReadsAnyByteOfABoolAsTrue) {
  const tests::NumpyFile file{"", 1, "{'descr': '|b1', 'fortran_order': False, 'shape': (4,), }", 60,
                              "\x00\x01\x02\xff"sv};
  const Array x = load_npy(given("b.npy", file.bytes()));
  EXPECT_EQ(x.dtype(), DType::Bool);
  EXPECT_EQ(x.to_vector<std::uint8_t>(), (std::vector<std::uint8_t>{0, 1, 1, 1}));
  EXPECT_EQ(sum(x).item<std::int64_t>(), 3);
}

TEST_F(Npy, ReadsDataThatIsNotAligned) {
  const tests::NumpyFile file{"", 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", 1,
                              "\0\0\0\0\0\0\xf0?"sv};
  ASSERT_NE((file.bytes().size() - 8) % 8, 0u);
  EXPECT_EQ(load_npy(given("u.npy", file.bytes())).item<double>(), 1.0);
}

TEST_F(Npy, SavesNumpysBytes) {
  for (const tests::NumpyFile& file : tests::kNumpyFiles) {
    if (file.version != 1 || file.what == "fortran"sv) continue;
    save_npy(path("out.npy"), load_npy(given("in.npy", file.bytes())));
    EXPECT_EQ(tests::read_file(path("out.npy")), file.bytes()) << file.what;
  }
}

TEST_F(Npy, SavesViewsAndPendingExpressionsInCOrder) {
  const Array x = load_npy(given("f.npy", numpy_file("f8").bytes()));
  save_npy(path("t.npy"), x.T());
  const Array t = load_npy(path("t.npy"));
  EXPECT_EQ(t.shape(), (Shape{3, 2}));
  EXPECT_EQ(t.to_vector<double>(), (std::vector<double>{0, 1.5, 0.5, 2, 1, 2.5}));
  save_npy(path("y.npy"), x * 2.0 + 1.0);
  EXPECT_EQ(load_npy(path("y.npy")).to_vector<double>(), (std::vector<double>{1, 2, 3, 4, 5, 6}));
  save_npy(path("b.npy"), broadcast_to(x(0, 1), Shape{4}));
  EXPECT_EQ(load_npy(path("b.npy")).to_vector<double>(), std::vector<double>(4, 0.5));
  save_npy(path("c.npy"), Array(2.5));
  EXPECT_EQ(load_npy(path("c.npy")).item<double>(), 2.5);
}

TEST_F(Npy, SavesOverTheFileItLoaded) {
  const std::string file = given("x.npy", numpy_file("f8").bytes());
  const Array x = load_npy(file);
  save_npy(file, x + 1.0);
  EXPECT_EQ(x.to_vector<double>(), (std::vector<double>{0, 0.5, 1, 1.5, 2, 2.5}));
  EXPECT_EQ(load_npy(file).to_vector<double>(), (std::vector<double>{1, 1.5, 2, 2.5, 3, 3.5}));
  EXPECT_EQ(file_count(), 1u);
}

TEST_F(Npy, OutlivesItsFile) {
  const std::string file = given("x.npy", numpy_file("f8").bytes());
  const Array x = load_npy(file);
  fs::remove(file);
  EXPECT_EQ(sum(x).item<double>(), 7.5);
}

TEST_F(Npy, MapsLazily) {
  // A sparse file of 1 TiB: touching it all would take minutes and the disk.
  const std::int64_t count = std::int64_t{1} << 37;
  const tests::NumpyFile file{"", 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (137438953472,), }", 49, ""};
  const std::string name = given("huge.npy", file.bytes());
  if (::truncate(name.c_str(), static_cast<off_t>(file.bytes().size()) + 8 * count) != 0)
    GTEST_SKIP() << "no sparse files";
  const Array x = load_npy(name);
  EXPECT_EQ(x.size(), count);
  EXPECT_EQ(x(Slice(-3, none)).to_vector<double>(), std::vector<double>(3, 0.0));
}

TEST_F(Npy, RefusesWhatItCannotOpen) {
  EXPECT_IO_ERROR(load_npy(path("absent.npy")),
                  "load_npy: " + path("absent.npy") + ": byte 0: cannot open: No such file or directory [");
  EXPECT_IO_ERROR(load_npy(""), "load_npy: : byte 0: an empty file name");
  EXPECT_IO_ERROR(load_npy(std::string("a\0b", 3)), "load_npy: a");
  EXPECT_IO_ERROR(load_npy(folder_), "load_npy: " + folder_ + ": byte 0: not a regular file");
  EXPECT_IO_ERROR(load_npy("/dev/zero"), "load_npy: /dev/zero: byte 0: not a regular file");
  ASSERT_EQ(::mkfifo(path("fifo").c_str(), 0600), 0);
  EXPECT_IO_ERROR(load_npy(path("fifo")), "load_npy: " + path("fifo") + ": byte 0: not a regular file");
}

TEST_F(Npy, NamesFileByteAndReasonOfBadHeaders) {
  const std::string name = given("bad.npy", "\x93NUMPY\1\0\2\0[]"sv);
  EXPECT_IO_ERROR(load_npy(name),
                  "load_npy: " + name + ": byte 10: expected '{', found '['; the header must be a Python dict");
  const std::string short_name = given("short.npy", numpy_file("f8").bytes().substr(0, 150));
  EXPECT_IO_ERROR(load_npy(short_name),
                  "load_npy: " + short_name + ": byte 150: shape (2, 3) of float64 takes 48 bytes from byte 128 on");
  EXPECT_IO_ERROR(load_npy(given("none.npy", "")), "load_npy: " + path("none.npy") + ": byte 0: the file is empty");
}

TEST_F(Npy, RefusesToSaveWhereItCannot) {
  const Array x = array({1.0, 2.0});
  EXPECT_IO_ERROR(save_npy(path("no/such/folder.npy"), x),
                  "save_npy: " + path("no/such/folder.npy") + ": byte 0: cannot create a temporary file beside it: ");
  EXPECT_IO_ERROR(save_npy(folder_, x),
                  "save_npy: " + folder_ + ": byte 0: there is something that is not a regular file");
  EXPECT_IO_ERROR(save_npy("/dev/full", x),
                  "save_npy: /dev/full: byte 0: there is something that is not a regular file");
  EXPECT_IO_ERROR(save_npy("", x), "save_npy: : byte 0: an empty file name");
}

// A limit on the size of files stands for a disk that fills up.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

TEST_F(Npy, KeepsTheOldFileWhenTheNewOneCannotBeFinished) {
  const std::string file = given("x.npy", numpy_file("f8").bytes());
  const Array big = full(Shape{10'000}, 1.0);
  std::string message;
  {
    FileSizeLimit limit(5000);
    message = io_error([&] { save_npy(file, big); });
  }
  EXPECT_TRUE(message.starts_with("save_npy: " + file + ": byte 5000: cannot write: File too large [")) << message;
  EXPECT_EQ(tests::read_file(file), numpy_file("f8").bytes());
  EXPECT_EQ(file_count(), 1u);
  save_npy(file, big);
  EXPECT_EQ(sum(load_npy(file)).item<double>(), 10'000.0);
}

TEST_F(Npy, LeavesNothingWhenEvaluationFails) {
  EXPECT_THROW(save_npy(path("x.npy"), array({1.0, 2.0}) + array({1.0, 2.0, 3.0})), ShapeError);
  EXPECT_EQ(file_count(), 0u);
}

TEST_F(Npy, FollowsLinksAndKeepsPermissions) {
  const std::string target = given("target.npy", "old");
  ASSERT_EQ(::chmod(target.c_str(), 0640), 0);
  fs::create_symlink("target.npy", path("link.npy"));
  save_npy(path("link.npy"), array({1.0, 2.0}));
  EXPECT_TRUE(fs::is_symlink(path("link.npy")));
  EXPECT_EQ(load_npy(target).to_vector<double>(), (std::vector<double>{1, 2}));
  EXPECT_EQ(fs::status(target).permissions(), fs::perms(0640));
  EXPECT_EQ(file_count(), 2u);
}

TEST_F(Npy, SavesUnderTheLongestNames) {
  const std::string name = path(std::string(251, 'n') + ".npy");
  save_npy(name, array({1.0}));
  EXPECT_EQ(load_npy(name).item<double>(), 1.0);
}

TEST_F(Npy, SavesIntoTheWorkingDirectory) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  save_npy("here.npy", array({1.0}));
  fs::current_path(before);
  EXPECT_EQ(load_npy(path("here.npy")).item<double>(), 1.0);
}

}  // namespace
}  // namespace ingot
