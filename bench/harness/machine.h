#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// What a result depends on besides the code: name and value, in the order in which they are printed.
std::vector<std::pair<std::string, std::string>> describe_machine(int threads);

/// Bytes that can be had without swapping, and bytes free where `folder` lies.
std::int64_t available_memory();
std::int64_t available_disk(const std::string& folder);

}  // namespace bench
