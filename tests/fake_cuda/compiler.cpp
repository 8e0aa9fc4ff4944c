#include "compiler.h"

#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <regex>
#include <sstream>

#include "files.h"
#include "module.h"

extern "C" const char fake_cuda_machine_text[];
extern "C" const char fake_cuda_shim_text[];

namespace fake_nvrtc {
namespace {

// Static objects here are never destroyed: those of the program may still compile.

// Where the text that programs share ends. It is compiled once; a program without it is compiled whole, which only
// takes longer.
constexpr std::string_view kPreludeEnd = "\nnamespace math = ingot::math;\n";

// What runs long enough for optimising to pay.
constexpr std::string_view kLong = "gemm_multiply_add";

std::atomic<unsigned long long> g_compiled, g_with_prelude, g_from_disk;

// The callbacks of an address sanitizer that has no shadow, for every access as the text has it; shim.h has them. Calls
// in basic blocks besides.
constexpr const char* kCounting[] = {
    // clang-format off
    "-DFAKE_CUDA_COUNT", "-fsanitize=kernel-address", "-fsanitize-coverage=edge,trace-pc",
    "-mllvm", "-asan-instrumentation-with-call-threshold=0", "-mllvm", "-asan-kernel-mem-intrinsic-prefix=1",
    "-mllvm", "-asan-opt=0", "-mllvm", "-asan-globals=0", "-mllvm", "-asan-stack=0", "-mllvm", "-asan-instrument-atomics=0",
    "-mllvm", "-asan-constructor-kind=none",
    // clang-format on
};

bool counts_accesses() {
  const char* const count = std::getenv("FAKE_NVRTC_COUNT");
  return count != nullptr && *count != '\0';
}

// The alignment check is what a GPU does in hardware. FAKE_NVRTC_FLAGS adds others.
const std::vector<std::string>& flags() {
  static const auto* const standard = new std::vector<std::string>{
      // clang-format off
      "-std=c++20", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-strict-aliasing", "-fsanitize=alignment",
      "-fsanitize-trap=alignment", "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-fno-stack-protector",
      "-fPIC", "-fvisibility=hidden", "-w",
      // clang-format on
  };
  static const auto* const all = new std::vector<std::string>([] {
    std::vector<std::string> out = *standard;
    if (counts_accesses())
      for (const char* flag : kCounting) out.emplace_back(flag);
    const char* const more = std::getenv("FAKE_NVRTC_FLAGS");
    std::istringstream words(more != nullptr ? more : "");
    for (std::string word; words >> word;) out.push_back(word);
    return out;
  }());
  return *all;
}

// -O0: most kernels run on a few thousand elements, and optimising takes three times as long as everything else. What
// is counted are accesses as the text has them.
std::string effort(std::string_view text) {
  return !counts_accesses() && text.find(kLong) != std::string_view::npos ? "-O1" : "-O0";
}

// What an image depends on besides the text: this compiler, and the processor that -march=native means.
const std::string& environment() {
  static const auto* const all = new std::string([] {
    std::string out = FAKE_NVRTC_CLANG;
    struct stat clang{};
    if (stat(FAKE_NVRTC_CLANG, &clang) == 0) out += std::to_string(clang.st_mtime) + std::to_string(clang.st_size);
    for (const std::string& flag : flags()) out += flag + " ";
    const std::string processor = read_file("/proc/cpuinfo");
    static const std::regex features("(flags|Features)\\s*:[^\\n]*");
    std::smatch match;
    if (std::regex_search(processor, match, features)) out += match.str();
    return digest(out + fake_cuda_machine_text + fake_cuda_shim_text);
  }());
  return *all;
}

std::vector<std::string> command(std::initializer_list<std::vector<std::string>> parts) {
  std::vector<std::string> all;
  for (const auto& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

// The precompiled machine.h, shim.h and what else programs begin with, in the cache or this process's folder. The
// header itself must stay beside it. Empty, and why in `log`, where it does not compile.
std::string precompiled(std::string_view prelude, const std::vector<std::string>& options, std::string& log) {
  static auto& mutex = *new std::mutex;
  static auto& made = *new std::map<std::string, std::string>;
  const std::lock_guard lock(mutex);
  std::string all = environment();
  for (const std::string& option : options) all += option;
  const std::string key = digest(all.append(prelude));
  std::string& file = made[key];
  if (!file.empty() && exists(file)) return file;
  const std::string base = (cache_folder().empty() ? own_folder() : cache_folder()) + "/" + key;
  if (!exists(base + ".pch")) {
    std::string header = std::string(fake_cuda_machine_text) + fake_cuda_shim_text;
    for (std::size_t at; (at = header.find("#pragma once")) != std::string::npos;) header.erase(at, 12);
    write_file(base + ".h", header.append("#line 1 \"prelude\"\n").append(prelude));
    const std::string made_here = temporary(".pch");
    const std::vector<std::string> from_to = {"-x", "c++-header", base + ".h", "-o", made_here};
    // Another process may write the same header again, which changes nothing but its time.
    if (!run_program(command({{FAKE_NVRTC_CLANG},
                              options,
                              flags(),
                              {"-Xclang", "-fno-pch-timestamp", "-fpch-instantiate-templates"},
                              from_to}),
                     log))
      return "";
    move_file(made_here, base + ".pch");
  }
  return file = base + ".pch";
}

// Where the block that is opened at or behind `from` has been closed; npos for a declaration.
std::size_t end_of_block(std::string_view text, std::size_t from) {
  int depth = 0;
  for (std::size_t i = from; i < text.size(); ++i) {
    if (text[i] == ';' && depth == 0) return std::string_view::npos;
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i + 1;
  }
  return std::string_view::npos;
}

// The text with a line behind each kernel, in whatever namespace that is, which makes it known to cuModuleGetFunction.
std::string with_entries(std::string_view text) {
  static const auto& pattern =
      *new std::regex(R"(__global__\s+void\s+(?:__launch_bounds__\(\s*(\d+)[^)]*\)\s*)?(\w+)\s*\()");
  std::string out;
  std::size_t taken = 0, kernels = 0;
  using Iterator = std::regex_iterator<std::string_view::const_iterator>;
  for (Iterator at(text.begin(), text.end(), pattern), end; at != end; ++at) {
    const std::size_t body = end_of_block(text, static_cast<std::size_t>(at->position() + at->length()));
    if (body == std::string_view::npos) continue;
    out.append(text.substr(taken, body - taken));
    out += " FAKE_CUDA_KERNEL(" + (*at)[2].str() + ", " + ((*at)[1].matched ? (*at)[1].str() : "0") + ")";
    taken = body;
    ++kernels;
  }
  return out.append(text.substr(taken)) + "\nFAKE_CUDA_KERNELS(" + std::to_string(kernels) + ")\n";
}

std::string image_of(const std::string& object) {
  fake_cuda::ImageHeader header;
  std::memcpy(header.tag, fake_cuda::kImageTag, sizeof(header.tag));
  header.bytes = object.size();
  return std::string(reinterpret_cast<const char*>(&header), sizeof(header)) + object;
}

}  // namespace

Compiled compile(std::string_view text, const std::string& name, std::vector<std::string> options) {
  options.push_back(effort(text));
  if (const std::string& folder = texts_folder(); !folder.empty())
    write_file(folder + "/" + digest(text) + ".cu", text);
  std::string all = environment();
  for (const std::string& option : options) all += option;
  const std::string cached = cache_folder().empty() ? "" : cache_folder() + "/" + digest(all.append(text)) + ".so";
  Compiled out;
  if (!cached.empty() && exists(cached)) {
    ++g_from_disk;
    out.image = image_of(read_file(cached));
    return out;
  }
  const auto found = text.find(kPreludeEnd);
  const std::size_t prelude = found != std::string_view::npos ? found + kPreludeEnd.size() : 0;
  const std::string header = precompiled(text.substr(0, prelude), options, out.log);
  if (header.empty()) return out;
  const std::string_view rest = text.substr(prelude);
  const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(prelude), '\n');

  const std::string source = temporary(".cpp"), object = temporary(".o"), library = temporary(".so");
  write_file(source, "#line " + std::to_string(line) + " \"" + name + "\"\n" + with_entries(rest));
  // The linker by itself: clang would start once more only to call it.
  const std::vector<std::string> from_to = {"-include-pch", header, "-c", source, "-o", object};
  if (run_program(command({{FAKE_NVRTC_CLANG}, options, flags(), from_to}), out.log) &&
      run_program({FAKE_NVRTC_LINKER, "-shared", object, "-o", library}, out.log)) {
    out.image = image_of(read_file(library));
    ++g_compiled;
    if (prelude > 0) ++g_with_prelude;
    if (!cached.empty()) move_file(library, cached);
  }
  for (const std::string& file : {source, object, library}) remove_file(file);
  return out;
}

Counts counts() { return {g_compiled, g_with_prelude, g_from_disk}; }

}  // namespace fake_nvrtc
