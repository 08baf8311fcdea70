#include "xr_winograd.h"

#include <string.h>

#include "isa.h"
#include "products.h"
#include "scratch.h"
#include "xr_network.h"
#include "xr_pool.h"

#pragma clang diagnostic ignored "-Wpsabi"

// The points of F(4x4, 3x3), their powers, and what weights are divided by: the products of their differences.
#define A1 0.625f
#define B1 1.5f
#define A2 (A1 * A1)
#define B2 (B1 * B1)
#define N0 (1 / (A2 * B2))
#define N1 (1 / (2 * A2 * (A2 - B2)))
#define N2 (1 / (2 * B2 * (B2 - A2)))

// Where squares lie in maps: of pictures, or of gradients of results.
typedef struct {
  const float *values;
  long blocks, h, w, per_picture, columns, offset_y, offset_x;
} squares;

typedef struct {
  int algorithm;
  long tiles, chunk, per_picture, columns;
  long source_blocks, target_blocks, panels, oh, ow;
  long v_point, u_point, m_point;   // floats from point to point
  squares source;
  const float *u, *bias, *residual;
  float *target, *v, *m;
  int activation;
  // What the running part works on.
  long first, count, block, slices;
} winograd_work;

typedef struct {
  int algorithm;
  long tiles, chunk, c_blocks, panels, o_blocks;
  long v_point, z_point, d_point;
  squares x, dy;
  float *v, *z, *d, *dw;
  long first, count, slices, c, o, block;
} winograd_gradient;

#define XR_NAME(name) name##_baseline
#define XR_BLOCK 8
#define XR_ROWS 6
#define XR_SUM_ROWS 4
#include "products.inc.h"
#include "winograd.inc.h"
#include "products_end.h"
#undef XR_NAME
#undef XR_BLOCK
#undef XR_ROWS
#undef XR_SUM_ROWS

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX2))), apply_to = function)
#define XR_NAME(name) name##_avx2
#define XR_BLOCK 8
#define XR_ROWS 6
#define XR_SUM_ROWS 4
#include "products.inc.h"
#include "winograd.inc.h"
#include "products_end.h"
#undef XR_NAME
#undef XR_BLOCK
#undef XR_ROWS
#undef XR_SUM_ROWS
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX512))), apply_to = function)
#define XR_NAME(name) name##_avx512
#define XR_BLOCK 16
#define XR_ROWS 14
#define XR_SUM_ROWS 8
#include "products.inc.h"
#include "winograd.inc.h"
#include "products_end.h"
#undef XR_NAME
#undef XR_BLOCK
#undef XR_ROWS
#undef XR_SUM_ROWS
#pragma clang attribute pop
#define CHOOSE(name, block) \
  ((block) == 16 ? name##_avx512 : xr_isa() >= XR_ISA_AVX2 ? name##_avx2 : name##_baseline)
#else
#define CHOOSE(name, block) name##_baseline
#endif

static long points(int algorithm) { return algorithm == XR_WINOGRAD_4 ? 36 : algorithm == XR_WINOGRAD_2 ? 16 : 9; }
static long tile_width(int algorithm) { return algorithm == XR_WINOGRAD_4 ? 4 : 2; }

// An odd number of cache lines from point to point: the points of one tile fall to different sets.
static long spread(long floats) { return (up(floats, 16) | 1) * 16; }

static float *scratch(size_t floats) {
  static _Thread_local xr_scratch held;
  return xr_scratch_bytes(&held, floats * sizeof(float));
}

// ---- Weights

#define DEPTH_STEP 16

typedef struct {
  const xr_winograd_shape *shape;
  const float *weights;
  float *transformed;
  int is_gradient;
  long panels, depth, point;
} weights_work;

static long weights_point(const xr_winograd_shape *s, int is_gradient) {
  long sums = is_gradient ? s->o : s->c, results = is_gradient ? s->c : s->o;
  return spread(up(results, 2 * s->block) * 2 * s->block * up(sums, s->block) * s->block);
}

size_t xr_winograd_weights_floats(const xr_winograd_shape *s, int is_gradient) {
  return (size_t)(points(s->algorithm) * weights_point(s, is_gradient));
}

// transformed[point][panel][depth][2 * block]; a task is one panel and some steps of the depth.
static void weights_task(void *context, long task, int worker) {
  const weights_work *w = context;
  const xr_winograd_shape *s = w->shape;
  long panel = task % w->panels, from = task / w->panels * DEPTH_STEP, width = 2 * s->block;
  long count = least(DEPTH_STEP, w->depth - from);
  float taps[DEPTH_STEP][9][32] __attribute__((aligned(64)));
  (void)worker;
  for (long j = 0; j < width; j++) {
    long result = panel * width + j;
    for (long i = 0; i < count; i++) {
      long d = from + i;
      int exists = w->is_gradient ? result < s->c && d < s->o : result < s->o && d < s->c;
      const float *source = w->weights + (w->is_gradient ? d * s->c + result : result * s->c + d) * 9;
      float *to = &taps[i][0][0] + j;
      // The gradient of pictures is a convolution with the kernel turned round.
      for (int tap = 0; tap < 9; tap++) to[tap * width] = !exists ? 0 : source[w->is_gradient ? 8 - tap : tap];
    }
  }
  for (long i = 0; i < count; i++)
    CHOOSE(weight_points, s->block)(
        (int)s->algorithm, &taps[i][0][0], w->transformed + (panel * w->depth + from + i) * width, w->point);
}

void xr_winograd_weights(const xr_winograd_shape *s, const float *weights, float *transformed, int is_gradient) {
  long sums = is_gradient ? s->o : s->c, results = is_gradient ? s->c : s->o;
  weights_work w = {s, weights, transformed, is_gradient, up(results, 2 * s->block), up(sums, s->block) * s->block,
                    weights_point(s, is_gradient)};
  xr_parallel(w.panels * up(w.depth, DEPTH_STEP), weights_task, &w);
}

// ---- Results, and gradients of pictures

// All of one chunk on one thread: its points stay in the second cache.
static void chunk_task(void *context, long task, int worker) {
  const winograd_work *w = context;
  long first = task * w->chunk, count = least(w->chunk, w->tiles - first), all = points(w->algorithm);
  float *v = w->v + worker * all * (w->v_point + w->m_point), *m = v + all * w->v_point;
  long width = 2 * w->block, depth = w->source_blocks * w->block;
  for (long b = 0; b < w->source_blocks; b++)
    CHOOSE(transform, w->block)(
        &w->source, w->algorithm, 1, b, first, first + count, first, v + b * w->chunk * w->block, w->block, w->v_point);
  for (long p = 0; p < all; p++)
    for (long panel = 0; panel < w->panels; panel++) {
      product_target t = {m + p * w->m_point + panel * w->chunk * width, width, w->block, 2, 0, NULL, NULL, XR_NONE};
      CHOOSE(product, w->block)(
          v + p * w->v_point, w->chunk * w->block, w->source_blocks, w->u + p * w->u_point + panel * depth * width, &t,
          count);
    }
  for (long b = 0; b < w->target_blocks; b++)
    CHOOSE(back, w->block)(
        w, b, first, first + count, first, m + b / 2 * w->chunk * width + b % 2 * w->block, w->m_point);
}

// The three steps of a chunk that all threads share: for few tiles and many channels, whose weights are large.
static void transform_task(void *context, long task, int worker) {
  const winograd_work *w = context;
  long b = task / w->slices, slice = task % w->slices;
  long from = w->count * slice / w->slices, to = w->count * (slice + 1) / w->slices;
  (void)worker;
  CHOOSE(transform, w->block)(
      &w->source, w->algorithm, 1, b, w->first + from, w->first + to, w->first, w->v + b * w->chunk * w->block,
      w->block, w->v_point);
}

static void product_task(void *context, long task, int worker) {
  const winograd_work *w = context;
  long p = task / w->panels, panel = task % w->panels, width = 2 * w->block, depth = w->source_blocks * w->block;
  product_target t = {w->m + p * w->m_point + panel * w->chunk * width, width, w->block, 2, 0, NULL, NULL, XR_NONE};
  (void)worker;
  CHOOSE(product, w->block)(
      w->v + p * w->v_point, w->chunk * w->block, w->source_blocks, w->u + p * w->u_point + panel * depth * width, &t,
      w->count);
}

static void back_task(void *context, long task, int worker) {
  const winograd_work *w = context;
  long b = task / w->slices, slice = task % w->slices;
  long from = w->count * slice / w->slices, to = w->count * (slice + 1) / w->slices;
  (void)worker;
  CHOOSE(back, w->block)(
      w, b, w->first + from, w->first + to, w->first, w->m + b / 2 * w->chunk * 2 * w->block + b % 2 * w->block,
      w->m_point);
}

static squares squares_of(const float *values, long blocks, long h, long w, long rows, long columns) {
  return (squares){.values = values, .blocks = blocks, .h = h, .w = w, .per_picture = rows * columns,
                   .columns = columns};
}

// Tiles of a chunk that one thread keeps in its second cache; how many floats the weights of such a layer take at most,
// and the points of a chunk that all threads share.
#define OWN_CHUNK 28
#define OWN_WEIGHTS (800L << 10)
#define SHARED_FLOATS (4L << 20)
#define GRADIENT_FLOATS (1L << 20)

static void run(
    const xr_winograd_shape *s, const float *x, long c, long h, long w_, long o, long oh, long ow, long top, long left,
    const float *u, long u_point, const float *bias, const float *residual, int activation, float *y) {
  long width = tile_width(s->algorithm), rows = up(oh, width), columns = up(ow, width), all = points(s->algorithm);
  winograd_work w = {.algorithm = (int)s->algorithm, .tiles = s->n * rows * columns, .per_picture = rows * columns,
                     .columns = columns, .source_blocks = up(c, s->block), .target_blocks = up(o, s->block),
                     .panels = up(o, 2 * s->block), .oh = oh, .ow = ow, .u = u, .u_point = u_point, .residual = residual,
                     .target = y, .activation = activation, .block = s->block};
  w.source = squares_of(x, w.source_blocks, h, w_, rows, columns);
  // A Toeplitz tile is the map itself.
  w.source.offset_y = s->algorithm == XR_TOEPLITZ_2 ? 0 : -top;
  w.source.offset_x = s->algorithm == XR_TOEPLITZ_2 ? 0 : -left;
  int is_own = all * u_point <= OWN_WEIGHTS && w.tiles >= 4 * OWN_CHUNK;
  long per_tile = (w.source_blocks + 2 * w.panels) * s->block * all;
  long most = is_own ? OWN_CHUNK : SHARED_FLOATS / per_tile;
  if (most < 28) most = 28;
  // Chunks of equal size.
  w.chunk = up(w.tiles, up(w.tiles, most));
  w.v_point = spread(w.source_blocks * s->block * w.chunk);
  w.m_point = spread(w.panels * 2 * s->block * w.chunk);
  long workers = is_own ? xr_pool_threads() : 1, bias_floats = bias ? w.panels * 2 * s->block : 0;
  float *memory = scratch((size_t)(bias_floats + workers * all * (w.v_point + w.m_point)));
  if (bias) {
    memset(memory, 0, (size_t)bias_floats * sizeof(float));
    memcpy(memory, bias, (size_t)o * sizeof(float));
    w.bias = memory;
  }
  w.v = memory + bias_floats;
  w.m = w.v + all * w.v_point;
  if (is_own) {
    xr_parallel(up(w.tiles, w.chunk), chunk_task, &w);
    return;
  }
  for (w.first = 0; w.first < w.tiles; w.first += w.chunk) {
    w.count = least(w.chunk, w.tiles - w.first);
    w.slices = up(w.count, 16);
    xr_parallel(w.source_blocks * w.slices, transform_task, &w);
    xr_parallel(all * w.panels, product_task, &w);
    xr_parallel(w.target_blocks * w.slices, back_task, &w);
  }
}

void xr_winograd_forward(
    const xr_winograd_shape *s, const float *x, const float *transformed, const float *bias, const float *residual,
    int activation, float *y) {
  run(s, x, s->c, s->h, s->w, s->o, s->oh, s->ow, s->top, s->left, transformed, weights_point(s, 0), bias, residual,
      activation, y);
}

void xr_winograd_input_gradient(const xr_winograd_shape *s, const float *dy, const float *transformed, float *dx) {
  run(s, dy, s->o, s->oh, s->ow, s->c, s->h, s->w, 2 - s->top, 2 - s->left, transformed, weights_point(s, 1), NULL,
      NULL, XR_NONE, dx);
}

// ---- Gradients of weights

static void both_transform_task(void *context, long task, int worker) {
  const winograd_gradient *w = context;
  long b = task / w->slices, slice = task % w->slices;
  long from = w->first + w->count * slice / w->slices, to = w->first + w->count * (slice + 1) / w->slices;
  (void)worker;
  if (b < w->c_blocks) {
    CHOOSE(transform, w->block)(
        &w->x, w->algorithm, 1, b, from, to, w->first, w->v + b * w->chunk * w->block, w->block, w->v_point);
    return;
  }
  b -= w->c_blocks;
  float *target = w->z + b / 2 * w->chunk * 2 * w->block + b % 2 * w->block;
  if (b < w->o_blocks) {
    CHOOSE(transform, w->block)(
        &w->dy, w->algorithm, 0, b, from, to, w->first, target, 2 * w->block, w->z_point);
    return;
  }
  // The second half of a last panel that has none.
  for (long p = 0; p < points(w->algorithm); p++)
    for (long t = from; t < to; t++)
      memset(
          target + p * w->z_point + (t - w->first) * 2 * w->block, 0, (size_t)w->block * sizeof(float));
}

static void sum_task(void *context, long task, int worker) {
  const winograd_gradient *w = context;
  long p = task / w->panels, panel = task % w->panels, width = 2 * w->block;
  (void)worker;
  for (long b = 0; b < w->c_blocks; b++)
    CHOOSE(sum_product, w->block)(
        w->v + p * w->v_point + b * w->chunk * w->block, w->z + p * w->z_point + panel * w->chunk * width, width, w->block,
        w->d + p * w->d_point + (panel * w->c_blocks + b) * w->block * width, w->count, w->first > 0);
}

// A task is one panel and one block of channels.
static void taps_task(void *context, long task, int worker) {
  const winograd_gradient *w = context;
  long panel = task % w->panels, b = task / w->panels, width = 2 * w->block;
  float taps[16][9][32] __attribute__((aligned(64)));
  (void)worker;
  long channels = least(w->block, w->c - b * w->block), results = least(width, w->o - panel * width);
  for (long i = 0; i < channels; i++)
    CHOOSE(points_to_taps, w->block)(
        w->algorithm, w->d + ((panel * w->c_blocks + b) * w->block + i) * width, w->d_point, &taps[i][0][0]);
  for (long j = 0; j < results; j++) {
    float *to = w->dw + ((panel * width + j) * w->c + b * w->block) * 9;
    for (long i = 0; i < channels; i++) {
      const float *from = &taps[i][0][0] + j;
      for (int tap = 0; tap < 9; tap++) to[i * 9 + tap] = from[tap * width];
    }
  }
}

void xr_winograd_weight_gradient(const xr_winograd_shape *s, const float *x, const float *dy, float *dw) {
  long width = tile_width(s->algorithm), rows = up(s->oh, width), columns = up(s->ow, width);
  long all = points(s->algorithm);
  winograd_gradient w = {.algorithm = (int)s->algorithm, .tiles = s->n * rows * columns,
                         .c_blocks = up(s->c, s->block), .o_blocks = up(s->o, s->block),
                         .panels = up(s->o, 2 * s->block), .c = s->c, .o = s->o, .block = s->block, .dw = dw};
  w.x = squares_of(x, w.c_blocks, s->h, s->w, rows, columns);
  w.x.offset_y = s->algorithm == XR_TOEPLITZ_2 ? 0 : -s->top;
  w.x.offset_x = s->algorithm == XR_TOEPLITZ_2 ? 0 : -s->left;
  w.dy = squares_of(dy, w.o_blocks, s->oh, s->ow, rows, columns);
  long per_tile = (w.c_blocks + 2 * w.panels) * s->block * all, most = GRADIENT_FLOATS / per_tile;
  if (most < 28) most = 28;
  w.chunk = up(w.tiles, up(w.tiles, most));
  w.v_point = spread(w.c_blocks * s->block * w.chunk);
  w.z_point = spread(w.panels * 2 * s->block * w.chunk);
  w.d_point = spread(w.panels * 2 * s->block * w.c_blocks * s->block);
  w.v = scratch((size_t)(all * (w.v_point + w.z_point + w.d_point)));
  w.z = w.v + all * w.v_point;
  w.d = w.z + all * w.z_point;
  for (w.first = 0; w.first < w.tiles; w.first += w.chunk) {
    w.count = least(w.chunk, w.tiles - w.first);
    w.slices = up(w.count, 16);
    xr_parallel((w.c_blocks + 2 * w.panels) * w.slices, both_transform_task, &w);
    xr_parallel(all * w.panels, sum_task, &w);
  }
  xr_parallel(w.panels * w.c_blocks, taps_task, &w);
}
