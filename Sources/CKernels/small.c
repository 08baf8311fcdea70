#include "xr_small.h"

#include <string.h>

#include "scratch.h"
#include "xr_network.h"
#include "xr_pool.h"

#define MAX_TAPS 49

// What a place reads: which tap, and where. In weight gradients `tap` is the place of the result.
typedef struct {
  int tap, place;
} pair;

typedef struct {
  long n, depth, source_places, target_places, target_blocks, panels, rows;
  const float *packed_a, *packed_b, *bias, *residual;
  float *target;
  const long *first_pair;
  const pair *pairs;
  int activation;
  // For packing.
  const float *source;
  float *packing;
  long source_blocks, block;
} small_work;

typedef struct {
  long n, taps, eights, panels;
  const float *packed_x, *packed_g;
  const long *first_pair;
  const pair *pairs;
  const xr_small_shape *shape;
  const float *x, *dy;
  float *pack_x, *pack_g, *dw;
  long c_blocks, o_blocks;
} small_gradient;

// Images at most in a tile: what the registers hold.
#define XR_ROWS (XR_BLOCK == 16 ? 14 : 6)
#define XR_BODIES "small.inc.h"
#include "each_instruction_set.h"

static long up(long a, long b) { return (a + b - 1) / b; }

static void *scratch(size_t bytes) {
  static _Thread_local xr_scratch held;
  return xr_scratch_bytes(&held, bytes);
}
static size_t whole_lines(size_t bytes) { return (bytes + 63) / 64 * 64; }

// The place of the picture that a tap reads for a place of the result; -1 in the padding.
static long reads(const xr_small_shape *s, long tap, long result) {
  long y = result / s->ow * s->stride + tap / s->kernel - s->top;
  long x = result % s->ow * s->stride + tap % s->kernel - s->left;
  return y < 0 || x < 0 || y >= s->h || x >= s->w ? -1 : y * s->w + x;
}

size_t xr_small_packed_floats(const xr_small_shape *s, int is_gradient) {
  long sums = is_gradient ? s->o : s->c, results = is_gradient ? s->c : s->o;
  return (size_t)(s->kernel * s->kernel * up(results, 2 * s->block) * 2 * s->block * up(sums, s->block) * s->block);
}

// ---- Weights

typedef struct {
  const xr_small_shape *shape;
  const float *weights;
  float *packed;
  int is_gradient;
  long panels, depth;
} pack_work;

// packed[tap][panel][depth][2 * block]; a task is one panel and 64 steps of the depth.
static void pack_task(void *context, long task, int worker) {
  const pack_work *w = context;
  const xr_small_shape *s = w->shape;
  long panel = task % w->panels, from = task / w->panels * 64, taps = s->kernel * s->kernel, width = 2 * s->block;
  long to = from + 64 < w->depth ? from + 64 : w->depth, results = w->is_gradient ? s->c : s->o;
  long sums = w->is_gradient ? s->o : s->c;
  (void)worker;
  for (long d = from; d < to; d++)
    for (long j = 0; j < width; j++) {
      long result = panel * width + j;
      float *target = w->packed + (panel * w->depth + d) * width + j;
      int exists = result < results && d < sums;
      const float *source =
          exists ? w->weights + (w->is_gradient ? d * s->c + result : result * s->c + d) * taps : NULL;
      for (long tap = 0; tap < taps; tap++) target[tap * w->panels * w->depth * width] = exists ? source[tap] : 0;
    }
}

void xr_small_pack(const xr_small_shape *s, const float *weights, float *packed, int is_gradient) {
  long sums = is_gradient ? s->o : s->c, results = is_gradient ? s->c : s->o;
  pack_work w = {s, weights, packed, is_gradient, up(results, 2 * s->block), up(sums, s->block) * s->block};
  xr_parallel(w.panels * up(w.depth, 64), pack_task, &w);
}

// ---- Results, and gradients of pictures

// packing[row_block][place][depth][rows] from [n, blocks, places, block]; a task is one block of rows.
static void rows_task(void *context, long task, int worker) {
  const small_work *w = context;
  (void)worker;
  float *target = w->packing + task * w->source_places * w->depth * w->rows;
  for (long r = 0; r < w->rows; r++) {
    long n = task * w->rows + r;
    for (long b = 0; b < w->source_blocks; b++)
      for (long place = 0; place < w->source_places; place++) {
        float *to = target + (place * w->depth + b * w->block) * w->rows + r;
        if (n < w->n) {
          const float *from = w->source + ((n * w->source_blocks + b) * w->source_places + place) * w->block;
          for (long i = 0; i < w->block; i++) to[i * w->rows] = from[i];
        } else {
          for (long i = 0; i < w->block; i++) to[i * w->rows] = 0;
        }
      }
  }
}

static void tile_task(void *context, long task, int worker) {
  const small_work *w = context;
  long row_blocks = up(w->n, w->rows);
  (void)worker;
  CHOOSE(tile, w->block)(w, task % row_blocks, task / row_blocks);
}

static void run(small_work *w, const xr_small_shape *s, int is_gradient, const float *bias, long results) {
  long most = w->block == 16 ? 14 : 6, taps = s->kernel * s->kernel;
  // Rows are shared out evenly: 128 images are ten blocks of 13, not nine of 14 and one of 2.
  w->rows = up(w->n, up(w->n, most));
  w->panels = up(w->target_blocks, 2);
  w->depth = w->source_blocks * w->block;
  long row_blocks = up(w->n, w->rows);
  size_t packed_bytes = whole_lines((size_t)(row_blocks * w->rows * w->source_places * w->depth) * sizeof(float));
  size_t bias_bytes = whole_lines((size_t)(w->panels * 2 * w->block) * sizeof(float));
  size_t first_bytes = whole_lines((size_t)(w->target_places + 1) * sizeof(long));
  size_t pair_bytes = whole_lines((size_t)(s->oh * s->ow * taps) * sizeof(pair));
  char *memory = scratch(packed_bytes + bias_bytes + first_bytes + pair_bytes);
  w->packing = (float *)memory;
  w->packed_a = w->packing;
  float *padded = (float *)(memory + packed_bytes);
  long *first = (long *)(memory + packed_bytes + bias_bytes);
  pair *pairs = (pair *)(memory + packed_bytes + bias_bytes + first_bytes);
  if (bias) {
    memset(padded, 0, bias_bytes);
    memcpy(padded, bias, (size_t)results * sizeof(float));
    w->bias = padded;
  }
  long count = 0;
  for (long target = 0; target < w->target_places; target++) {
    first[target] = count;
    for (long tap = 0; tap < taps; tap++) {
      if (!is_gradient) {
        long place = reads(s, tap, target);
        if (place >= 0) pairs[count++] = (pair){(int)tap, (int)place};
      } else {
        for (long result = 0; result < s->oh * s->ow; result++)
          if (reads(s, tap, result) == target) pairs[count++] = (pair){(int)tap, (int)result};
      }
    }
  }
  first[w->target_places] = count;
  w->first_pair = first;
  w->pairs = pairs;
  xr_parallel(row_blocks, rows_task, w);
  xr_parallel(row_blocks * w->panels, tile_task, w);
}

void xr_small_forward(
    const xr_small_shape *s, const float *x, const float *packed, const float *bias, const float *residual,
    int activation, float *y) {
  small_work w = {.n = s->n, .source_places = s->h * s->w, .target_places = s->oh * s->ow, .block = s->block,
                  .source_blocks = up(s->c, s->block), .target_blocks = up(s->o, s->block), .packed_b = packed,
                  .residual = residual, .target = y, .source = x, .activation = activation};
  run(&w, s, 0, bias, s->o);
}

void xr_small_input_gradient(const xr_small_shape *s, const float *dy, const float *packed, float *dx) {
  small_work w = {.n = s->n, .source_places = s->oh * s->ow, .target_places = s->h * s->w, .block = s->block,
                  .source_blocks = up(s->o, s->block), .target_blocks = up(s->c, s->block), .packed_b = packed,
                  .target = dx, .source = dy};
  run(&w, s, 1, NULL, s->c);
}

// ---- Gradients of weights

// Eight channels of pictures, or one panel of gradients, image after image; a task is all places of one of them.
static void gradient_pack_task(void *context, long task, int worker) {
  const small_gradient *w = context;
  const xr_small_shape *s = w->shape;
  (void)worker;
  if (task < w->eights) {
    long places = s->h * s->w, block = task * 8 / s->block, lane = task * 8 % s->block;
    for (long place = 0; place < places; place++) {
      float *target = w->pack_x + (place * w->eights + task) * w->n * 8;
      for (long n = 0; n < w->n; n++)
        memcpy(
            target + n * 8, w->x + ((n * w->c_blocks + block) * places + place) * s->block + lane, 8 * sizeof(float));
    }
    return;
  }
  long panel = task - w->eights, places = s->oh * s->ow, width = 2 * s->block;
  for (long place = 0; place < places; place++) {
    float *target = w->pack_g + (place * w->panels + panel) * w->n * width;
    for (long n = 0; n < w->n; n++)
      for (long half = 0; half < 2; half++) {
        long block = panel * 2 + half;
        float *to = target + n * width + half * s->block;
        if (block < w->o_blocks)
          memcpy(
              to, w->dy + ((n * w->o_blocks + block) * places + place) * s->block, (size_t)s->block * sizeof(float));
        else
          memset(to, 0, (size_t)s->block * sizeof(float));
      }
  }
}

static void weight_task(void *context, long task, int worker) {
  const small_gradient *w = context;
  const xr_small_shape *s = w->shape;
  long eight = task % w->eights, panel = task / w->eights, width = 2 * s->block;
  float out[MAX_TAPS * 8 * 32] __attribute__((aligned(64)));
  (void)worker;
  CHOOSE(weight_tile, s->block)(w, eight, panel, out);
  for (long j = 0; j < width && panel * width + j < s->o; j++)
    for (long r = 0; r < 8 && eight * 8 + r < s->c; r++) {
      float *target = w->dw + ((panel * width + j) * s->c + eight * 8 + r) * w->taps;
      for (long tap = 0; tap < w->taps; tap++) target[tap] = out[(tap * 8 + r) * width + j];
    }
}

void xr_small_weight_gradient(const xr_small_shape *s, const float *x, const float *dy, float *dw) {
  long taps = s->kernel * s->kernel, results = s->oh * s->ow;
  small_gradient w = {.n = s->n, .taps = taps, .shape = s, .x = x, .dy = dy, .dw = dw,
                      .c_blocks = up(s->c, s->block), .o_blocks = up(s->o, s->block)};
  w.eights = w.c_blocks * s->block / 8;
  w.panels = up(w.o_blocks, 2);
  size_t x_bytes = whole_lines((size_t)(s->h * s->w * w.eights * 8 * s->n) * sizeof(float));
  size_t g_bytes = whole_lines((size_t)(results * w.panels * 2 * s->block * s->n) * sizeof(float));
  size_t first_bytes = whole_lines((size_t)(taps + 1) * sizeof(long));
  char *memory = scratch(x_bytes + g_bytes + first_bytes + (size_t)(taps * results) * sizeof(pair));
  w.pack_x = (float *)memory;
  w.pack_g = (float *)(memory + x_bytes);
  w.packed_x = w.pack_x;
  w.packed_g = w.pack_g;
  long *first = (long *)(memory + x_bytes + g_bytes);
  pair *pairs = (pair *)(memory + x_bytes + g_bytes + first_bytes);
  long count = 0;
  for (long tap = 0; tap < taps; tap++) {
    first[tap] = count;
    for (long result = 0; result < results; result++) {
      long place = reads(s, tap, result);
      if (place >= 0) pairs[count++] = (pair){(int)result, (int)place};
    }
  }
  first[taps] = count;
  w.first_pair = first;
  w.pairs = pairs;
  xr_parallel(w.eights + w.panels, gradient_pack_task, &w);
  xr_parallel(w.eights * w.panels, weight_task, &w);
}
