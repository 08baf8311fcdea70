#include "xr_conv1x1.h"

#include <string.h>

#include "products.h"
#include "scratch.h"
#include "xr_network.h"
#include "xr_pool.h"

// Pictures whose places count in steps: `places` of each, `columns` in a line.
typedef struct {
  long blocks, h, w, places, columns, step;
} maps;

typedef struct {
  // Channels that products sum over, and blocks of them.
  long sums, source_blocks;
  long block, rows, chunk, parts, target_blocks, panels;
  maps source, result;
  const float *x, *packed, *bias, *residual;
  float *target, *scratch;
  int activation;
} conv1x1_work;

typedef struct {
  long n, block, rows, chunk, first, count, c_blocks, o_blocks, panels, c, o, size, slices;
  long panel_groups, block_groups;
  maps x_maps, dy_maps;
  const float *x, *dy;
  float *v, *z, *sums, *dw;
} conv1x1_gradient;

#define XR_BODIES "conv1x1.inc.h"
#include "each_instruction_set.h"

// Maps of fewer places are copied together, so that a panel of weights serves more rows.
#define FEW_PLACES 12
// Floats of pictures that one task keeps in its second cache.
#define TASK_FLOATS (64L << 10)

static float *scratch(size_t floats) {
  static _Thread_local xr_scratch held;
  return xr_scratch_bytes(&held, floats * sizeof(float));
}

// ---- Weights

size_t xr_conv1x1_packed_floats(const xr_conv1x1_shape *s, int is_gradient) {
  long sums = is_gradient ? s->o : s->c, results = is_gradient ? s->c : s->o;
  return (size_t)(up(results, 2 * s->block) * 2 * s->block * up(sums, s->block) * s->block);
}

typedef struct {
  const float *weights;
  float *packed;
  long sums, results, depth, width;
  int is_gradient;
} pack_work;

#define PACK_STEP 64

// packed[panel][depth][width]; a task is one panel and some steps of the depth.
static void pack_task(void *context, long task, int worker) {
  const pack_work *w = context;
  long steps = up(w->depth, PACK_STEP), panel = task / steps, from = task % steps * PACK_STEP;
  long to = least(from + PACK_STEP, w->depth), first = panel * w->width, count = least(w->width, w->results - first);
  (void)worker;
  for (long d = from; d < to; d++) {
    float *target = w->packed + (panel * w->depth + d) * w->width;
    long filled = d < w->sums ? count : 0;
    if (w->is_gradient)
      memcpy(target, w->weights + d * w->results + first, (size_t)filled * sizeof(float));
    else
      for (long j = 0; j < filled; j++) target[j] = w->weights[(first + j) * w->sums + d];
    for (long j = filled; j < w->width; j++) target[j] = 0;
  }
}

void xr_conv1x1_pack(const xr_conv1x1_shape *s, const float *weights, float *packed, int is_gradient) {
  pack_work w = {weights, packed, is_gradient ? s->o : s->c, is_gradient ? s->c : s->o, 0, 2 * s->block, is_gradient};
  w.depth = up(w.sums, s->block) * s->block;
  xr_parallel(up(w.results, w.width) * up(w.depth, PACK_STEP), pack_task, &w);
}

// ---- Results, and gradients of pictures

// Some places of one picture, as they lie.
static void direct_task(void *context, long task, int worker) {
  const conv1x1_work *w = context;
  long n = task / w->parts, part = task % w->parts, size = w->source.places;
  long from = size * part / w->parts, count = size * (part + 1) / w->parts - from;
  long depth = w->source_blocks * w->block, width = 2 * w->block;
  const float *a = w->x + (n * w->source_blocks * size + from) * w->block;
  (void)worker;
  for (long panel = 0; panel < w->panels; panel++) {
    long at = ((n * w->target_blocks + 2 * panel) * size + from) * w->block;
    product_target t = {w->target + at, w->block, size * w->block, 2 * panel + 1 < w->target_blocks ? 2 : 1, 1,
                        w->bias ? w->bias + panel * width : NULL, w->residual ? w->residual + at : NULL, w->activation};
    CHOOSE(product, w->block)(a, size * w->block, w->sums, w->packed + panel * depth * width, &t, count);
  }
}

// Rows that are copied together, of several pictures or of every second place.
static void copied_task(void *context, long task, int worker) {
  const conv1x1_work *w = context;
  long first = task * w->chunk, count = least(w->chunk, w->rows - first);
  long depth = w->source_blocks * w->block, width = 2 * w->block;
  float *v = w->scratch + worker * w->chunk * (depth + width), *m = v + w->chunk * depth;
  for (long b = 0; b < w->source_blocks; b++)
    CHOOSE(gather, w->block)(&w->source, w->x, b, first, count, v + b * w->chunk * w->block, w->block);
  for (long panel = 0; panel < w->panels; panel++) {
    product_target t = {m, width, w->block, 2, 0, NULL, NULL, XR_NONE};
    CHOOSE(product, w->block)(v, w->chunk * w->block, w->sums, w->packed + panel * depth * width, &t, count);
    for (long half = 0; half < 2 && 2 * panel + half < w->target_blocks; half++)
      CHOOSE(scatter, w->block)(&w->result, w, 2 * panel + half, first, count, m + half * w->block);
  }
}

static void zero_task(void *context, long task, int worker) {
  const conv1x1_work *w = context;
  size_t plane = (size_t)(w->target_blocks * w->result.h * w->result.w * w->block);
  (void)worker;
  memset(w->target + (size_t)task * plane, 0, plane * sizeof(float));
}

static maps maps_of(long blocks, long h, long w, long step) {
  long rows = up(h, step), columns = up(w, step);
  return (maps){blocks, h, w, rows * columns, columns, step};
}

static void run(conv1x1_work w, long n, const float *bias, long results) {
  long width = 2 * w.block, depth = w.source_blocks * w.block;
  w.panels = up(w.target_blocks, 2);
  w.rows = n * w.source.places;
  long bias_floats = bias ? w.panels * width : 0, most = TASK_FLOATS / depth;
  if (most < 28) most = 28;
  int is_direct = w.source.step == 1 && w.result.step == 1 && w.source.places >= FEW_PLACES;
  if (is_direct) {
    w.parts = up(w.source.places, most);
  } else {
    w.chunk = up(w.rows, up(w.rows, most));
  }
  float *memory = scratch((size_t)(bias_floats + (is_direct ? 0 : xr_pool_threads() * w.chunk * (depth + width))));
  if (bias) {
    memset(memory, 0, (size_t)bias_floats * sizeof(float));
    memcpy(memory, bias, (size_t)results * sizeof(float));
    w.bias = memory;
  }
  w.scratch = memory + bias_floats;
  if (w.result.step != 1) xr_parallel(n, zero_task, &w);
  if (is_direct) xr_parallel(n * w.parts, direct_task, &w);
  else xr_parallel(up(w.rows, w.chunk), copied_task, &w);
}

void xr_conv1x1_forward(
    const xr_conv1x1_shape *s, const float *x, const float *packed, const float *bias, const float *residual,
    int activation, float *y) {
  conv1x1_work w = {.block = s->block, .sums = s->c, .source_blocks = up(s->c, s->block), .target_blocks = up(s->o, s->block),
                    .x = x, .packed = packed, .residual = residual, .target = y, .activation = activation};
  w.source = maps_of(w.source_blocks, s->h, s->w, s->stride);
  w.result = maps_of(w.target_blocks, up(s->h, s->stride), up(s->w, s->stride), 1);
  run(w, s->n, bias, s->o);
}

void xr_conv1x1_input_gradient(const xr_conv1x1_shape *s, const float *dy, const float *packed, float *dx) {
  conv1x1_work w = {.block = s->block, .sums = s->o, .source_blocks = up(s->o, s->block), .target_blocks = up(s->c, s->block),
                    .x = dy, .packed = packed, .target = dx};
  w.source = maps_of(w.source_blocks, up(s->h, s->stride), up(s->w, s->stride), 1);
  w.result = maps_of(w.target_blocks, s->h, s->w, s->stride);
  run(w, s->n, NULL, 0);
}

// ---- Gradients of weights

// A group of panels and of blocks over all pictures as they lie, or over the rows of a chunk.
static void sums_task(void *context, long task, int worker) {
  const conv1x1_gradient *w = context;
  long group = task % w->panel_groups, other = task / w->panel_groups, width = 2 * w->block;
  long p0 = w->panels * group / w->panel_groups, p1 = w->panels * (group + 1) / w->panel_groups;
  long b0 = w->c_blocks * other / w->block_groups, b1 = w->c_blocks * (other + 1) / w->block_groups;
  (void)worker;
  if (w->v) {
    for (long p = p0; p < p1; p++)
      for (long b = b0; b < b1; b++)
        CHOOSE(sum_product, w->block)(
            w->v + b * w->chunk * w->block, w->z + p * w->chunk * width, width, w->block,
            w->sums + (p * w->c_blocks + b) * w->block * width, w->count, w->first > 0);
    return;
  }
  for (long n = 0; n < w->n; n++)
    for (long p = p0; p < p1; p++) {
      const float *z = w->dy + (n * w->o_blocks + 2 * p) * w->size * w->block;
      // The second half of a last panel that has none repeats the first and is dropped.
      long half = 2 * p + 1 < w->o_blocks ? w->size * w->block : 0;
      for (long b = b0; b < b1; b++)
        CHOOSE(sum_product, w->block)(
            w->x + (n * w->c_blocks + b) * w->size * w->block, z, w->block, half,
            w->sums + (p * w->c_blocks + b) * w->block * width, w->size, n > 0);
    }
}

static void both_gather_task(void *context, long task, int worker) {
  const conv1x1_gradient *w = context;
  (void)worker;
  if (task < w->c_blocks) {
    CHOOSE(gather, w->block)(
        &w->x_maps, w->x, task, w->first, w->count, w->v + task * w->chunk * w->block, w->block);
    return;
  }
  long b = task - w->c_blocks;
  // A last panel without a second half repeats its first, which is dropped.
  CHOOSE(gather, w->block)(
      &w->dy_maps, w->dy, least(b, w->o_blocks - 1), w->first, w->count,
      w->z + b / 2 * w->chunk * 2 * w->block + b % 2 * w->block, 2 * w->block);
}

static void unpack_task(void *context, long panel, int worker) {
  const conv1x1_gradient *w = context;
  long width = 2 * w->block, results = least(width, w->o - panel * width);
  const float *from = w->sums + panel * w->c_blocks * w->block * width;
  (void)worker;
  for (long j = 0; j < results; j++) {
    float *to = w->dw + (panel * width + j) * w->c;
    for (long c = 0; c < w->c; c++) to[c] = from[c * width + j];
  }
}

void xr_conv1x1_weight_gradient(const xr_conv1x1_shape *s, const float *x, const float *dy, float *dw) {
  long oh = up(s->h, s->stride), ow = up(s->w, s->stride);
  conv1x1_gradient w = {.n = s->n, .block = s->block, .c_blocks = up(s->c, s->block), .o_blocks = up(s->o, s->block),
                        .panels = up(s->o, 2 * s->block), .c = s->c, .o = s->o, .size = oh * ow, .x = x, .dy = dy,
                        .dw = dw};
  w.rows = s->n * w.size;
  w.x_maps = maps_of(w.c_blocks, s->h, s->w, s->stride);
  w.dy_maps = maps_of(w.o_blocks, oh, ow, 1);
  int is_direct = s->stride == 1 && w.size >= 32;
  // Sixteen tasks at least, where there are so many, with the least to read.
  long wanted = least(16, w.panels * w.c_blocks), best = 0;
  for (long groups = 1; groups <= least(wanted, w.panels); groups++) {
    long others = least(up(wanted, groups), w.c_blocks), reads = w.c_blocks * groups + w.o_blocks * others;
    if (groups * others < wanted || (best && reads >= best)) continue;
    best = reads, w.panel_groups = groups, w.block_groups = others;
  }
  if (!best) w.panel_groups = w.panels, w.block_groups = w.c_blocks;
  long sums = w.panels * w.c_blocks * 2 * s->block * s->block;
  long per_row = (w.c_blocks + 2 * w.panels) * s->block, most = (1L << 20) / per_row;
  if (most < 64) most = 64;
  w.chunk = is_direct ? 0 : up(w.rows, up(w.rows, most));
  w.sums = scratch((size_t)(sums + w.chunk * per_row));
  if (is_direct) {
    xr_parallel(w.panel_groups * w.block_groups, sums_task, &w);
  } else {
    w.v = w.sums + sums;
    w.z = w.v + w.c_blocks * s->block * w.chunk;
    for (w.first = 0; w.first < w.rows; w.first += w.chunk) {
      w.count = least(w.chunk, w.rows - w.first);
      xr_parallel(w.c_blocks + 2 * w.panels, both_gather_task, &w);
      xr_parallel(w.panel_groups * w.block_groups, sums_task, &w);
    }
  }
  xr_parallel(w.panels, unpack_task, &w);
}
