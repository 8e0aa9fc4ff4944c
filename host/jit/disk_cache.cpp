#include "host/jit/disk_cache.h"

#define XXH_INLINE_ALL
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <filesystem>
#include <vector>

#include "host/base/config.h"
#include "host/base/log.h"

namespace ingot::jit {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMagic = 0x31656863746F676EULL;  // "ngotche1"
constexpr std::uintmax_t kMaxBytes = std::uintmax_t{256} << 20;
constexpr int kWritesPerSweep = 64;

struct Header {
  std::uint64_t magic, key_bytes, object_bytes, checksum;
};

std::uint64_t checksum(std::string_view key, std::string_view object) {
  return XXH3_64bits_withSeed(object.data(), object.size(), XXH3_64bits(key.data(), key.size()));
}

std::string path_of(const std::string& folder, const std::string& key) { return folder + "/" + digest(key) + ".o"; }

// A descriptor that closes itself.
struct File {
  int fd = -1;
  ~File() {
    if (fd >= 0) close(fd);
  }
};

bool read_all(int fd, std::string& text, std::size_t bytes) {
  text.resize(bytes);
  std::size_t done = 0;
  while (done < bytes) {
    const ssize_t n = read(fd, text.data() + done, bytes - done);
    if (n <= 0) return false;
    done += static_cast<std::size_t>(n);
  }
  return true;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return true;
}

// Only a folder that nobody else may write to is trusted: what it holds is run.
bool is_private(const std::string& folder) {
  struct stat s{};
  return stat(folder.c_str(), &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == geteuid() && (s.st_mode & 022) == 0;
}

bool make_folder(const std::string& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) {
    fs::create_directories(fs::path(folder).parent_path(), error);
    mkdir(folder.c_str(), 0700);
  }
  return is_private(folder);
}

void sweep(const std::string& folder) {
  struct Entry {
    fs::path path;
    fs::file_time_type used;
    std::uintmax_t bytes;
  };
  std::vector<Entry> entries;
  std::uintmax_t total = 0;
  std::error_code error;
  for (const fs::directory_entry& file : fs::directory_iterator(folder, error)) {
    std::error_code gone;  // another process may be sweeping too
    const Entry entry{file.path(), file.last_write_time(gone), file.file_size(gone)};
    if (gone) continue;
    total += entry.bytes;
    entries.push_back(entry);
  }
  if (total <= kMaxBytes) return;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.used < b.used; });
  for (const Entry& entry : entries) {
    if (total <= kMaxBytes / 4 * 3) break;
    if (fs::remove(entry.path, error)) total -= entry.bytes;
  }
}

}  // namespace

std::string cache_key(std::string_view kernel, std::string_view target, std::string_view compiler) {
  std::string key;
  for (std::string_view part : {kernel, target, compiler}) {
    key += part;
    key += '\n';
  }
  return key;
}

std::string digest(std::string_view text) {
  const XXH128_hash_t h = XXH3_128bits(text.data(), text.size());
  char hex[33];
  std::snprintf(hex, sizeof hex, "%016llx%016llx", static_cast<unsigned long long>(h.high64),
                static_cast<unsigned long long>(h.low64));
  return hex;
}

std::string cache_folder() {
  if (!config().cache_dir.empty()) return config().cache_dir;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache == '/')
    return std::string(cache) + "/ingot";
  if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/')
    return std::string(home) + "/.cache/ingot";
  return {};
}

std::optional<std::string> load_cached(const std::string& key) {
  const std::string folder = cache_folder();
  if (folder.empty() || !is_private(folder)) return {};
  const std::string path = path_of(folder, key);
  const File file{open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};  // a pipe must not be waited for
  if (file.fd < 0) return {};

  struct stat s{};
  std::string bytes, stored_key, object;
  Header header{};
  const bool whole = fstat(file.fd, &s) == 0 && read_all(file.fd, bytes, sizeof header);
  if (whole) std::memcpy(&header, bytes.data(), sizeof header);
  const auto size = static_cast<std::uint64_t>(s.st_size);
  if (!whole || header.magic != kMagic || header.key_bytes != key.size() || header.object_bytes > size ||
      sizeof header + header.key_bytes + header.object_bytes != size || !read_all(file.fd, stored_key, key.size()) ||
      !read_all(file.fd, object, header.object_bytes) || header.checksum != checksum(stored_key, object)) {
    log(Log::Warn, "ignoring a damaged cache file: ", path);
    unlink(path.c_str());
    return {};
  }
  if (stored_key != key) return {};  // another key with the same hash
  futimens(file.fd, nullptr);        // used now
  return object;
}

template <class... Parts>
void warn_once(const Parts&... parts) {
  static std::atomic<bool> warned{false};  // of each kind of trouble
  if (!warned.exchange(true)) log(Log::Warn, parts...);
}

void store_cached(const std::string& key, std::string_view object) {
  const std::string folder = cache_folder();
  if (folder.empty()) return;
  if (!make_folder(folder)) {
    warn_once("not caching kernels: ", folder, " cannot be made, or others may write to it");
    return;
  }
  static std::atomic<int> counter{0};
  const int number = counter++;
  const std::string path = path_of(folder, key),
                    temporary = path + "." + std::to_string(getpid()) + "." + std::to_string(number);
  const Header header{kMagic, key.size(), object.size(), checksum(key, object)};
  bool written = false;
  {
    const File file{open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    written = file.fd >= 0 && write_all(file.fd, {reinterpret_cast<const char*>(&header), sizeof header}) &&
              write_all(file.fd, key) && write_all(file.fd, object);
  }
  if (!written || rename(temporary.c_str(), path.c_str()) != 0) {
    warn_once("could not cache a kernel in ", folder, ": ", std::strerror(errno));
    unlink(temporary.c_str());
    return;
  }
  if (number % kWritesPerSweep == 0) sweep(folder);
}

}  // namespace ingot::jit
