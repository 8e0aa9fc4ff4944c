// INGOT_LOG lines on the standard error. Off, a line costs one load and a compare.
#pragma once

#include <cstdio>

#include "host/base/config.h"
#include "host/base/error.h"

namespace ingot {

enum class Log : int { Always = 0, Warn = 1, Info = 2, Debug = 3, Trace = 4 };

template <class... Parts>
void log(Log level, const Parts&... parts) {
  if (config().log < static_cast<int>(level)) [[likely]]
    return;
  const std::string line = text("ingot: ", parts..., "\n");
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace ingot
