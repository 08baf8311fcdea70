#include "xr_depthwise.h"

#include <string.h>

#include "products.h"
#include "scratch.h"
#include "xr_network.h"
#include "xr_pool.h"

#define MAX_KERNEL 7

// How targets read sources in one dimension. Results: target t reads source t * stride + tap - before. Gradients of
// pictures turn that round: place t reads the result (t + before - tap) / phases where that is whole, so that every
// `phases`-th place has the same taps.
typedef struct {
  long targets, sources, stride, phases, before;
  int is_gradient;
} lines;

// The taps that count for a place, and where they read.
typedef struct {
  int count, tap[MAX_KERNEL];
  long place[MAX_KERNEL];
} line_taps;

// Places `step` apart that have the same taps, each reading `stride` sources further on than the one before.
typedef struct {
  long first, count, step;
  line_taps taps;
} segment;

typedef struct {
  int kernel, activation, is_small;
  long n, blocks, block, pictures, segment_count;
  lines rows, columns;
  segment *segments;
  const float *source, *packed, *bias;
  float *target;
} depthwise_work;

typedef struct {
  const xr_depthwise_shape *shape;
  const float *x, *dy;
  float *dw;
  double *totals;
  long blocks, slices, inner_from, inner_to;
} depthwise_gradient;

static inline line_taps taps_of(const lines *l, int kernel, long target) {
  line_taps t = {.count = 0};
  for (int k = 0; k < kernel; k++) {
    long at = l->is_gradient ? target + l->before - k : target * l->stride + k - l->before;
    if (l->is_gradient) {
      if (at < 0 || at % l->phases) continue;
      at /= l->phases;
    }
    if (at < 0 || at >= l->sources) continue;
    t.tap[t.count] = k, t.place[t.count++] = at;
  }
  return t;
}

// Places that are computed at once: what the registers hold.
#define XR_RUN (XR_BYTES == 16 ? 4 : 8)
#define XR_BODIES "depthwise.inc.h"
#include "each_instruction_set.h"

size_t xr_depthwise_packed_floats(const xr_depthwise_shape *s) {
  return (size_t)(up(s->c, s->block) * s->block * s->kernel * s->kernel);
}

// packed[block of channels][tap][channel]
void xr_depthwise_pack(const xr_depthwise_shape *s, const float *weights, float *packed) {
  long count = s->kernel * s->kernel, channels = up(s->c, s->block) * s->block;
  for (long c = 0; c < channels; c++)
    for (long tap = 0; tap < count; tap++)
      packed[(c / s->block * count + tap) * s->block + c % s->block] = c < s->c ? weights[c * count + tap] : 0;
}

// Cuts the places of a line into segments; `segments` has room for one each. Returns how many there are.
static long cut(const lines *l, int kernel, segment *segments) {
  long count = 0;
  for (long phase = 0; phase < l->phases && phase < l->targets; phase++)
    for (long x = phase; x < l->targets; x += l->phases) {
      line_taps t = taps_of(l, kernel, x);
      segment *last = count > 0 ? segments + count - 1 : NULL;
      int continues = last && x != phase && last->taps.count == t.count;
      for (int i = 0; continues && i < t.count; i++)
        continues = t.tap[i] == last->taps.tap[i] && t.place[i] == last->taps.place[i] + last->count * l->stride;
      if (continues) last->count++;
      else segments[count++] = (segment){x, 1, l->phases, t};
    }
  return count;
}

static void planes_task(void *context, long task, int worker) {
  const depthwise_work *w = context;
  long cb = task % w->blocks, from = task / w->blocks * w->pictures;
  (void)worker;
  CHOOSE(depthwise_planes, w->block)(w, cb, from, least(from + w->pictures, w->n));
}

static void run(depthwise_work w, long channels, const float *bias) {
  static _Thread_local xr_scratch held;
  size_t segment_bytes = ((size_t)w.columns.targets * sizeof(segment) + 63) / 64 * 64;
  size_t bias_floats = bias ? (size_t)(w.blocks * w.block) : 0;
  char *memory = xr_scratch_bytes(&held, segment_bytes + bias_floats * sizeof(float));
  w.segments = (segment *)memory;
  w.segment_count = cut(&w.columns, w.kernel, w.segments);
  if (bias) {
    float *padded = (float *)(memory + segment_bytes);
    memset(padded, 0, bias_floats * sizeof(float));
    memcpy(padded, bias, (size_t)channels * sizeof(float));
    w.bias = padded;
  }
  // Lines of a few places are shorter than a run.
  w.is_small = w.columns.targets < 8 * w.columns.phases;
  w.pictures = w.is_small ? 8 : 1;
  xr_parallel(w.blocks * up(w.n, w.pictures), planes_task, &w);
}

void xr_depthwise_forward(
    const xr_depthwise_shape *s, const float *x, const float *packed, const float *bias, int activation, float *y) {
  depthwise_work w = {.kernel = (int)s->kernel, .activation = activation, .n = s->n, .blocks = up(s->c, s->block),
                      .block = s->block, .rows = {s->oh, s->h, s->stride, 1, s->top, 0},
                      .columns = {s->ow, s->w, s->stride, 1, s->left, 0}, .source = x, .packed = packed, .target = y};
  run(w, s->c, bias);
}

void xr_depthwise_input_gradient(const xr_depthwise_shape *s, const float *dy, const float *packed, float *dx) {
  depthwise_work w = {.kernel = (int)s->kernel, .n = s->n, .blocks = up(s->c, s->block), .block = s->block,
                      .rows = {s->h, s->oh, 1, s->stride, s->top, 1}, .columns = {s->w, s->ow, 1, s->stride, s->left, 1},
                      .source = dy, .packed = packed, .target = dx};
  run(w, s->c, NULL);
}

// ---- Gradients of weights

// One block of channels over one slice of the pictures.
static void slice_task(void *context, long task, int worker) {
  const depthwise_gradient *w = context;
  const xr_depthwise_shape *s = w->shape;
  long cb = task % w->blocks, slice = task / w->blocks;
  (void)worker;
  CHOOSE(depthwise_sums, s->block)(
      w, cb, s->n * slice / w->slices, s->n * (slice + 1) / w->slices,
      w->totals + task * s->kernel * s->kernel * s->block);
}

void xr_depthwise_weight_gradient(const xr_depthwise_shape *s, const float *x, const float *dy, float *dw) {
  static _Thread_local xr_scratch held;
  depthwise_gradient w = {.shape = s, .x = x, .dy = dy, .dw = dw, .blocks = up(s->c, s->block)};
  // As many slices as make some sixty tasks: the same for any number of threads.
  w.slices = least(s->n, up(64, w.blocks));
  // Results all of whose taps lie inside.
  w.inner_from = least(up(s->left, s->stride), s->ow);
  long last = s->w + s->left - s->kernel;
  w.inner_to = last < 0 ? w.inner_from : least(last / s->stride + 1, s->ow);
  if (w.inner_to < w.inner_from) w.inner_to = w.inner_from;
  long count = s->kernel * s->kernel;
  w.totals = xr_scratch_bytes(&held, (size_t)(w.slices * w.blocks * count * s->block) * sizeof(double));
  xr_parallel(w.blocks * w.slices, slice_task, &w);
  for (long c = 0; c < s->c; c++)
    for (long tap = 0; tap < count; tap++) {
      double sum = 0;
      for (long slice = 0; slice < w.slices; slice++)
        sum += w.totals[((slice * w.blocks + c / s->block) * count + tap) * s->block + c % s->block];
      dw[c * count + tap] = (float)sum;
    }
}
