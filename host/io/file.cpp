#include "host/io/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <filesystem>
#include <random>
#include <system_error>

#include "host/base/error.h"

namespace ingot::io {
namespace {

// Linux moves at most 0x7ffff000 bytes per call.
constexpr std::size_t kMaxTransfer = std::size_t{1} << 30;

void refuse_bad_name(const Source& source) {
  if (source.path.empty()) source.fail(0, "an empty file name");
  if (source.path.find('\0') != std::string::npos) source.fail(0, "a file name with a zero byte");
}

// Short whatever the target's name, which may be as long as names get.
std::string temporary_name() {
  static std::atomic<unsigned> counter{0};
  return text(".ingot-", ::getpid(), "-", counter.fetch_add(1), "-", std::random_device{}(), ".tmp");
}

}  // namespace

void Source::fail(std::int64_t offset, const std::string& reason) const {
  ingot::fail<IOError>(where, function, ": ", path.c_str(), ": byte ", offset, ": ", reason);
}

void Source::fail_errno(std::int64_t offset, const char* doing, int error) const {
  fail(offset, text("cannot ", doing, ": ", std::system_category().message(error)));
}

InputFile::InputFile(const Source& source) : source_(source) {
  refuse_bad_name(source);
  // A FIFO without a writer must not block here.
  descriptor_ = ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) source.fail_errno(0, "open", errno);
  struct stat status;
  const int error = ::fstat(descriptor_, &status) != 0 ? errno : 0;
  if (error == 0 && S_ISREG(status.st_mode)) {
    size_ = status.st_size;
    return;
  }
  ::close(descriptor_);
  if (error != 0) source.fail_errno(0, "read its size", error);
  source.fail(0, "not a regular file");
}

InputFile::~InputFile() { ::close(descriptor_); }

void InputFile::read(std::int64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t got = ::pread(descriptor_, bytes.data(), std::min(bytes.size(), kMaxTransfer), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) source_.fail_errno(offset, "read", errno);
    if (got == 0) source_.fail(offset, "the file became shorter while it was read");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += got;
  }
}

StorageRef InputFile::map(std::int64_t offset) const {
  const auto length = static_cast<std::size_t>(size_);
  void* base = ::mmap(nullptr, length, PROT_READ, MAP_PRIVATE, descriptor_, 0);
  if (base == MAP_FAILED) source_.fail_errno(offset, "map into memory", errno);
  const auto unmap = [base, length](void*, std::size_t) { ::munmap(base, length); };
  return StorageRef::adopt(
      new Storage(static_cast<std::byte*>(base) + offset, static_cast<std::size_t>(size_ - offset), unmap));
}

OutputFile::OutputFile(const Source& source) : source_(source), target_(source.path) {
  refuse_bad_name(source);
  std::error_code absent, error;
  if (std::filesystem::is_symlink(target_, absent))
    target_ = std::filesystem::weakly_canonical(target_, error).string();
  if (error) source.fail_errno(0, "follow the link", error.value());
  struct stat status;
  const bool exists = ::stat(target_.c_str(), &status) == 0;
  if (exists && !S_ISREG(status.st_mode)) source.fail(0, "there is something that is not a regular file");

  const std::string name = temporary_name();
  temporary_ = (std::filesystem::path(target_).parent_path() / name).string();
  descriptor_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor_ < 0) source.fail_errno(0, "create a temporary file beside it", errno);
  // Best effort: not every file system has permissions.
  if (exists) (void)!::fchmod(descriptor_, status.st_mode & 07777);
}

OutputFile::~OutputFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

void OutputFile::write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), std::min(bytes.size(), kMaxTransfer));
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) source_.fail_errno(written_, "write", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    written_ += put;
  }
}

void OutputFile::commit() {
  // What a full or failing disk did not say yet is said by fsync or close.
  if (::fsync(descriptor_) != 0) source_.fail_errno(written_, "write to disk", errno);
  const int closed = ::close(std::exchange(descriptor_, -1));
  if (closed != 0) source_.fail_errno(written_, "close", errno);
  if (::rename(temporary_.c_str(), target_.c_str()) != 0) source_.fail_errno(0, "replace it", errno);
  temporary_.clear();
  // The file is complete under its name; only a crash of the system could still bring the old one back.
  const std::string directory = std::filesystem::path(target_).parent_path().string();
  const int folder = ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return;
  ::fsync(folder);
  ::close(folder);
}

}  // namespace ingot::io
