#include "input.h"

#include <fmt/core.h>

#include <cmath>
#include <fstream>
#include <stdexcept>

#include <ingot/creation.hpp>

namespace bench {
namespace {

double splitmix(std::uint64_t i) {
  std::uint64_t z = (i + 1) * 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return static_cast<double>((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

}  // namespace

DeviceInput::DeviceInput(ingot::Device device, std::int64_t n) : n_(n) {
  for (std::int64_t r = 1; r * r <= n; ++r)
    if (n % r == 0) rows_ = r;
  for (int set = 0; set < kSets; ++set) {
    sets_.push_back(std::make_unique<Buffer>(n));
    double* const x = sets_.back()->data();
    const auto first = static_cast<std::uint64_t>(set) << 40;
#pragma omp parallel for
    for (std::int64_t i = 0; i < n; ++i) x[i] = splitmix(first + static_cast<std::uint64_t>(i));
    arrays_.push_back(ingot::to(ingot::from_host(x, {n}), device));
  }
}

const std::string& DeviceInput::files(const std::string& folder) {
  if (!path_.empty()) return path_;
  path_ = fmt::format("{}/numbers-{}", folder, n_);
  for (int set = 0; set < kSets; ++set) {
    std::ofstream out(fmt::format("{}.{}", path_, set), std::ios::binary);
    out.write(reinterpret_cast<const char*>(sets_[static_cast<std::size_t>(set)]->data()), 8 * n_);
    out.close();
    if (!out) throw std::runtime_error(fmt::format("{}.{} could not be written", path_, set));
  }
  return path_;
}

}  // namespace bench
