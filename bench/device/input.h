// What everybody on a device reads: a few sets of float64 numbers, uniform in [0, 1), that lie there. They take turns,
// so that no repeat can know the last one's result.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <ingot/array.hpp>
#include <ingot/device.hpp>

#include "../harness/buffer.h"
#include "../harness/case.h"

namespace bench {

class DeviceInput {
 public:
  static constexpr int kSets = 3;

  DeviceInput(ingot::Device device, std::int64_t n);

  std::int64_t size() const noexcept { return n_; }
  /// As a matrix: this many rows, of size() / rows() columns.
  std::int64_t rows() const noexcept { return rows_; }

  void change(std::int64_t repeat) { set_ = static_cast<int>(repeat % kSets); }
  int set() const noexcept { return set_; }
  const double* host() const { return sets_[static_cast<std::size_t>(set_)]->data(); }
  const ingot::Array& array() const { return arrays_[static_cast<std::size_t>(set_)]; }

  /// Writes the sets as plain float64 to PATH.0 and so on, for other processes; once.
  const std::string& files(const std::string& folder);

 private:
  std::int64_t n_, rows_ = 1;
  int set_ = 0;
  std::vector<std::unique_ptr<Buffer>> sets_;
  std::vector<ingot::Array> arrays_;
  std::string path_;
};

}  // namespace bench
