#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace bench {

/// Float64 memory on huge pages, written once by the threads that will use it, so that no timing pays for a first
/// touch.
class Buffer {
 public:
  explicit Buffer(std::int64_t n) : size_(n), bytes_(static_cast<std::size_t>(n) * sizeof(double)) {
    void* p = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) throw std::bad_alloc();
    madvise(p, bytes_, MADV_HUGEPAGE);
    data_ = static_cast<double*>(p);
#pragma omp parallel for
    for (std::int64_t i = 0; i < n; ++i) data_[i] = 0;
  }
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { munmap(data_, bytes_); }

  double* data() noexcept { return data_; }
  std::int64_t size() const noexcept { return size_; }
  double& operator[](std::int64_t i) noexcept { return data_[i]; }

 private:
  std::int64_t size_;
  std::size_t bytes_;
  double* data_;
};

}  // namespace bench
