#include "machine.h"

#include <fmt/core.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include <ingot/export.hpp>

#include "process.h"

namespace bench {
namespace {

/// The value of the first "name : value" line of a file.
std::string field(const char* path, const std::string& name) {
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(name)) continue;
    const std::size_t colon = line.find(':');
    const std::size_t start = colon == std::string::npos ? colon : line.find_first_not_of(" \t", colon + 1);
    if (start != std::string::npos) return line.substr(start);
  }
  return {};
}

std::string first_line(const std::string& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line;
}

std::string caches() {
  std::string text;
  for (int i = 0;; ++i) {
    const std::string folder = fmt::format("/sys/devices/system/cpu/cpu0/cache/index{}/", i);
    const std::string size = first_line(folder + "size");
    if (size.empty()) return text;
    const std::string type = first_line(folder + "type");
    if (type == "Instruction") continue;
    text += fmt::format("{}L{} {}", text.empty() ? "" : ", ", first_line(folder + "level"), size);
  }
}

std::string vector_flags() {
  std::istringstream flags(field("/proc/cpuinfo", "flags"));
  std::string text;
  for (std::string flag; flags >> flag;) {
    if (flag == "fma" || flag.starts_with("avx")) text += fmt::format("{}{}", text.empty() ? "" : " ", flag);
  }
  return text;
}

std::string commit() {
  const Finished git = run_process({"git", "-C", BENCH_SOURCE_DIR, "describe", "--always", "--dirty"}, {}, true);
  return git.status == 0 ? git.output.substr(0, git.output.find('\n')) : "unknown";
}

}  // namespace

std::vector<std::pair<std::string, std::string>> describe_machine(int threads) {
  return {{"cpu", field("/proc/cpuinfo", "model name")},
          {"vectors", vector_flags()},
          {"cores", std::to_string(std::thread::hardware_concurrency())},
          {"threads", std::to_string(threads)},
          {"caches", caches()},
          {"memory", field("/proc/meminfo", "MemTotal")},
          {"huge pages", first_line("/sys/kernel/mm/transparent_hugepage/enabled")},
          {"system", first_line("/proc/version")},
          {"compiler", BENCH_COMPILER " " __VERSION__},
          {"flags", BENCH_FLAGS},
          {"rivals' flags", BENCH_PEER_FLAGS},
          {"ingot", INGOT_VERSION},
          {"commit", commit()}};
}

std::int64_t available_memory() {
  return std::strtoll(field("/proc/meminfo", "MemAvailable").c_str(), nullptr, 10) * 1024;
}

std::int64_t available_disk(const std::string& folder) {
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  return error ? 0 : static_cast<std::int64_t>(space.available);
}

}  // namespace bench
