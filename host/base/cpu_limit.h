// How much of the processor the control groups (cgroups) of this process leave it: containers are given a share of the
// time, on all cores, where affinity says nothing.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace ingot {

/// The text of a file, or nothing where it cannot be read.
using ReadText = std::optional<std::string>(const std::string& path);
ReadText read_text;

/// Cores' worth of time, rounded up, by cpu.max (version 2) or cpu.cfs_quota_us (version 1) of the group and of those
/// that it lies in; the largest int where nothing limits it.
int cpu_limit(const std::function<ReadText>& read);

}  // namespace ingot
