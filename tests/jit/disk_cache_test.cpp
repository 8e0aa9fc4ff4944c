#include "host/jit/disk_cache.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "host/base/config.h"

namespace ingot::jit {
namespace {

namespace fs = std::filesystem;

class DiskCache : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ingot-cache-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
    saved_ = config().cache_dir;
    config().cache_dir = folder_ + "/cache";
  }
  void TearDown() override {
    config().cache_dir = saved_;
    fs::permissions(folder_, fs::perms::owner_all);
    fs::remove_all(folder_);
  }

  std::vector<fs::path> files() const {
    std::vector<fs::path> list;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(cache_folder(), error)) list.push_back(entry.path());
    return list;
  }

  std::string folder_, saved_;
  const std::string key_ = cache_key("kernel", "x86-64-v3", "llvm 19");
  const std::string object_ = std::string("machine\0code", 12);
};

TEST_F(DiskCache, GivesBackWhatWasStored) {
  EXPECT_FALSE(load_cached(key_));
  store_cached(key_, object_);
  EXPECT_EQ(load_cached(key_), object_);
  EXPECT_FALSE(load_cached(cache_key("kernel", "x86-64-v4", "llvm 19")));
  EXPECT_FALSE(load_cached(cache_key("kernel", "x86-64-v3", "llvm 20")));
}

TEST_F(DiskCache, IgnoresAndRemovesDamagedFiles) {
  store_cached(key_, object_);
  ASSERT_EQ(files().size(), 1u);
  const fs::path path = files()[0];
  std::string whole;
  {
    std::ifstream in(path, std::ios::binary);
    whole.assign(std::istreambuf_iterator<char>(in), {});
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x20);
    std::ofstream(path, std::ios::binary) << damaged;
    EXPECT_FALSE(load_cached(key_)) << "byte " << at;
    EXPECT_FALSE(fs::exists(path)) << "byte " << at;
  }
  for (std::size_t size = 0; size < whole.size(); size += 7) {
    std::ofstream(path, std::ios::binary) << whole.substr(0, size);
    EXPECT_FALSE(load_cached(key_)) << size << " bytes";
  }
  store_cached(key_, object_);
  EXPECT_EQ(load_cached(key_), object_);
}

TEST_F(DiskCache, TrustsNoFolderThatOthersMayWriteTo) {
  store_cached(key_, object_);
  fs::permissions(cache_folder(), fs::perms::others_write, fs::perm_options::add);
  EXPECT_FALSE(load_cached(key_));
}

TEST_F(DiskCache, LivesWithoutAFolder) {
  config().cache_dir = "/dev/full/cache";  // cannot be made there
  EXPECT_NO_THROW(store_cached(key_, object_));
  EXPECT_FALSE(load_cached(key_));
}

// No file may grow beyond 64 KiB here: writing stops in the middle, as where a disk is full.
TEST_F(DiskCache, LivesWithAFullDisk) {
  store_cached(key_, object_);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{64 << 10, 64 << 10};
    setrlimit(RLIMIT_FSIZE, &limit);
    const std::string other = cache_key("another kernel", "x86-64-v3", "llvm 19");
    store_cached(other, std::string(1 << 20, 'x'));
    _exit(!load_cached(other) && load_cached(key_) == object_ ? 0 : 1);
  }
  int status = -1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(files().size(), 1u) << "what was written of a file was left behind";
}

TEST_F(DiskCache, IsSharedByProcesses) {
  constexpr int kProcesses = 4, kRounds = 50;
  for (int p = 0; p < kProcesses; ++p) {
    if (fork() != 0) continue;
    bool good = true;
    for (int i = 0; i < kRounds; ++i) {
      store_cached(key_, object_);
      const auto found = load_cached(key_);
      good = good && found && *found == object_;
    }
    _exit(good ? 0 : 1);
  }
  for (int p = 0; p < kProcesses; ++p) {
    int status = -1;
    wait(&status);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(files().size(), 1u);
}

}  // namespace
}  // namespace ingot::jit
