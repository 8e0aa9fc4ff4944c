#include "host/base/cpu_limit.h"

#include <gtest/gtest.h>

#include <limits>
#include <map>

namespace ingot {
namespace {

constexpr int kNone = std::numeric_limits<int>::max();

int limit_by(const std::map<std::string, std::string>& files) {
  return cpu_limit([&](const std::string& path) -> std::optional<std::string> {
    const auto found = files.find(path);
    return found == files.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(CpuLimit, IsTheQuotaOfVersion2RoundedUp) {
  const auto of = [](const std::string& text) {
    return limit_by({{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", text}});
  };
  EXPECT_EQ(of("200000 100000\n"), 2);
  EXPECT_EQ(of("250000 100000\n"), 3);
  EXPECT_EQ(of("1000 100000\n"), 1);
  EXPECT_EQ(of("max 100000\n"), kNone);
  EXPECT_EQ(of(""), kNone);
  EXPECT_EQ(of("garbage"), kNone);
  EXPECT_EQ(of("100000 0\n"), kNone);
}

TEST(CpuLimit, IsTheTightestOfTheGroupsAround) {
  std::map<std::string, std::string> files{{"/proc/self/cgroup", "0::/a/b/c\n"},
                                           {"/sys/fs/cgroup/a/cpu.max", "300000 100000\n"},
                                           {"/sys/fs/cgroup/a/b/c/cpu.max", "max 100000\n"}};
  EXPECT_EQ(limit_by(files), 3);
  files["/sys/fs/cgroup/a/b/cpu.max"] = "50000 50000\n";
  EXPECT_EQ(limit_by(files), 1);
}

TEST(CpuLimit, ReadsVersion1) {
  const std::string groups = "12:memory:/docker/x\n5:cpuset:/docker/x\n4:cpu,cpuacct:/docker/x\n0::/docker/x\n";
  // A container that sees its own group as the root.
  EXPECT_EQ(limit_by({{"/proc/self/cgroup", groups},
                      {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "150000\n"},
                      {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}}),
            2);
  EXPECT_EQ(limit_by({{"/proc/self/cgroup", groups},
                      {"/sys/fs/cgroup/cpu/docker/x/cpu.cfs_quota_us", "-1\n"},
                      {"/sys/fs/cgroup/cpu/docker/x/cpu.cfs_period_us", "100000\n"}}),
            kNone);
}

TEST(CpuLimit, IsNoneWhereNothingIsSaid) {
  EXPECT_EQ(limit_by({}), kNone);
  EXPECT_EQ(limit_by({{"/proc/self/cgroup", "nonsense\n:\n"}}), kNone);
  EXPECT_GE(cpu_limit(read_text), 1);
}

}  // namespace
}  // namespace ingot
