#include "xr_gemm.h"

#include <string.h>

#include "isa.h"
#include "scratch.h"
#include "xr_pool.h"

#pragma clang diagnostic ignored "-Wpsabi"

#define XR_NAME(name) name##_baseline
#define XR_BLOCK 4
#define XR_ROWS 4
#include "gemm.inc.h"
#undef XR_NAME
#undef XR_BLOCK
#undef XR_ROWS

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX2))), apply_to = function)
#define XR_NAME(name) name##_avx2
#define XR_BLOCK 8
#define XR_ROWS 6
#include "gemm.inc.h"
#undef XR_NAME
#undef XR_BLOCK
#undef XR_ROWS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX512))), apply_to = function)
#define XR_NAME(name) name##_avx512
#define XR_BLOCK 16
#define XR_ROWS 14
#include "gemm.inc.h"
#undef XR_NAME
#undef XR_BLOCK
#undef XR_ROWS
#pragma clang attribute pop
#endif

typedef void (*tile_function)(
    long k, const float *a, const float *b, float *c, long ldc, int rows, int columns, int accumulates);

typedef struct {
  long m, n, k, a_row, a_column, b_row, b_column, ldc;
  const float *a, *b, *bias;
  float *c, *packed_a, *packed_b;
  int accumulates;
  long rows, columns;          // of a tile
  long row_tiles, column_tiles;
  long tiles_per_task, row_tasks;
  tile_function tile;
} work;

// So many steps of the sum that a panel of B stays in the first cache.
#define DEPTH 192L

static void pack_task(void *context, long task, int worker) {
  const work *w = context;
  (void)worker;
  if (task < w->row_tiles) {
    float *target = w->packed_a + task * w->rows * w->k;
    long first = task * w->rows, count = w->m - first < w->rows ? w->m - first : w->rows;
    for (long r = 0; r < w->rows; r++) {
      const float *source = w->a + (first + r) * w->a_row;
      if (r < count)
        for (long p = 0; p < w->k; p++) target[p * w->rows + r] = source[p * w->a_column];
      else
        for (long p = 0; p < w->k; p++) target[p * w->rows + r] = 0;
    }
    return;
  }
  task -= w->row_tiles;
  float *target = w->packed_b + task * w->columns * w->k;
  long first = task * w->columns, count = w->n - first < w->columns ? w->n - first : w->columns;
  const float *source = w->b + first * w->b_column;
  if (w->b_column == 1) {
    for (long p = 0; p < w->k; p++) {
      memcpy(target + p * w->columns, source + p * w->b_row, (size_t)count * sizeof(float));
      for (long j = count; j < w->columns; j++) target[p * w->columns + j] = 0;
    }
  } else {
    for (long j = 0; j < w->columns; j++)
      for (long p = 0; p < w->k; p++)
        target[p * w->columns + j] = j < count ? source[p * w->b_row + j * w->b_column] : 0;
  }
}

// One panel of columns times some tiles of rows.
static void multiply_task(void *context, long task, int worker) {
  const work *w = context;
  long panel = task / w->row_tasks, first = task % w->row_tasks * w->tiles_per_task;
  long last = first + w->tiles_per_task < w->row_tiles ? first + w->tiles_per_task : w->row_tiles;
  long column = panel * w->columns, columns = w->n - column < w->columns ? w->n - column : w->columns;
  (void)worker;
  for (long p = 0; p < w->k; p += DEPTH) {
    long depth = w->k - p < DEPTH ? w->k - p : DEPTH;
    for (long t = first; t < last; t++) {
      long row = t * w->rows, rows = w->m - row < w->rows ? w->m - row : w->rows;
      w->tile(
          depth, w->packed_a + t * w->rows * w->k + p * w->rows,
          w->packed_b + panel * w->columns * w->k + p * w->columns, w->c + row * w->ldc + column, w->ldc, (int)rows,
          (int)columns, w->accumulates || p > 0);
    }
  }
  if (w->bias)
    for (long row = first * w->rows; row < last * w->rows && row < w->m; row++)
      for (long j = 0; j < columns; j++) w->c[row * w->ldc + column + j] += w->bias[column + j];
}

void xr_gemm(
    long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long b_row, long b_column,
    float *c, long ldc, const float *bias, int accumulates) {
  if (m <= 0 || n <= 0) return;
  work w = {.m = m, .n = n, .k = k, .a_row = a_row, .a_column = a_column, .b_row = b_row, .b_column = b_column,
            .ldc = ldc, .a = a, .b = b, .bias = bias, .c = c, .accumulates = accumulates};
  w.rows = 4, w.columns = 8, w.tile = tile_baseline;
#if defined(__x86_64__)
  if (xr_isa() == XR_ISA_AVX512) w.rows = 14, w.columns = 32, w.tile = tile_avx512;
  else if (xr_isa() == XR_ISA_AVX2) w.rows = 6, w.columns = 16, w.tile = tile_avx2;
#endif
  w.row_tiles = (m + w.rows - 1) / w.rows;
  w.column_tiles = (n + w.columns - 1) / w.columns;
  w.tiles_per_task = 8;
  w.row_tasks = (w.row_tiles + w.tiles_per_task - 1) / w.tiles_per_task;

  static _Thread_local xr_scratch held;
  size_t a_floats = (size_t)(w.row_tiles * w.rows * k + 15) / 16 * 16, b_floats = (size_t)(w.column_tiles * w.columns * k);
  float *memory = xr_scratch_bytes(&held, (a_floats + b_floats) * sizeof(float));
  w.packed_a = memory;
  w.packed_b = memory + a_floats;
  xr_parallel(w.row_tiles + w.column_tiles, pack_task, &w);
  xr_parallel(w.column_tiles * w.row_tasks, multiply_task, &w);
}
