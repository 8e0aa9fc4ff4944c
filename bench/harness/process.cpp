#include "process.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <stdexcept>

extern char** environ;

namespace bench {
namespace {

/// Starts argv with its standard output (and input, if `in` is not -1) connected. Returns 0 or an errno.
int spawn(pid_t* pid, const std::vector<std::string>& argv, const std::vector<std::string>& extra, int in, int out,
          bool quiet) {
  std::vector<char*> arguments, environment;
  for (const std::string& a : argv) arguments.push_back(const_cast<char*>(a.c_str()));
  arguments.push_back(nullptr);
  // getenv and glibc's runtimes take the first match, so what is added stands in front.
  for (const std::string& e : extra) environment.push_back(const_cast<char*>(e.c_str()));
  for (char** e = environ; *e != nullptr; ++e) environment.push_back(*e);
  environment.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (in >= 0) posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  if (quiet) posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  const int error = posix_spawnp(pid, arguments[0], &actions, nullptr, arguments.data(), environment.data());
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

void open_pipe(int (&ends)[2]) {
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error(fmt::format("pipe: {}", std::strerror(errno)));
}

}  // namespace

Finished run_process(const std::vector<std::string>& argv, const std::vector<std::string>& environment, bool quiet) {
  using Clock = std::chrono::steady_clock;
  Finished result;
  int out[2];
  open_pipe(out);
  pid_t pid = -1;
  const auto start = Clock::now();
  const auto elapsed = [&] { return std::chrono::duration<double>(Clock::now() - start).count(); };
  const int error = spawn(&pid, argv, environment, -1, out[1], quiet);
  close(out[1]);
  if (error != 0) {
    close(out[0]);
    result.status = 127;
    result.output = std::strerror(error);
    return result;
  }
  char block[4096];
  ssize_t got;
  while ((got = read(out[0], block, sizeof block)) > 0 || (got < 0 && errno == EINTR)) {
    if (got < 0) continue;
    const bool had_line = result.output.find('\n') != std::string::npos;
    result.output.append(block, static_cast<std::size_t>(got));
    if (!had_line && result.output.find('\n') != std::string::npos) result.first_line = elapsed();
  }
  close(out[0]);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  result.seconds = elapsed();
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

Conversation::Conversation(const std::vector<std::string>& argv) {
  std::signal(SIGPIPE, SIG_IGN);
  int in[2], out[2];
  open_pipe(in);
  open_pipe(out);
  const int error = spawn(&pid_, argv, {}, in[0], out[1], true);
  close(in[0]);
  close(out[1]);
  to_ = in[1];
  from_ = out[0];
  if (error != 0) {
    close(to_);
    close(from_);
    throw std::runtime_error(fmt::format("{} could not be started: {}", argv[0], std::strerror(error)));
  }
}

Conversation::~Conversation() {
  close(to_);
  close(from_);
  while (waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

std::string Conversation::ask(const std::string& line) {
  const std::string message = line + "\n";
  for (std::size_t sent = 0; sent < message.size();) {
    const ssize_t wrote = write(to_, message.data() + sent, message.size() - sent);
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) throw std::runtime_error(fmt::format("the process asked '{}' has gone", line));
    sent += static_cast<std::size_t>(wrote);
  }
  for (;;) {
    const std::size_t end = pending_.find('\n');
    if (end != std::string::npos) {
      std::string answer = pending_.substr(0, end);
      pending_.erase(0, end + 1);
      return answer;
    }
    char block[4096];
    const ssize_t got = read(from_, block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::runtime_error(fmt::format("the process asked '{}' ended without an answer", line));
    pending_.append(block, static_cast<std::size_t>(got));
  }
}

TemporaryFolder::TemporaryFolder(const std::string& parent) {
  path_ =
      ((parent.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(parent)) / "ingot-bench-XXXXXX")
          .string();
  if (mkdtemp(path_.data()) == nullptr) {
    throw std::runtime_error(fmt::format("no temporary folder {}: {}", path_, std::strerror(errno)));
  }
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace bench
