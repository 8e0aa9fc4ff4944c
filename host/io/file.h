// Files as the library reads and writes them: mapped whole, and replaced whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "host/base/storage.h"
#include "ingot/array.hpp"

namespace ingot::io {

/// For errors: "load_npy: x.npy: byte 12: reason [file:line]".
struct Source {
  const char* function;
  const std::string& path;
  Location where;

  [[noreturn]] void fail(std::int64_t offset, const std::string& reason) const;
  /// The reason is errno's.
  [[noreturn]] void fail_errno(std::int64_t offset, const char* doing, int error) const;
};

/// An open regular file that is only read. Every failure is an IOError.
class InputFile {
 public:
  explicit InputFile(const Source& source);
  InputFile(const InputFile&) = delete;
  InputFile& operator=(const InputFile&) = delete;
  ~InputFile();

  std::int64_t size() const noexcept { return size_; }
  /// Fills `bytes` from the file's byte `offset` on.
  void read(std::int64_t offset, std::span<std::byte> bytes) const;
  /// The bytes from `offset` to the end, mapped private and read-only.
  StorageRef map(std::int64_t offset) const;

 private:
  const Source& source_;
  int descriptor_ = -1;
  std::int64_t size_ = 0;
};

/// Writes a file beside the target and puts it in the target's place on commit(); without, it disappears.
class OutputFile {
 public:
  explicit OutputFile(const Source& source);
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile();

  void write(std::span<const std::byte> bytes);
  void commit();

 private:
  const Source& source_;
  std::string target_, temporary_;
  int descriptor_ = -1;
  std::int64_t written_ = 0;
};

}  // namespace ingot::io
