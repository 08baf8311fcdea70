#include "xr_normals.h"

#include <string.h>

#include "isa.h"

// Fused multiply-adds round otherwise than a product and a sum.
#pragma clang fp contract(off)
// Vectors are passed between functions that are always inlined: no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

typedef struct {
  uint32_t key[2], tail[3];
  double deviation;
} normals_work;

#define XR_NAME(name) name##_baseline
#include "normals.inc.h"
#undef XR_NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX2))), apply_to = function)
#define XR_NAME(name) name##_avx2
#include "normals.inc.h"
#undef XR_NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX512))), apply_to = function)
#define XR_NAME(name) name##_avx512
#include "normals.inc.h"
#undef XR_NAME
#pragma clang attribute pop
#define CHOOSE(name) (xr_isa() == XR_ISA_AVX512 ? name##_avx512 : xr_isa() == XR_ISA_AVX2 ? name##_avx2 : name##_baseline)
#else
#define CHOOSE(name) name##_baseline
#endif

void xr_normals(
    const uint32_t key[2], const uint32_t tail[3], uint32_t first, double deviation, float *target, size_t count) {
  normals_work w = {{key[0], key[1]}, {tail[0], tail[1], tail[2]}, deviation};
  CHOOSE(normals)(&w, first, target, count);
}
