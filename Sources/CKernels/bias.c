#include "xr_bias.h"

#include "xr_pool.h"

typedef struct {
  long n, c, size, block, blocks;
  const float *dy;
  float *db;
} bias_work;

static void block_task(void *context, long b, int worker) {
  const bias_work *w = context;
  double total[16] = {0};
  (void)worker;
  for (long n = 0; n < w->n; n++) {
    const float *plane = w->dy + (n * w->blocks + b) * w->size * w->block;
    float sums[16] = {0};
    for (long i = 0; i < w->size; i++)
      for (long lane = 0; lane < w->block; lane++) sums[lane] += plane[i * w->block + lane];
    for (long lane = 0; lane < w->block; lane++) total[lane] += sums[lane];
  }
  for (long lane = 0; lane < w->block && b * w->block + lane < w->c; lane++)
    w->db[b * w->block + lane] = (float)total[lane];
}

void xr_bias_gradient(long n, long c, long size, long block, const float *dy, float *db) {
  bias_work w = {n, c, size, block, (c + block - 1) / block, dy, db};
  xr_parallel(w.blocks, block_task, &w);
}
