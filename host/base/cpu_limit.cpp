#include "host/base/cpu_limit.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>

namespace ingot {
namespace {

constexpr double kUnlimited = std::numeric_limits<double>::infinity();

double ratio(double quota, double period) { return quota > 0 && period > 0 ? quota / period : kUnlimited; }

// "max 100000", or "200000 100000": microseconds in each period.
double limit_of_version_2(const std::string& text) {
  std::istringstream in(text);
  double quota = 0, period = 0;
  return in >> quota >> period ? ratio(quota, period) : kUnlimited;
}

// -1 without a limit.
double limit_of_version_1(const std::string& quota, const std::string& period) {
  std::istringstream of_quota(quota), of_period(period);
  double microseconds = 0, in = 0;
  return of_quota >> microseconds && of_period >> in ? ratio(microseconds, in) : kUnlimited;
}

double limit_at(const std::function<ReadText>& read, const std::string& folder, bool is_version_2) {
  if (is_version_2) return limit_of_version_2(read(folder + "/cpu.max").value_or(""));
  return limit_of_version_1(read(folder + "/cpu.cfs_quota_us").value_or(""),
                            read(folder + "/cpu.cfs_period_us").value_or(""));
}

bool has_cpu(const std::string& controllers) { return ("," + controllers + ",").find(",cpu,") != std::string::npos; }

}  // namespace

std::optional<std::string> read_text(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Lines of /proc/self/cgroup: "0::/a/b" in version 2, "4:cpu,cpuacct:/a/b" in version 1. The path begins where the
// process sees the root of the groups, which in a container may be the container's own; then files are at the root.
int cpu_limit(const std::function<ReadText>& read) {
  double limit = kUnlimited;
  std::istringstream lines(read("/proc/self/cgroup").value_or(""));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':'), second = line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string controllers = line.substr(first + 1, second - first - 1);
    const bool is_version_2 = controllers.empty();
    if (!is_version_2 && !has_cpu(controllers)) continue;
    const std::string root = is_version_2 ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu";
    for (std::string path = line.substr(second + 1);; path.erase(path.rfind('/'))) {
      if (path == "/") path.clear();
      limit = std::min(limit, limit_at(read, root + path, is_version_2));
      if (path.rfind('/') == std::string::npos) break;
    }
  }
  return limit < std::numeric_limits<int>::max() ? static_cast<int>(std::ceil(limit)) : std::numeric_limits<int>::max();
}

}  // namespace ingot
