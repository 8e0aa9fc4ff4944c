// What libfake_cuda.so exports besides the driver's functions, for tests: find these by dlsym in the library that
// INGOT_LIBCUDA names. README.md says what the software GPU is. All may be called from any thread.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// What has been done since the books were last reset, but for the members ..._live: what there is now.
struct FakeCudaBooks {
  uint64_t launches, blocks;                               // blocks that ran to their end
  uint64_t bytes_in, bytes_out, bytes_within, bytes_set;   // copied to, from and within devices; written by memset
  uint64_t allocations, frees;                             // of device memory
  uint64_t bytes_peak;                                     // highest bytes_live
  uint64_t bytes_live, allocations_live, host_bytes_live;  // of all devices, as asked for; cuMemHostAlloc's
  uint64_t modules_live, streams_live, events_live, contexts_live;  // contexts as often as they are retained

  // Of kernels compiled with FAKE_NVRTC_COUNT only; 0 for others. Accesses are those of whole warps; atomics are left
  // out.
  uint64_t warp_accesses, bytes_asked;    // to global memory; bytes that several lanes ask for count once
  uint64_t sectors, sectors_least;        // of 32 bytes: those touched, and the fewest that hold as many bytes
  uint64_t shared_accesses;               // to shared memory
  uint64_t wavefronts, wavefronts_least;  // turns that the banks take for them; without conflicts
  uint64_t lane_slots, lanes_active;      // lanes of warps that enter a basic block: 32 each, and those that do
};

void fake_cuda_read_books(struct FakeCudaBooks* books);
/// Zeroes the counts and those of fake_cuda_calls; bytes_peak becomes bytes_live.
void fake_cuda_reset_books(void);
/// Calls of one function of the driver, by its exported name; of all functions for null.
uint64_t fake_cuda_calls(const char* name);

/// Delays, and the order of blocks, warps and threads, are drawn from the seed.
void fake_cuda_set_seed(uint64_t seed);
/// Bytes of memory of every device; what is allocated stays. Returns 0, or 1 where the address space is too small.
int fake_cuda_set_memory(size_t bytes);

/// The nth call from now on, 1 being the next, of the named function, or of any for null, does nothing but return
/// `code`, once. Several may be ordered.
void fake_cuda_fail(const char* name, unsigned nth, int code);
/// The same, and the device that is current for the caller is left with the error, as by a kernel that faults.
void fake_cuda_lose(const char* name, unsigned nth, int code);
/// Takes back the failures that have not happened.
void fake_cuda_clear_failures(void);

/// Forgets the error that an illegal address or a failed launch has left on a device. A real device cannot.
void fake_cuda_clear_errors(void);

#ifdef __cplusplus
}
#endif
