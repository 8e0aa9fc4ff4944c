#include "files.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace fake_nvrtc {
namespace {

namespace fs = std::filesystem;

struct Folder {
  std::string path;
  pid_t owner = 0;
};
Folder* g_own_folder = nullptr;

// Behind the destructors of the program's static objects, which may still compile.
__attribute__((destructor)) void remove_own_folder() {
  std::error_code ignored;
  if (g_own_folder != nullptr && g_own_folder->owner == getpid()) fs::remove_all(g_own_folder->path, ignored);
}

std::string named_folder(const char* variable) {
  const char* const named = std::getenv(variable);
  if (named == nullptr || *named == '\0') return "";
  fs::create_directories(named);
  return fs::absolute(named).string();
}

std::uint64_t fnv1a(std::string_view text, std::uint64_t hash) {
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

std::string read_file(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream out;
  if (in) out << in.rdbuf();
  return out.str();
}

void write_file(const std::string& file, std::string_view text) {
  const std::string made = temporary(".part");
  std::ofstream out(made, std::ios::binary);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write " + made);
  move_file(made, file);
}

void move_file(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return;
  if (errno != EXDEV) throw std::runtime_error("cannot move " + from + " to " + to + ": " + std::strerror(errno));
  // Another file system: a copy beside the target, then a rename.
  const std::string beside = to + "." + std::to_string(getpid());
  fs::copy_file(from, beside, fs::copy_options::overwrite_existing);
  fs::rename(beside, to);
  remove_file(from);
}

void remove_file(const std::string& file) { unlink(file.c_str()); }

bool exists(const std::string& file) { return access(file.c_str(), R_OK) == 0; }

const std::string& cache_folder() {
  static const auto* const folder = new std::string(named_folder("FAKE_NVRTC_CACHE"));
  return *folder;
}

const std::string& texts_folder() {
  static const auto* const folder = new std::string(named_folder("FAKE_NVRTC_TEXTS"));
  return *folder;
}

const std::string& own_folder() {
  static const Folder* const folder = [] {
    std::string path = (fs::temp_directory_path() / "fake_nvrtc_XXXXXX").string();
    if (mkdtemp(path.data()) == nullptr) throw std::runtime_error("cannot make a folder " + path);
    return g_own_folder = new Folder{path, getpid()};
  }();
  return folder->path;
}

std::string temporary(std::string_view ending) {
  static std::atomic<unsigned> number = 0;
  return own_folder() + "/" + std::to_string(getpid()) + "_" + std::to_string(++number) + std::string(ending);
}

std::string digest(std::string_view text) {
  char out[33];
  std::snprintf(out, sizeof(out), "%016llx%016llx", static_cast<unsigned long long>(fnv1a(text, 0xcbf29ce484222325)),
                static_cast<unsigned long long>(fnv1a(text, 0x84222325cbf29ce4)));
  return out;
}

bool run_program(const std::vector<std::string>& arguments, std::string& log) {
  std::vector<char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  const std::string output = temporary(".log");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  const int error = posix_spawnp(&child, pointers[0], &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    log += "cannot run " + arguments[0] + ": " + std::strerror(error) + "\n";
    return false;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  log += read_file(output);
  remove_file(output);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace fake_nvrtc
