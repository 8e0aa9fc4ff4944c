// Compiled kernels on disk, shared by processes. An entry is one file, named by a hash of its key; it holds the whole
// key and a checksum, is written to a temporary and renamed, and is ignored (and replaced) if anything about it is
// wrong. The folder is private to the user and bounded in size: the files longest unused go first.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ingot::jit {

/// What a stored object depends on.
std::string cache_key(std::string_view kernel, std::string_view target, std::string_view compiler);

/// 128 bits of a hash, in hex: stands for a text that many kernels share.
std::string digest(std::string_view text);

/// The object stored under the key, or nothing.
std::optional<std::string> load_cached(const std::string& key);

/// Stores an object; failure is logged, never thrown: the cache only saves time.
void store_cached(const std::string& key, std::string_view object);

/// The folder in use: INGOT_CACHE_DIR, else ingot/ in the user's cache folder; empty if there is none.
std::string cache_folder();

}  // namespace ingot::jit
