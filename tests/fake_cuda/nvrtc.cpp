// The exported functions of NVRTC.
#include <algorithm>
#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compiler.h"
#include "fake_nvrtc.h"

#define FAKE_NVRTC_API extern "C" __attribute__((visibility("default")))

namespace {

enum Result : int {
  kSuccess = 0,
  kInvalidInput = 3,
  kInvalidProgram = 4,
  kInvalidOption = 5,
  kCompilation = 6,
  kInternalError = 11,
};

struct Program {
  std::string text, name, image, log;
};

// Those that mean something here: a virtual architecture has no cubin. Others that NVRTC has change no result on the
// host.
bool takes(std::string_view option, std::vector<std::string>& defines) {
  if (option.starts_with("-D")) {
    defines.emplace_back(option);
    return option.size() > 2;
  }
  for (const char* const prefix : {"--gpu-architecture=sm_",
                                   "-arch=sm_",
                                   "--gpu-architecture=compute_",
                                   "-arch=compute_",
                                   "-std=c++",
                                   "--std=c++",
                                   "--fmad=",
                                   "-fmad=",
                                   "--diag-suppress=",
                                   "--ptxas-options",
                                   "--minimal",
                                   "-minimal",
                                   "-default-device",
                                   "--device-as-default-execution-space",
                                   "--use_fast_math=false",
                                   "--generate-line-info",
                                   "-lineinfo",
                                   "--extra-device-vectorization",
                                   "--restrict",
                                   "--maxrregcount=",
                                   "--split-compile="})
    if (option.starts_with(prefix)) return true;
  return false;
}

std::atomic<std::uint64_t> g_live{0};

// FAKE_NVRTC_FAIL=NAME:NTH:CODE, NAME being a function of NVRTC or any: that call does nothing but return the code.
struct Ordered {
  std::string call;
  std::atomic<long> nth{0};
  int code = 0;

  Ordered() {
    const char* const text = std::getenv("FAKE_NVRTC_FAIL");
    if (text == nullptr) return;
    char name[64] = {};
    long number = 0;
    if (std::sscanf(text, "%63[^:]:%ld:%d", name, &number, &code) != 3)
      std::fprintf(stderr, "fake_nvrtc: FAKE_NVRTC_FAIL is '%s', not NAME:NTH:CODE\n", text);
    call = name;
    nth = number;
  }
  int due(std::string_view name) {
    if (call.empty() || (call != "any" && call != name)) return 0;
    return --nth == 0 ? code : 0;
  }
};

Ordered& ordered() {
  static auto* const instance = new Ordered;
  return *instance;
}

template <class Body>
int api(const char* name, Body body) noexcept {
  if (const int code = ordered().due(name); code != 0) return code;
  try {
    return body();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "fake_nvrtc: %s\n", error.what());
    return kInternalError;
  }
}

Result give(const std::string& bytes, std::size_t end, char* to) {
  if (to == nullptr) return kInvalidInput;
  std::memcpy(to, bytes.c_str(), bytes.size() + end);
  return kSuccess;
}

}  // namespace

FAKE_NVRTC_API int nvrtcVersion(int* major, int* minor) {
  return api("nvrtcVersion", [&] {
    if (major == nullptr || minor == nullptr) return kInvalidInput;
    *major = 13;
    *minor = 0;
    return kSuccess;
  });
}

FAKE_NVRTC_API const char* nvrtcGetErrorString(int result) {
  static constexpr std::array names = {
      "NVRTC_SUCCESS",
      "NVRTC_ERROR_OUT_OF_MEMORY",
      "NVRTC_ERROR_PROGRAM_CREATION_FAILURE",
      "NVRTC_ERROR_INVALID_INPUT",
      "NVRTC_ERROR_INVALID_PROGRAM",
      "NVRTC_ERROR_INVALID_OPTION",
      "NVRTC_ERROR_COMPILATION",
      "NVRTC_ERROR_BUILTIN_OPERATION_FAILURE",
      "NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION",
      "NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION",
      "NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID",
      "NVRTC_ERROR_INTERNAL_ERROR",
  };
  return result >= 0 && result < static_cast<int>(names.size()) ? names[static_cast<std::size_t>(result)]
                                                                : "NVRTC_ERROR unknown";
}

// Headers cannot be given: Ingot's programs include nothing.
FAKE_NVRTC_API int nvrtcCreateProgram(Program** program, const char* text, const char* name, int headers,
                                      const char* const*, const char* const*) {
  return api("nvrtcCreateProgram", [&] {
    if (program == nullptr || text == nullptr || headers != 0) return kInvalidInput;
    *program = new Program{text, name != nullptr ? name : "default_program", "", ""};
    ++g_live;
    return kSuccess;
  });
}

FAKE_NVRTC_API int nvrtcCompileProgram(Program* program, int count, const char* const* options) {
  return api("nvrtcCompileProgram", [&] {
    if (program == nullptr) return kInvalidProgram;
    std::vector<std::string> defines;
    for (int i = 0; i < count; ++i) {
      if (takes(options[i], defines)) continue;
      program->log = std::string("nvrtc: error: unrecognized option ") + options[i] + " found\n";
      return kInvalidOption;
    }
    fake_nvrtc::Compiled compiled = fake_nvrtc::compile(program->text, program->name, defines);
    program->image = std::move(compiled.image);
    program->log = std::move(compiled.log);
    return program->image.empty() ? kCompilation : kSuccess;
  });
}

FAKE_NVRTC_API int nvrtcGetProgramLogSize(Program* program, std::size_t* size) {
  return api("nvrtcGetProgramLogSize", [&] {
    if (program == nullptr) return kInvalidProgram;
    if (size == nullptr) return kInvalidInput;
    *size = program->log.size() + 1;
    return kSuccess;
  });
}

FAKE_NVRTC_API int nvrtcGetProgramLog(Program* program, char* log) {
  return api("nvrtcGetProgramLog", [&] { return program == nullptr ? kInvalidProgram : give(program->log, 1, log); });
}

FAKE_NVRTC_API int nvrtcGetCUBINSize(Program* program, std::size_t* size) {
  return api("nvrtcGetCUBINSize", [&] {
    if (program == nullptr || program->image.empty()) return kInvalidProgram;
    if (size == nullptr) return kInvalidInput;
    *size = program->image.size();
    return kSuccess;
  });
}

FAKE_NVRTC_API int nvrtcGetCUBIN(Program* program, char* image) {
  return api("nvrtcGetCUBIN", [&] {
    return program == nullptr || program->image.empty() ? kInvalidProgram : give(program->image, 0, image);
  });
}

// The same image: cuModuleLoadData takes either.
FAKE_NVRTC_API int nvrtcGetPTXSize(Program* program, std::size_t* size) { return nvrtcGetCUBINSize(program, size); }

FAKE_NVRTC_API int nvrtcGetPTX(Program* program, char* image) { return nvrtcGetCUBIN(program, image); }

FAKE_NVRTC_API int nvrtcDestroyProgram(Program** program) {
  if (program == nullptr || *program == nullptr) return kInvalidProgram;
  delete *program;
  --g_live;
  *program = nullptr;
  return kSuccess;
}

FAKE_NVRTC_API void fake_nvrtc_read_counts(FakeNvrtcCounts* counts) {
  const fake_nvrtc::Counts c = fake_nvrtc::counts();
  *counts = {c.compiled, c.with_prelude, c.from_disk, g_live};
}
