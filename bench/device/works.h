#pragma once

#include <functional>
#include <string>
#include <vector>

#include "../harness/reference.h"
#include "input.h"

namespace bench {

/// One row of the table of what is measured on a device.
struct DeviceWork {
  using Values = std::vector<double>;
  enum class Limit : std::uint8_t { Copy, Read, Arithmetic };

  std::string id{}, title{};
  std::string peer{};  ///< its name in the protocol of peers/gpu_peer.py; empty where nobody else has the same numbers
  Limit limit{};
  double flops = 0;     ///< an element, as counted in works.cpp
  bool judged = true;   ///< at 1 GiB
  double resident = 3;  ///< inputs' worth of device memory that one contestant needs
  /// Timed: returns when the results exist. What is in `kept` is looked at afterwards.
  std::function<void(const DeviceInput&, std::vector<ingot::Array>& kept)> run{};
  std::function<Values(const std::vector<ingot::Array>& kept)> observe{};
  std::function<std::vector<Expected>(const DeviceInput&)> expect{};
  /// Every element of `kept`, once: what is wrong, or nothing.
  std::function<std::string(const DeviceInput&, const std::vector<ingot::Array>& kept)> check_all{};
};

std::vector<DeviceWork> device_works();

}  // namespace bench
