#include "xr_layout.h"

#include "xr_pool.h"

typedef struct {
  const float *source;
  float *target;
  long channels, blocks, size, block;
} Copy;

// A task is one picture's block of channels.
static void to_blocked(void *context, long task, int worker) {
  const Copy *a = context;
  long n = task / a->blocks, b = task % a->blocks, first = b * a->block;
  const float *source = a->source + (n * a->channels + first) * a->size;
  float *target = a->target + task * a->size * a->block;
  long count = a->channels - first < a->block ? a->channels - first : a->block;
  (void)worker;
  for (long i = 0; i < a->size; i++) {
    for (long c = 0; c < count; c++) target[i * a->block + c] = source[c * a->size + i];
    for (long c = count; c < a->block; c++) target[i * a->block + c] = 0;
  }
}

static void to_plain(void *context, long task, int worker) {
  const Copy *a = context;
  long n = task / a->blocks, b = task % a->blocks, first = b * a->block;
  const float *source = a->source + task * a->size * a->block;
  float *target = a->target + (n * a->channels + first) * a->size;
  long count = a->channels - first < a->block ? a->channels - first : a->block;
  (void)worker;
  for (long i = 0; i < a->size; i++)
    for (long c = 0; c < count; c++) target[c * a->size + i] = source[i * a->block + c];
}

void xr_plain_to_blocked(const float *source, float *target, long n, long c, long size, long block) {
  Copy copy = {source, target, c, (c + block - 1) / block, size, block};
  xr_parallel(n * copy.blocks, to_blocked, &copy);
}

void xr_blocked_to_plain(const float *source, float *target, long n, long c, long size, long block) {
  Copy copy = {source, target, c, (c + block - 1) / block, size, block};
  xr_parallel(n * copy.blocks, to_plain, &copy);
}
