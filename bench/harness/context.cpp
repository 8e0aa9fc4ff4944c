#include "context.h"

#include <fmt/core.h>

#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace bench {

Context::Context(const std::string& python, const std::string& folder) : folder_(folder) {
  std::vector<std::string> candidates{"python3", "/usr/bin/python3"};
  if (!python.empty()) candidates = {python};
  for (const std::string& candidate : candidates) {
    try {
      auto found = std::make_unique<NumPy>(candidate);
      if (numpy_ == nullptr || found->at_least_2()) numpy_ = std::move(found);
      if (numpy_->at_least_2()) break;
    } catch (const std::runtime_error& error) {
      numpy_note_ = error.what();
    }
  }
  if (numpy_ == nullptr) {
    numpy_note_ =
        fmt::format("no NumPy ({}): no such peer, and .npy files are written by the benchmark; name one with --python",
                    numpy_note_);
  } else {
    numpy_note_ = fmt::format(
        "NumPy {}, one thread (products: those of its BLAS), in a process of its own, interleaved with the others{}",
        numpy_->version(),
        numpy_->at_least_2() ? "" : "; the bars speak of NumPy 2: name a Python that has it with --python");
  }
}

std::shared_ptr<Input> Context::input(const std::string& kind, const ingot::Shape& shape, Numbers numbers) {
  if (kind == "memory") return memory_input(shape, numbers);
  const std::string name = numpy_kind(shape, numbers);
  std::string& path = files_[fmt::format("{} {}", name, shape.numel())];
  if (path.empty()) {
    path = fmt::format("{}/{}.npy", folder_.path(), files_.size());
    if (numpy_ != nullptr) {
      numpy_->ask(fmt::format("write {} {} {} 7", path, name, shape.numel()));
    } else {
      write_npy(path, shape, numbers);
    }
  }
  return file_input(path, shape, numbers);
}

}  // namespace bench
