#include "xr_normals.h"

#include <string.h>

// Fused multiply-adds round otherwise than a product and a sum.
#pragma clang fp contract(off)

typedef struct {
  uint32_t key[2], tail[3];
  double deviation;
} normals_work;

#define XR_BODIES "normals.inc.h"
#include "each_instruction_set.h"

void xr_normals(
    const uint32_t key[2], const uint32_t tail[3], uint32_t first, double deviation, float *target, size_t count) {
  normals_work w = {{key[0], key[1]}, {tail[0], tail[1], tail[2]}, deviation};
  FLAT(normals)(&w, first, target, count);
}
