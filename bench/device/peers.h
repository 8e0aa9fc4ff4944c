// Other libraries on the same device, each in a process of its own that answers a line with a line: peers/gpu_peer.py
// says what it is asked.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "../harness/process.h"
#include "input.h"

namespace bench {

class DevicePeer {
 public:
  /// Throws std::runtime_error where the library cannot be used, which says why.
  explicit DevicePeer(const std::vector<std::string>& command);

  /// As it names itself, and with its version.
  const std::string& name() const noexcept { return name_; }
  const std::string& version() const noexcept { return version_; }
  bool can(const std::string& work) const;

  /// Puts the input on the device, in place of the last one.
  void open(DeviceInput& input, const std::string& folder);
  /// Does the work on the input's current set.
  Contestant contestant(const std::string& work, std::shared_ptr<DeviceInput> input);

 private:
  std::string ask(const std::string& line);

  Conversation process_;
  std::string name_, version_;
  std::vector<std::string> works_;
  std::int64_t opened_ = 0;
};

using DevicePeers = std::vector<std::shared_ptr<DevicePeer>>;

/// Those of JAX, CuPy and PyTorch that `python` has, and the programs named; why one is missing goes to `notes`.
DevicePeers device_peers(const std::string& python, const std::vector<std::string>& programs,
                         std::vector<std::string>& notes);

}  // namespace bench
