// What libfake_cublasLt.so exports besides cuBLASLt's functions. Its calls are in libfake_cuda.so's books, where
// failures of them are ordered too (fake_cuda.h).
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct FakeCublasLtCounts {
  uint64_t handles, descriptors;  // that exist: descriptors of products and matrices, and preferences
  uint64_t refused;               // calls whose arguments were wrong: each has left a line on stderr
  uint64_t by_tf32;               // products begun whose operands are rounded to it
  uint64_t with_workspace;        // products begun that were given one
};

void fake_cublaslt_read_counts(struct FakeCublasLtCounts* counts);

#ifdef __cplusplus
}
#endif
