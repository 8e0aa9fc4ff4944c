// Files and programs, as compiler.cpp needs them. Errors are std::runtime_error.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace fake_nvrtc {

std::string read_file(const std::string& file);
/// Appears whole: other processes may read or write the same file.
void write_file(const std::string& file, std::string_view text);
void move_file(const std::string& from, const std::string& to);
void remove_file(const std::string& file);
bool exists(const std::string& file);

/// FAKE_NVRTC_CACHE, made where it is missing; empty where the variable is not set.
const std::string& cache_folder();
/// FAKE_NVRTC_TEXTS, as above.
const std::string& texts_folder();
/// A folder of this process, gone when it ends.
const std::string& own_folder();
/// A name in it that nobody has.
std::string temporary(std::string_view ending);

/// 32 hexadecimal digits.
std::string digest(std::string_view text);

/// Whether the program ended well. What it writes is added to `log`.
bool run_program(const std::vector<std::string>& arguments, std::string& log);

}  // namespace fake_nvrtc
