// libfake_cublasLt.so as tests use it: as opened.h has the others.
#pragma once

#include "fake_cublaslt.h"
#include "host/device/cublaslt_types.h"

namespace fake_cuda_test {

const ingot::cuda::lt::Functions& cublaslt();
FakeCublasLtCounts cublaslt_counts();

}  // namespace fake_cuda_test
