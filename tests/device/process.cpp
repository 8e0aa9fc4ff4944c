#include "tests/device/process.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace ingot::tests {

Ended run_case(const std::string& name, const std::map<std::string, std::string>& environment) {
  int ends[2];
  if (pipe(ends) != 0) throw std::runtime_error("pipe failed");
  const std::string filter = "--gtest_filter=" + name;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("fork failed");
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    for (const char* variable : {"GTEST_OUTPUT", "GTEST_FILTER", "GTEST_TOTAL_SHARDS", "GTEST_SHARD_INDEX"})
      unsetenv(variable);
    for (const auto& [key, value] : environment) setenv(key.c_str(), value.c_str(), 1);
    alarm(120);  // one that hangs
    execl("/proc/self/exe", "ingot_tests", filter.c_str(), "--gtest_brief=1", "--gtest_also_run_disabled_tests",
          static_cast<char*>(nullptr));
    _exit(127);
  }
  close(ends[1]);
  Ended ended;
  char buffer[4096];
  for (ssize_t n = 0; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
    ended.output.append(buffer, static_cast<std::size_t>(n));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return ended;
}

}  // namespace ingot::tests
