#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>

#include "input.h"
#include "numpy.h"
#include "process.h"

namespace bench {

/// What the workloads share for one run of the benchmark: the NumPy peer, if there is one, and the .npy files.
class Context {
 public:
  /// `python` as given by the user, or empty: the first interpreter found with NumPy 2, else with any NumPy.
  Context(const std::string& python, const std::string& folder);

  NumPy* numpy() noexcept { return numpy_.get(); }
  /// One line about the peer: its version, or why there is none.
  const std::string& numpy_note() const noexcept { return numpy_note_; }
  const std::string& folder() const noexcept { return folder_.path(); }

  /// `kind` is memory or npy; the file is written by NumPy when first asked for, or by the benchmark itself without
  /// one.
  std::shared_ptr<Input> input(const std::string& kind, const ingot::Shape& shape, Numbers numbers = Numbers::Uniform);

 private:
  std::unique_ptr<NumPy> numpy_;
  std::string numpy_note_;
  TemporaryFolder folder_;
  std::map<std::string, std::string> files_;
};

}  // namespace bench
