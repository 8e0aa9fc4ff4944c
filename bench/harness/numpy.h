#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "process.h"

namespace bench {

/// NumPy in a child process (peers/numpy_peer.py). Its work runs on one thread, as NumPy's always does,
/// but for products, which its BLAS shares among as many as it likes.
class NumPy {
 public:
  /// Throws std::runtime_error if `python` cannot be started or has no NumPy.
  explicit NumPy(const std::string& python);

  const std::string& version() const noexcept { return version_; }
  bool at_least_2() const;
  void ask(const std::string& command);
  /// Seconds, then the values observed.
  std::vector<double> run(const std::string& work);

 private:
  std::string reply(const std::string& command);

  Conversation process_;
  std::string version_;
};

}  // namespace bench
