// Indented text.
#pragma once

#include <string>

#include "host/base/error.h"

namespace ingot::cuda {

class Writer {
 public:
  template <class... Parts>
  void line(const Parts&... parts) {
    const std::string content = ingot::text(parts...);
    if (!content.empty()) text_.append(static_cast<std::size_t>(2 * depth_), ' ');
    text_ += content;
    text_ += '\n';
  }
  void pragma_unroll(bool unroll = true) { text_ += unroll ? "#pragma unroll\n" : "#pragma unroll 1\n"; }

  template <class... Parts>
  void open(const Parts&... parts) {
    line(parts..., " {");
    ++depth_;
  }
  void close(const char* after = "") {
    --depth_;
    line("}", after);
  }

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  int depth_ = 0;
};

}  // namespace ingot::cuda
