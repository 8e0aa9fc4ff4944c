// From CUDA C++ text to an image, by the host's clang.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fake_nvrtc {

struct Compiled {
  std::string image;  // empty where the text does not compile
  std::string log;
};

/// `name` is what errors call the text; `options` are as clang takes them, such as -DNAME=VALUE.
Compiled compile(std::string_view text, const std::string& name, std::vector<std::string> options);

/// How programs have been compiled so far.
struct Counts {
  unsigned long long compiled, with_prelude, from_disk;
};
Counts counts();

}  // namespace fake_nvrtc
