#include "xr_winograd.h"

#include <string.h>

#include "products.h"
#include "scratch.h"
#include "xr_network.h"
#include "xr_pool.h"

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
  // Channels that products sum over, and blocks of them.
  long sums, source_blocks, target_blocks, panels, oh, ow;
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

#define XR_BODIES "winograd.inc.h"
#include "each_instruction_set.h"

static long points(int algorithm) {
  return algorithm == XR_WINOGRAD_4 || algorithm == XR_WINOGRAD_3 ? 36 : algorithm == XR_WINOGRAD_2 ? 16 : 9;
}
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
          v + p * w->v_point, w->chunk * w->block, w->sums, w->u + p * w->u_point + panel * depth * width, &t,
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
      w->v + p * w->v_point, w->chunk * w->block, w->sums, w->u + p * w->u_point + panel * depth * width, &t,
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
                     .columns = columns, .sums = c, .source_blocks = up(c, s->block), .target_blocks = up(o, s->block),
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

// ---- Kernels of 7x7 and stride 2 over few channels

// Every second row and column of a picture is a channel of its own: a kernel of 4x4 and stride 1 over four times as
// many channels. `phases` is [blocks][oh + 3][ow + 3][block] of one picture, where channel 4 c + 2 p + q holds the
// places (2 r + p - top, 2 s + q - left) of channel c.
#define STEM_TAPS 4
// Tiles whose points and products stay in the second cache.
#define STEM_CHUNK 25
// Parts of a batch whose gradients are summed apart, however many threads there are.
#define STEM_SLICES 16

typedef struct {
  const xr_stem_shape *shape;
  winograd_work winograd;
  const float *x, *dy;
  long rows, columns, phase_floats, v_floats, per_worker, d_point;
  long slices;
  float *memory, *partial, *sums, *dw;
} stem_work;

static void phases_of(const xr_stem_shape *s, const float *x, float *phases) {
  long height = s->oh + STEM_TAPS - 1, width = s->ow + STEM_TAPS - 1;
  memset(phases, 0, (size_t)(up(4 * s->c, s->block) * s->block * height * width) * sizeof(float));
  for (long pair = 0; pair < 2 * s->c; pair++)
    for (long r = 0; r < height; r++) {
      long row = 2 * r + pair % 2 - s->top, channel = 2 * pair;
      if (row < 0 || row >= s->h) continue;
      const float *from = x + (pair / 2 * s->h + row) * s->w;
      float *to = phases + (channel / s->block * height + r) * width * s->block + channel % s->block;
      for (long i = 0; i < width; i++, to += s->block) {
        long column = 2 * i - s->left;
        if (column >= 0 && column + 1 < s->w) {
          memcpy(to, from + column, 2 * sizeof(float));
        } else {
          if (column >= 0 && column < s->w) to[0] = from[column];
          if (column + 1 >= 0 && column + 1 < s->w) to[1] = from[column + 1];
        }
      }
    }
}

static stem_work stem_prepare(const xr_stem_shape *s) {
  stem_work w = {.shape = s, .rows = up(s->oh, 3), .columns = up(s->ow, 3)};
  winograd_work *g = &w.winograd;
  *g = (winograd_work){.algorithm = XR_WINOGRAD_3, .tiles = w.rows * w.columns, .chunk = STEM_CHUNK,
                       .per_picture = w.rows * w.columns, .columns = w.columns, .sums = 4 * s->c,
                       .source_blocks = up(4 * s->c, s->block), .target_blocks = up(s->o, s->block),
                       .panels = up(s->o, 2 * s->block), .oh = s->oh, .ow = s->ow, .block = s->block};
  g->v_point = g->source_blocks * s->block * STEM_CHUNK;
  g->m_point = g->panels * 2 * s->block * STEM_CHUNK;
  g->source = squares_of(NULL, g->source_blocks, s->oh + STEM_TAPS - 1, s->ow + STEM_TAPS - 1, w.rows, w.columns);
  w.phase_floats = up(g->source_blocks * s->block * g->source.h * g->source.w, 16) * 16;
  w.v_floats = 36 * g->v_point;
  w.per_worker = w.phase_floats + w.v_floats + 36 * g->m_point;
  return w;
}

static long stem_weights_point(const xr_stem_shape *s) {
  return spread(up(s->o, 2 * s->block) * 2 * s->block * up(4 * s->c, s->block) * s->block);
}

size_t xr_stem_weights_floats(const xr_stem_shape *s) { return (size_t)(36 * stem_weights_point(s)); }

void xr_stem_weights(const xr_stem_shape *s, const float *weights, float *transformed) {
  long width = 2 * s->block, depth = up(4 * s->c, s->block) * s->block, point = stem_weights_point(s);
  for (long panel = 0; panel < up(s->o, width); panel++)
    for (long d = 0; d < depth; d++) {
      float taps[STEM_TAPS * STEM_TAPS][32] __attribute__((aligned(64))) = {{0}};
      for (long tap = 0; tap < STEM_TAPS * STEM_TAPS && d < 4 * s->c; tap++) {
        long row = tap / STEM_TAPS * 2 + d / 2 % 2, column = tap % STEM_TAPS * 2 + d % 2;
        if (row >= 7 || column >= 7) continue;
        for (long j = 0; j < least(width, s->o - panel * width); j++)
          taps[0][tap * width + j] = weights[(((panel * width + j) * s->c + d / 4) * 7 + row) * 7 + column];
      }
      CHOOSE(weight_points, s->block)(
          XR_WINOGRAD_3, &taps[0][0], transformed + (panel * depth + d) * width, point);
    }
}

// One picture on one thread.
static void stem_task(void *context, long n, int worker) {
  const stem_work *all = context;
  const xr_stem_shape *s = all->shape;
  float *phases = all->memory + worker * all->per_worker, *v = phases + all->phase_floats;
  winograd_work w = all->winograd;
  phases_of(s, all->x + n * s->c * s->h * s->w, phases);
  w.source.values = phases, w.v = v;
  w.target += n * w.target_blocks * w.oh * w.ow * w.block;
  for (long chunk = 0; chunk < up(w.tiles, w.chunk); chunk++) chunk_task(&w, chunk, 0);
}

void xr_stem_forward(
    const xr_stem_shape *s, const float *x, const float *transformed, const float *bias, int activation, float *y) {
  stem_work w = stem_prepare(s);
  long bias_floats = w.winograd.panels * 2 * s->block;
  float *memory = scratch((size_t)(bias_floats + xr_pool_threads() * w.per_worker));
  if (bias) {
    memset(memory, 0, (size_t)bias_floats * sizeof(float));
    memcpy(memory, bias, (size_t)s->o * sizeof(float));
    w.winograd.bias = memory;
  }
  w.memory = memory + bias_floats;
  w.x = x, w.winograd.u = transformed, w.winograd.u_point = stem_weights_point(s);
  w.winograd.target = y, w.winograd.activation = activation;
  xr_parallel(s->n, stem_task, &w);
}

// The pictures of one slice, one after the other, into sums of its own.
static void stem_gradient_task(void *context, long slice, int worker) {
  const stem_work *all = context;
  const xr_stem_shape *s = all->shape;
  float *phases = all->memory + worker * all->per_worker, *v = phases + all->phase_floats, *z = v + all->v_floats;
  const winograd_work *w = &all->winograd;
  float *sums = all->partial + slice * 36 * all->d_point;
  long width = 2 * w->block;
  squares x = w->source, dy = squares_of(NULL, w->target_blocks, s->oh, s->ow, all->rows, all->columns);
  x.values = phases;
  // The second half of a last panel that has none.
  if (w->target_blocks % 2) memset(z, 0, (size_t)(36 * w->m_point) * sizeof(float));
  for (long n = s->n * slice / all->slices; n < s->n * (slice + 1) / all->slices; n++) {
    phases_of(s, all->x + n * s->c * s->h * s->w, phases);
    dy.values = all->dy + n * w->target_blocks * s->oh * s->ow * w->block;
    for (long first = 0; first < w->tiles; first += w->chunk) {
      long count = least(w->chunk, w->tiles - first);
      int accumulates = first > 0 || n > s->n * slice / all->slices;
      for (long b = 0; b < w->source_blocks; b++)
        CHOOSE(transform, w->block)(
            &x, w->algorithm, 1, b, first, first + count, first, v + b * w->chunk * w->block, w->block, w->v_point);
      for (long b = 0; b < w->target_blocks; b++)
        CHOOSE(transform, w->block)(
            &dy, w->algorithm, 0, b, first, first + count, first, z + b / 2 * w->chunk * width + b % 2 * w->block,
            width, w->m_point);
      for (long p = 0; p < 36; p++)
        for (long panel = 0; panel < w->panels; panel++)
          for (long b = 0; b < w->source_blocks; b++)
            CHOOSE(sum_product, w->block)(
                v + p * w->v_point + b * w->chunk * w->block, z + p * w->m_point + panel * w->chunk * width, width,
                w->block, sums + p * all->d_point + (panel * w->source_blocks + b) * w->block * width, count,
                accumulates);
    }
  }
}

// One panel: the slices' sums in their order, then back to taps.
static void stem_taps_task(void *context, long panel, int worker) {
  const stem_work *all = context;
  const xr_stem_shape *s = all->shape;
  long width = 2 * s->block, depth = all->winograd.source_blocks * s->block;
  (void)worker;
  for (long p = 0; p < 36; p++) {
    float *to = all->partial + p * all->d_point + panel * depth * width;
    for (long slice = 1; slice < all->slices; slice++) {
      const float *from = to + slice * 36 * all->d_point;
      for (long i = 0; i < depth * width; i++) to[i] += from[i];
    }
  }
  for (long d = 0; d < 4 * s->c; d++) {
    float taps[STEM_TAPS * STEM_TAPS][32] __attribute__((aligned(64)));
    CHOOSE(points_to_taps, s->block)(
        XR_WINOGRAD_3, all->partial + (panel * depth + d) * width, all->d_point, &taps[0][0]);
    for (long tap = 0; tap < STEM_TAPS * STEM_TAPS; tap++) {
      long row = tap / STEM_TAPS * 2 + d / 2 % 2, column = tap % STEM_TAPS * 2 + d % 2;
      if (row >= 7 || column >= 7) continue;
      for (long j = 0; j < least(width, s->o - panel * width); j++)
        all->dw[(((panel * width + j) * s->c + d / 4) * 7 + row) * 7 + column] = taps[0][tap * width + j];
    }
  }
}

void xr_stem_weight_gradient(const xr_stem_shape *s, const float *x, const float *dy, float *dw) {
  stem_work w = stem_prepare(s);
  w.slices = least(STEM_SLICES, s->n);
  w.d_point = stem_weights_point(s);
  float *memory = scratch((size_t)(xr_pool_threads() * w.per_worker + w.slices * 36 * w.d_point));
  w.memory = memory, w.partial = memory + xr_pool_threads() * w.per_worker;
  w.x = x, w.dy = dy, w.dw = dw;
  xr_parallel(w.slices, stem_gradient_task, &w);
  xr_parallel(w.winograd.panels, stem_taps_task, &w);
}
