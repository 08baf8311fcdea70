// Random normal numbers for weights.
#ifndef XR_NORMALS_H
#define XR_NORMALS_H
#include <stddef.h>
#include <stdint.h>

/// `count` numbers of mean 0: the two of pair i, from `first` on, are a Box-Muller transform (1958) of the words of
/// Philox block (i, tail) under the key, of which the first two make a uniform number of 53 bits and the others the
/// second. The same bits on every processor.
void xr_normals(
    const uint32_t key[2], const uint32_t tail[3], uint32_t first, double deviation, float *target, size_t count);
#endif
