#include "result.h"

#include <array>

namespace fake_cuda {
namespace {

struct Row {
  int code;
  const char *name, *meaning;
};

// Wider than enum Result: a test may order any failure.
constexpr std::array kRows = {
    Row{0, "CUDA_SUCCESS", "no error"},
    Row{1, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
    Row{2, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
    Row{3, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
    Row{4, "CUDA_ERROR_DEINITIALIZED", "driver shutting down"},
    Row{100, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
    Row{101, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
    Row{200, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
    Row{201, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
    Row{209, "CUDA_ERROR_NO_BINARY_FOR_GPU", "no kernel image is available for execution on the device"},
    Row{214, "CUDA_ERROR_ECC_UNCORRECTABLE", "uncorrectable ECC error encountered"},
    Row{400, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
    Row{500, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
    Row{600, "CUDA_ERROR_NOT_READY", "device not ready"},
    Row{700, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered"},
    Row{701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", "too many resources requested for launch"},
    Row{702, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated"},
    Row{709, "CUDA_ERROR_CONTEXT_IS_DESTROYED", "context is destroyed"},
    Row{715, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was encountered"},
    Row{716, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address"},
    Row{719, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"},
    Row{801, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported"},
    Row{802, "CUDA_ERROR_SYSTEM_NOT_READY", "system not yet initialized"},
    Row{999, "CUDA_ERROR_UNKNOWN", "unknown error"},
};

const Row* find(Result result) {
  for (const Row& row : kRows)
    if (row.code == static_cast<int>(result)) return &row;
  return nullptr;
}

}  // namespace

const char* name_of(Result result) {
  const Row* row = find(result);
  return row != nullptr ? row->name : nullptr;
}

const char* meaning_of(Result result) {
  const Row* row = find(result);
  return row != nullptr ? row->meaning : nullptr;
}

}  // namespace fake_cuda
