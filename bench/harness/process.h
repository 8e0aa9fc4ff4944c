#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace bench {

/// How a child process ended. Its standard error is passed through unless `quiet`.
struct Finished {
  int status = -1;        ///< exit status; 127 if it could not be started, 128 + signal if one ended it
  std::string output;     ///< all of its standard output
  double first_line = 0;  ///< seconds from before it was started to its first complete line
  double seconds = 0;     ///< to its end
};

/// Runs argv, found through PATH, with "NAME=value" added to the environment, and waits.
Finished run_process(const std::vector<std::string>& argv, const std::vector<std::string>& environment = {},
                     bool quiet = false);

/// A child process that answers one line with one line.
class Conversation {
 public:
  explicit Conversation(const std::vector<std::string>& argv);
  Conversation(const Conversation&) = delete;
  Conversation& operator=(const Conversation&) = delete;
  ~Conversation();

  /// The answer without its newline; throws std::runtime_error when the process has gone.
  std::string ask(const std::string& line);

 private:
  pid_t pid_ = -1;
  int to_ = -1, from_ = -1;
  std::string pending_;
};

/// A new folder under the system's temporary one, removed with all it holds at the end.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const std::string& parent = {});
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder();

  const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

}  // namespace bench
