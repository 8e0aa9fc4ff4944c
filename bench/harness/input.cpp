#include "input.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <numbers>
#include <stdexcept>
#include <vector>

#include <ingot/creation.hpp>
#include <ingot/io.hpp>

namespace bench {
namespace {

constexpr std::uint64_t kSeed = 20261122;

double splitmix(std::uint64_t i) {
  std::uint64_t z = (i + 1 + kSeed) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

void fill(double* x, std::int64_t n, Numbers numbers) {
#pragma omp parallel for
  for (std::int64_t i = 0; i < n; ++i) {
    const auto at = static_cast<std::uint64_t>(i);
    x[i] = splitmix(at);
    if (numbers == Numbers::Normal) {
      const double angle = 2.0 * std::numbers::pi * splitmix(static_cast<std::uint64_t>(n) + at);
      x[i] = std::sqrt(-2.0 * std::log(1.0 - x[i])) * std::cos(angle);
    }
  }
}

class MemoryInput final : public Input {
 public:
  MemoryInput(const ingot::Shape& shape, Numbers numbers) : Input(shape, numbers), x_(shape.numel()) {
    fill(x_.data(), x_.size(), numbers);
  }
  ingot::Array array() override { return ingot::from_host(x_.data(), shape()); }
  const double* open() override { return x_.data(); }
  std::string numpy_open() const override {
    return fmt::format("open memory {} {} {}", numpy_kind(shape(), numbers()), size(), kSeed);
  }
  bool reopens() const noexcept override { return false; }
  const char* name() const noexcept override { return "memory"; }

 protected:
  double exchange(std::int64_t index, double value) override { return std::exchange(x_[index], value); }

 private:
  Buffer x_;
};

/// A file open for the time of a test; throws with the system's reason.
class File {
 public:
  explicit File(const std::string& path) : path_(path), descriptor_(::open(path.c_str(), O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("open");
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(descriptor_); }

  int descriptor() const noexcept { return descriptor_; }
  [[noreturn]] void fail(const char* what) const {
    throw std::runtime_error(fmt::format("{}: {} failed: {}", path_, what, std::strerror(errno)));
  }

 private:
  std::string path_;
  int descriptor_;
};

class FileInput final : public Input {
 public:
  FileInput(const std::string& path, const ingot::Shape& shape, Numbers numbers)
      : Input(shape, numbers), path_(path), file_(path) {
    struct stat status{};
    if (fstat(file_.descriptor(), &status) != 0) file_.fail("fstat");
    bytes_ = static_cast<std::size_t>(status.st_size);
    header_ = status.st_size - size() * 8;
    if (header_ < 64) throw std::runtime_error(fmt::format("{} is too short for {} numbers", path, size()));
  }
  ~FileInput() override { unmap(); }

  ingot::Array array() override { return ingot::load_npy(path_); }
  const double* open() override {
    unmap();
    map_ = mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, file_.descriptor(), 0);
    if (map_ == MAP_FAILED) file_.fail("mmap");
    return reinterpret_cast<const double*>(static_cast<const char*>(map_) + header_);
  }
  std::string numpy_open() const override { return "open file " + path_; }
  bool reopens() const noexcept override { return true; }
  const char* name() const noexcept override { return "npy"; }

 protected:
  double exchange(std::int64_t index, double value) override {
    double old = 0;
    const off_t at = header_ + index * 8;
    if (pread(file_.descriptor(), &old, sizeof old, at) != sizeof old) file_.fail("pread");
    if (pwrite(file_.descriptor(), &value, sizeof value, at) != sizeof value) file_.fail("pwrite");
    return old;
  }

 private:
  void unmap() {
    if (map_ != MAP_FAILED) munmap(map_, bytes_);
    map_ = MAP_FAILED;
  }

  std::string path_;
  File file_;
  std::size_t bytes_ = 0;
  off_t header_ = 0;
  void* map_ = MAP_FAILED;
};

}  // namespace

void Input::change(std::int64_t repeat, double value) {
  if (index_ >= 0) exchange(index_, original_);
  index_ = static_cast<std::int64_t>(static_cast<std::uint64_t>(repeat + 1) * 0x9E3779B97F4A7C15u %
                                     static_cast<std::uint64_t>(size()));
  value_ = value;
  original_ = exchange(index_, value);
}

std::shared_ptr<Input> memory_input(const ingot::Shape& shape, Numbers numbers) {
  return std::make_shared<MemoryInput>(shape, numbers);
}

std::shared_ptr<Input> file_input(const std::string& path, const ingot::Shape& shape, Numbers numbers) {
  return std::make_shared<FileInput>(path, shape, numbers);
}

void write_npy(const std::string& path, const ingot::Shape& shape, Numbers numbers) {
  Buffer x(shape.numel());
  fill(x.data(), x.size(), numbers);
  std::string extents;
  for (const std::int64_t d : shape) extents += fmt::format("{}, ", d);
  std::string header = fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({}), }}", extents);
  constexpr std::size_t prefix = 10, alignment = 64;
  header.resize((prefix + header.size() + 1 + alignment - 1) / alignment * alignment - prefix - 1, ' ');
  header += '\n';
  std::ofstream out(path, std::ios::binary);
  out << "\x93NUMPY\x01" << '\0' << static_cast<char>(header.size() & 0xff) << static_cast<char>(header.size() >> 8)
      << header;
  out.write(reinterpret_cast<const char*>(x.data()), shape.numel() * 8);
  out.close();
  if (!out) throw std::runtime_error(fmt::format("{} could not be written: {}", path, std::strerror(errno)));
}

std::string numpy_kind(const ingot::Shape& shape, Numbers numbers) {
  std::string kind = numbers == Numbers::Normal ? "normal" : "uniform";
  if (shape.ndim() > 1) {
    for (const std::int64_t d : shape) kind += fmt::format(":{}", d);
  }
  return kind;
}

}  // namespace bench
