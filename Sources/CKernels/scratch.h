// Memory that a thread keeps between calls of one kernel: nothing is allocated after the largest call.
#ifndef XR_SCRATCH_PRIVATE_H
#define XR_SCRATCH_PRIVATE_H
#include <stdlib.h>

typedef struct {
  void *memory;
  size_t bytes;
} xr_scratch;

/// At least `bytes` bytes, aligned for vectors; what they held before is lost where they grow. One
/// `static _Thread_local xr_scratch` for each kernel that may run inside of another.
static inline void *xr_scratch_bytes(xr_scratch *held, size_t bytes) {
  if (bytes > held->bytes) {
    free(held->memory);
    if (posix_memalign(&held->memory, 64, bytes)) abort();
    held->bytes = bytes;
  }
  return held->memory;
}
#endif
