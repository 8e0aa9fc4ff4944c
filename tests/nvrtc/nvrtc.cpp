#include "tests/nvrtc/nvrtc.h"

#include <dlfcn.h>

#include <cstdlib>
#include <optional>
#include <regex>
#include <sstream>
#include <stdexcept>

#include "host/emit/cuda/program.h"
#include "host/jit/disk_cache.h"

namespace ingot::cuda_test {
namespace {

struct Nvrtc {
  using Program = struct ProgramOf*;
#define INGOT_NVRTC(member, name, ...) int (*member)(__VA_ARGS__) = nullptr;
#include "host/jit/nvrtc.def"
  bool found = false;
};

const Nvrtc& nvrtc() {
  static const Nvrtc library = [] {
    Nvrtc n;
    const char* named = std::getenv("INGOT_LIBNVRTC");
    void* handle = named != nullptr ? dlopen(named, RTLD_NOW | RTLD_LOCAL) : nullptr;
    for (const char* name : {"libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so", "/usr/local/cuda/lib64/libnvrtc.so"})
      if (handle == nullptr && named == nullptr) handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return n;
    n.found = true;
#define INGOT_NVRTC(member, name, ...)                                     \
  n.member = reinterpret_cast<int (*)(__VA_ARGS__)>(dlsym(handle, #name)); \
  n.found = n.found && n.member != nullptr;
    using Program = Nvrtc::Program;
#include "host/jit/nvrtc.def"
    return n;
  }();
  return library;
}

struct Output {
  std::string log, ptx;
};

Output run(const std::string& text, const std::vector<std::string>& options) {
  const Nvrtc& n = nvrtc();
  Nvrtc::Program program = nullptr;
  if (n.create(&program, text.c_str(), "kernels.cu", 0, nullptr, nullptr) != 0)
    throw std::runtime_error("nvrtcCreateProgram failed");
  std::vector<const char*> pointers;
  for (const std::string& option : options) pointers.push_back(option.c_str());
  const int error = n.compile(program, static_cast<int>(pointers.size()), pointers.data());
  Output out;
  std::size_t size = 0;
  n.log_size(program, &size);
  out.log.resize(size);
  n.log(program, out.log.data());
  if (error == 0 && n.ptx_size(program, &size) == 0) {
    out.ptx.resize(size);
    n.ptx(program, out.ptx.data());
  }
  n.destroy(&program);
  if (error != 0 || out.log.find("warning") != std::string::npos) throw std::runtime_error(out.log);
  return out;
}

}  // namespace

std::string nvrtc_lacks(int capability) {
  if (!nvrtc().found)
    return "libnvrtc was not found: install the CUDA toolkit or name the library in INGOT_LIBNVRTC to compile the "
           "generated kernels";
  int major = 0, minor = 0;
  nvrtc().version(&major, &minor);
  if (capability < 100 || 10 * major + minor >= 128) return "";
  return "NVRTC " + std::to_string(major) + "." + std::to_string(minor) + " does not know sm_" +
         std::to_string(capability) + "; 12.8 and later do";
}

namespace {

// All in one program. Reports are in the order of the sources.
std::vector<Report> compile_together(const std::vector<Source>& sources, int capability) {
  std::string text(cuda::prelude());
  std::vector<Report> reports;
  for (const Source& source : sources) {
    text += "namespace in_" + source.name + " {\n" + source.text + "}\n";
    reports.push_back({source.name});
  }
  const auto find = [&](const std::string& name) -> Report* {
    for (Report& report : reports)
      if (report.name == name) return &report;
    return nullptr;
  };

  std::vector<std::string> options = cuda::compiler_options(capability);
  options.push_back("--ptxas-options=-v");
  Output out = run(text, options);
  // "Function properties for NAME", "8 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads".
  static const std::regex properties(
      "Function properties for (\\w+)\\s+ptxas[^\\n]*?([0-9]+) bytes stack frame, ([0-9]+) bytes spill stores");
  for (std::sregex_iterator at(out.log.begin(), out.log.end(), properties), end; at != end; ++at) {
    if (Report* report = find((*at)[1])) {
      report->stack = std::stoi((*at)[2]);
      report->spilled = std::stoi((*at)[3]);
    }
  }

  if (out.ptx.size() <= 1) {  // NVRTC 13 keeps what it made the machine code from
    options.pop_back();
    options[0] = "--gpu-architecture=compute_" + std::to_string(capability);
    out.ptx = run(text, options).ptx;
  }
  static const std::regex loads("\\.entry (\\w+)\\(|ld\\.global(?:\\.nc)?\\.(v4\\.[a-z]32|v2\\.[a-z]64)?");
  Report* current = nullptr;
  for (std::sregex_iterator at(out.ptx.begin(), out.ptx.end(), loads), end; at != end; ++at) {
    if ((*at)[1].matched) {
      current = find((*at)[1]);
    } else if (current != nullptr) {
      ++current->loads;
      current->wide_loads += (*at)[2].matched;
    }
  }
  return reports;
}

// What a report hangs on; with another word in front where other things are read of it.
std::string key_of(const Source& source, int capability) {
  static const std::string prelude = jit::digest(cuda::prelude());
  int major = 0, minor = 0;
  nvrtc().version(&major, &minor);
  std::string options;
  for (const std::string& option : cuda::compiler_options(capability)) options += option + ' ';
  return jit::cache_key("report of ptxas " + prelude + jit::digest(source.text), options,
                        "NVRTC " + std::to_string(major) + "." + std::to_string(minor));
}

}  // namespace

std::vector<Report> compile(const std::vector<Source>& sources, int capability) {
  std::vector<Report> reports;
  std::vector<Source> unknown;
  for (const Source& source : sources) {
    Report& report = reports.emplace_back(Report{source.name});
    const std::optional<std::string> known = jit::load_cached(key_of(source, capability));
    if (known.has_value())
      std::istringstream(*known) >> report.stack >> report.spilled >> report.loads >> report.wide_loads;
    else
      unknown.push_back(source);
  }
  if (unknown.empty()) return reports;
  const std::vector<Report> made = compile_together(unknown, capability);
  for (std::size_t i = 0, k = 0; k < made.size(); ++i) {
    if (reports[i].name != made[k].name) continue;
    const Report& r = reports[i] = made[k];
    std::ostringstream numbers;
    numbers << r.stack << ' ' << r.spilled << ' ' << r.loads << ' ' << r.wide_loads;
    jit::store_cached(key_of(unknown[k++], capability), numbers.str());
  }
  return reports;
}

}  // namespace ingot::cuda_test
