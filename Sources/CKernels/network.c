#include "xr_network.h"

#include <math.h>
#include <string.h>

#include "isa.h"
#include "scratch.h"
#include "xr_pool.h"

// One batch norm: what it reads and writes, its steps, and vectors by channel, of blocks * block entries, zero beyond c.
typedef struct bn_work bn_work;
struct bn_work {
  long n, c, size, blocks, block, chunk, chunks;
  const float *x, *residual, *incoming, *result;
  float *y, *kept;
  float *pivot, *factor, *offset, *slope;
  double *partials;
  int activation, is_running;
  const float *scale, *shift, *mean, *inverse;
  float *running_mean, *running_variance, *saved_mean, *saved_inverse, *dscale, *dshift;
  float epsilon, momentum;
  // Of a block of channels, or of a chunk of its pictures; those that are null are left out.
  void (*begin)(const bn_work *a, long cb), (*finish)(const bn_work *a, long cb);
  void (*sums)(const bn_work *a, long chunk, long cb), (*apply)(const bn_work *a, long chunk, long cb);
};

typedef struct {
  long c, h, w, oh, ow, kernel, stride, padding, blocks;
  const float *x, *dy;
  float *y;
} pool_work;

static inline long smaller(long a, long b) { return a < b ? a : b; }

// Vectors are passed between functions that are always inlined: no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#define XR_NAME(name) name##_plain
#include "network_plain.inc.h"
#undef XR_NAME

#define XR_BLOCK 8
#define XR_NAME(name) name##_baseline
#include "network.inc.h"
#include "pointwise.inc.h"
#undef XR_NAME
#undef XR_BLOCK

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX2))), apply_to = function)
#define XR_BLOCK 8
#define XR_NAME(name) name##_avx2
#include "network.inc.h"
#include "pointwise.inc.h"
#undef XR_NAME
#undef XR_BLOCK
#define XR_NAME(name) name##_plain_avx2
#include "network_plain.inc.h"
#undef XR_NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX512))), apply_to = function)
#define XR_BLOCK 16
#define XR_NAME(name) name##_avx512
#include "network.inc.h"
#include "pointwise.inc.h"
#undef XR_NAME
#undef XR_BLOCK
#define XR_NAME(name) name##_plain_avx512
#include "network_plain.inc.h"
#undef XR_NAME
#pragma clang attribute pop

#define FLAT(name) (xr_isa() == XR_ISA_AVX512 ? name##_avx512 : xr_isa() == XR_ISA_AVX2 ? name##_avx2 : name##_baseline)
#define CHOOSE(name, block)                                                                                  \
  ((block) == 16  ? name##_avx512                                                                            \
   : (block) == 8 ? (xr_isa() >= XR_ISA_AVX2 ? name##_avx2 : name##_baseline)                                \
   : xr_isa() == XR_ISA_AVX512                                                                               \
       ? name##_plain_avx512                                                                                 \
       : xr_isa() == XR_ISA_AVX2 ? name##_plain_avx2 : name##_plain)
#else
#define FLAT(name) name##_baseline
#define CHOOSE(name, block) ((block) == 8 ? name##_baseline : name##_plain)
#endif

// ---- Batch norm

// Of one array that is gone through twice: some of it is still in a second cache then.
#define OWN_BYTES (4L << 20)

// Vectors by channel and partial sums, kept between calls by the calling thread.
static bn_work bn_prepare(const xr_pictures *s) {
  static _Thread_local xr_scratch held;
  bn_work a = {.n = s->n, .c = s->c, .size = s->h * s->w, .block = s->block};
  a.blocks = (s->c + s->block - 1) / s->block;
  // About 2,048 places for a task: enough to be worth it, and the same for any number of threads.
  a.chunk = 2048 / a.size < 1 ? 1 : 2048 / a.size;
  a.chunk = smaller(a.chunk, a.n);
  a.chunks = (a.n + a.chunk - 1) / a.chunk;
  size_t channels = (size_t)(a.blocks * a.block + 15) / 16 * 16;
  size_t need = channels * 4 * sizeof(float) + (size_t)(a.blocks * a.chunks * 2 * a.block) * sizeof(double);
  float *memory = xr_scratch_bytes(&held, need);
  memset(memory, 0, channels * 4 * sizeof(float));
  a.pivot = memory, a.factor = memory + channels, a.offset = memory + 2 * channels, a.slope = memory + 3 * channels;
  a.partials = (double *)(memory + 4 * channels);
  return a;
}

static void bn_pivots(const bn_work *a, long cb) { CHOOSE(bn_pivot, a->block)(a, cb); }
static void bn_chunk_sums(const bn_work *a, long chunk, long cb) { CHOOSE(bn_sums, a->block)(a, chunk, cb); }
static void bn_chunk_apply(const bn_work *a, long chunk, long cb) {
  for (long n = chunk * a->chunk; n < smaller(a->n, (chunk + 1) * a->chunk); n++) CHOOSE(bn_apply, a->block)(a, n, cb);
}
static void bn_chunk_gradient_sums(const bn_work *a, long chunk, long cb) {
  CHOOSE(bn_gradient_sums, a->block)(a, chunk, cb);
}
static void bn_chunk_gradient_apply(const bn_work *a, long chunk, long cb) {
  for (long n = chunk * a->chunk; n < smaller(a->n, (chunk + 1) * a->chunk); n++)
    CHOOSE(bn_gradient_apply, a->block)(a, n, cb);
}

static void bn_begin_task(void *context, long task, int worker) {
  const bn_work *a = context;
  (void)worker;
  a->begin(a, task);
}
static void bn_sums_task(void *context, long task, int worker) {
  const bn_work *a = context;
  (void)worker;
  a->sums(a, task / a->blocks, task % a->blocks);
}
static void bn_apply_task(void *context, long task, int worker) {
  const bn_work *a = context;
  (void)worker;
  a->apply(a, task / a->blocks, task % a->blocks);
}
static void bn_block_task(void *context, long cb, int worker) {
  const bn_work *a = context;
  (void)worker;
  if (a->begin) a->begin(a, cb);
  if (a->sums)
    for (long chunk = 0; chunk < a->chunks; chunk++) a->sums(a, chunk, cb);
  a->finish(a, cb);
  // Backwards: what was read last is still in the cache.
  if (a->apply)
    for (long chunk = a->chunks - 1; chunk >= 0; chunk--) a->apply(a, chunk, cb);
}

// The same sums either way, in the same order. A thread that has a block of channels for itself finds its places in
// its own cache when it comes back to them; where they do not fit there, or threads would go without, each step is
// shared out by itself.
static void bn_run(bn_work *a) {
  long block_bytes = a->n * a->size * a->block * (long)sizeof(float);
  if (a->blocks >= 2 * xr_pool_threads() && block_bytes <= OWN_BYTES) {
    xr_parallel(a->blocks, bn_block_task, a);
    return;
  }
  if (a->begin) xr_parallel(a->blocks, bn_begin_task, a);
  if (a->sums) xr_parallel(a->blocks * a->chunks, bn_sums_task, a);
  for (long cb = 0; cb < a->blocks; cb++) a->finish(a, cb);
  if (a->apply) xr_parallel(a->blocks * a->chunks, bn_apply_task, a);
}

// The two sums of a channel, added up in the order of the pictures.
static void bn_total(const bn_work *a, long channel, double *first, double *second) {
  const double *p = a->partials + channel / a->block * a->chunks * 2 * a->block + channel % a->block;
  double one = 0, two = 0;
  for (long i = 0; i < a->chunks; i++) one += p[i * 2 * a->block], two += p[i * 2 * a->block + a->block];
  *first = one, *second = two;
}

static void bn_finish_batch(const bn_work *a, long cb) {
  double count = (double)(a->n * a->size);
  for (long c = cb * a->block; c < smaller(a->c, (cb + 1) * a->block); c++) {
    double sum, squares;
    bn_total(a, c, &sum, &squares);
    double offset = sum / count, variance = squares / count - offset * offset, mean = a->pivot[c] + offset;
    if (variance < 0) variance = 0;
    double inverse = 1 / sqrt(variance + a->epsilon), momentum = a->momentum;
    if (a->saved_mean) a->saved_mean[c] = (float)mean;
    if (a->saved_inverse) a->saved_inverse[c] = (float)inverse;
    a->running_mean[c] = (float)((1 - momentum) * a->running_mean[c] + momentum * mean);
    a->running_variance[c] =
        (float)((1 - momentum) * a->running_variance[c] + momentum * variance * count / (count - 1));
    a->factor[c] = (float)(a->scale[c] * inverse);
    a->offset[c] = (float)(a->shift[c] - mean * a->scale[c] * inverse);
  }
}

static void bn_finish_running(const bn_work *a, long cb) {
  for (long c = cb * a->block; c < smaller(a->c, (cb + 1) * a->block); c++) {
    double inverse = 1 / sqrt((double)a->inverse[c] + a->epsilon);
    a->factor[c] = (float)(a->scale[c] * inverse);
    a->offset[c] = (float)(a->shift[c] - a->mean[c] * a->scale[c] * inverse);
  }
}

static void bn_begin_gradient(const bn_work *a, long cb) {
  for (long c = cb * a->block; c < smaller(a->c, (cb + 1) * a->block); c++) a->pivot[c] = a->mean[c];
}

static void bn_finish_gradient(const bn_work *a, long cb) {
  double count = (double)(a->n * a->size);
  for (long c = cb * a->block; c < smaller(a->c, (cb + 1) * a->block); c++) {
    double spread = a->is_running ? 1 / sqrt((double)a->inverse[c] + a->epsilon) : a->inverse[c];
    double sum = 0, product = 0;
    if (a->sums) bn_total(a, c, &sum, &product);
    if (a->dscale) a->dscale[c] = (float)(product * spread);
    if (a->dshift) a->dshift[c] = (float)sum;
    double factor = a->scale[c] * spread;
    a->factor[c] = (float)factor;
    a->offset[c] = (float)(-sum / count * factor);
    a->slope[c] = (float)(product / count * spread * spread * factor);
  }
}

void xr_bn_batch(
    const xr_pictures *s, const float *x, float *y, const float *residual, const float *scale, const float *shift,
    float *running_mean, float *running_variance, float *saved_mean, float *saved_inverse, float epsilon,
    float momentum, int activation) {
  bn_work a = bn_prepare(s);
  a.x = x, a.y = y, a.residual = residual, a.activation = activation, a.scale = scale, a.shift = shift;
  a.running_mean = running_mean, a.running_variance = running_variance;
  a.saved_mean = saved_mean, a.saved_inverse = saved_inverse, a.epsilon = epsilon, a.momentum = momentum;
  a.begin = bn_pivots, a.sums = bn_chunk_sums, a.finish = bn_finish_batch, a.apply = y ? bn_chunk_apply : NULL;
  bn_run(&a);
}

void xr_bn_running(
    const xr_pictures *s, const float *x, float *y, const float *residual, const float *scale, const float *shift,
    const float *running_mean, const float *running_variance, float epsilon, int activation) {
  bn_work a = bn_prepare(s);
  a.x = x, a.y = y, a.residual = residual, a.activation = activation, a.scale = scale, a.shift = shift;
  a.mean = running_mean, a.inverse = running_variance, a.epsilon = epsilon;
  a.finish = bn_finish_running, a.apply = bn_chunk_apply;
  bn_run(&a);
}

void xr_bn_gradient(
    const xr_pictures *s, const float *incoming, const float *x, const float *y, const float *scale,
    const float *mean, const float *inverse, int is_running, float epsilon, int activation, float *dx, float *dscale,
    float *dshift, float *dresidual) {
  bn_work a = bn_prepare(s);
  a.x = x, a.incoming = incoming, a.result = y, a.y = dx, a.kept = dresidual, a.scale = scale, a.epsilon = epsilon;
  a.mean = mean, a.inverse = inverse, a.is_running = is_running, a.activation = activation;
  a.dscale = dscale, a.dshift = dshift;
  a.begin = bn_begin_gradient, a.finish = bn_finish_gradient, a.apply = dx ? bn_chunk_gradient_apply : NULL;
  a.sums = dscale || dshift || dresidual || !is_running ? bn_chunk_gradient_sums : NULL;
  bn_run(&a);
}

// ---- Pooling

static pool_work pool_prepare(const xr_pictures *s, const float *x, const float *dy, float *y) {
  return (pool_work){.c = s->c, .h = s->h, .w = s->w, .blocks = (s->c + s->block - 1) / s->block, .x = x, .dy = dy, .y = y};
}

#define POOL_TASK(name)                                            \
  static void name##_task1(void *context, long task, int worker) { \
    (void)worker;                                                  \
    CHOOSE(name, 1)(context, task);                                \
  }                                                                \
  static void name##_task8(void *context, long task, int worker) { \
    (void)worker;                                                  \
    CHOOSE(name, 8)(context, task);                                \
  }                                                                \
  static void name##_task16(void *context, long task, int worker) { \
    (void)worker;                                                  \
    CHOOSE(name, 16)(context, task);                               \
  }
#if !defined(__x86_64__)
#undef CHOOSE
#define CHOOSE(name, block) ((block) >= 8 ? name##_baseline : name##_plain)
#endif
POOL_TASK(max_pool)
POOL_TASK(max_pool_gradient)
POOL_TASK(average_pool)
POOL_TASK(average_pool_gradient)
#define POOL_RUN(name) \
  xr_parallel(s->n * a.blocks, s->block == 16 ? name##_task16 : s->block == 8 ? name##_task8 : name##_task1, &a)

void xr_max_pool(const xr_pictures *s, const float *x, float *y, long oh, long ow, long kernel, long stride, long padding) {
  pool_work a = pool_prepare(s, x, NULL, y);
  a.oh = oh, a.ow = ow, a.kernel = kernel, a.stride = stride, a.padding = padding;
  POOL_RUN(max_pool);
}

void xr_max_pool_gradient(
    const xr_pictures *s, const float *x, const float *dy, float *dx, long oh, long ow, long kernel, long stride,
    long padding) {
  pool_work a = pool_prepare(s, x, dy, dx);
  a.oh = oh, a.ow = ow, a.kernel = kernel, a.stride = stride, a.padding = padding;
  POOL_RUN(max_pool_gradient);
}

void xr_average_pool(const xr_pictures *s, const float *x, float *y) {
  pool_work a = pool_prepare(s, x, NULL, y);
  POOL_RUN(average_pool);
}

void xr_average_pool_gradient(const xr_pictures *s, const float *dy, float *dx) {
  pool_work a = pool_prepare(s, NULL, dy, dx);
  POOL_RUN(average_pool_gradient);
}

// ---- Point-wise

#define SLICE 8192L
typedef struct {
  const float *a, *b;
  float *y;
  long count;
  int activation;
} flat_work;

#define FLAT_TASK(name)                                                        \
  static void name##_task(void *context, long task, int worker) {              \
    const flat_work *w = context;                                              \
    long from = task * SLICE;                                                  \
    (void)worker;                                                              \
    FLAT(name)(w->a + from, w->b + from, w->y + from, smaller(SLICE, w->count - from), w->activation); \
  }
FLAT_TASK(activate)
FLAT_TASK(activation_gradient)
FLAT_TASK(add)

static void flat_run(xr_task task, const float *a, const float *b, float *y, long count, int activation) {
  flat_work w = {a, b, y, count, activation};
  xr_parallel((count + SLICE - 1) / SLICE, task, &w);
}
void xr_activate(const float *x, float *y, long count, int activation) {
  flat_run(activate_task, x, x, y, count, activation);
}
void xr_activation_gradient(const float *dy, const float *y, float *dx, long count, int activation) {
  flat_run(activation_gradient_task, dy, y, dx, count, activation);
}
void xr_add(const float *a, const float *b, float *y, long count, int activation) {
  flat_run(add_task, a, b, y, count, activation);
}

// ---- Channels

typedef struct {
  xr_pictures from_shape, to_shape;
  const float *source;
  float *target;
  long from, to, count;
} channel_work;

static void channels_task(void *context, long n, int worker) {
  const channel_work *w = context;
  long size = w->from_shape.h * w->from_shape.w, sb = w->from_shape.block, tb = w->to_shape.block;
  long source_blocks = (w->from_shape.c + sb - 1) / sb, target_blocks = (w->to_shape.c + tb - 1) / tb;
  const float *source = w->source + n * source_blocks * sb * size;
  float *target = w->target + n * target_blocks * tb * size;
  long done = 0;
  (void)worker;
  if (sb == tb && w->from % sb == 0 && w->to % tb == 0) {
    // Whole blocks lie one after the other.
    done = w->count / sb * sb;
    memcpy(target + w->to * size, source + w->from * size, (size_t)(done * size) * sizeof(float));
  }
  for (long c = done; c < w->count; c++) {
    const float *s = source + (w->from + c) / sb * sb * size + (w->from + c) % sb;
    float *t = target + (w->to + c) / tb * tb * size + (w->to + c) % tb;
    for (long i = 0; i < size; i++) t[i * tb] = s[i * sb];
  }
  if (w->to + w->count == w->to_shape.c)
    for (long c = w->to_shape.c; c < target_blocks * tb; c++) {
      float *t = target + c / tb * tb * size + c % tb;
      for (long i = 0; i < size; i++) t[i * tb] = 0;
    }
}

void xr_copy_channels(
    const xr_pictures *source_shape, const float *source, long from, const xr_pictures *target_shape, float *target,
    long to, long count) {
  channel_work w = {*source_shape, *target_shape, source, target, from, to, count};
  xr_parallel(source_shape->n, channels_task, &w);
}

// ---- Dropout

typedef struct {
  xr_pictures shape;
  const float *x;
  float *y;
  const uint32_t *key, *tail;
  uint64_t threshold;
  float factor;
} dropout_work;

// A task is one picture's block of channels, whose elements follow one another in torch's layout.
static void dropout_task(void *context, long task, int worker) {
  const dropout_work *w = context;
  long size = w->shape.h * w->shape.w, block = w->shape.block, blocks = (w->shape.c + block - 1) / block;
  long n = task / blocks, first = task % blocks * block, channels = smaller(block, w->shape.c - first);
  const float *x = w->x + task * size * block;
  float *y = w->y + task * size * block;
  (void)worker;
  uint64_t begin = (uint64_t)((n * w->shape.c + first) * size), end = begin + (uint64_t)(channels * size);
  long lane = 0, i = 0;
  for (uint64_t element = begin; element < end;) {
    uint32_t masks[64];
    FLAT(kept)((uint32_t)(element / 4), w->tail, w->key, w->threshold, masks);
    for (uint64_t word = element % 4; word < 64 && element < end; word++, element++) {
      // By bits: a branch could not be foreseen.
      float value = x[i * block + lane] * w->factor;
      uint32_t bits;
      memcpy(&bits, &value, sizeof bits);
      bits &= masks[word];
      memcpy(&y[i * block + lane], &bits, sizeof bits);
      if (++i == size) i = 0, lane++;
    }
  }
  for (lane = channels; lane < block; lane++)
    for (i = 0; i < size; i++) y[i * block + lane] = 0;
}

void xr_dropout(
    const xr_pictures *shape, const float *x, float *y, const uint32_t key[2], const uint32_t tail[3],
    uint64_t threshold, float factor) {
  dropout_work w = {*shape, x, y, key, tail, threshold, factor};
  xr_parallel(shape->n * ((shape->c + shape->block - 1) / shape->block), dropout_task, &w);
}

// ---- Loss and folding

void xr_cross_entropy(
    const float *logits, const int32_t *labels, float *loss, float *gradient, long n, long k, float smoothing) {
  for (long row = 0; row < n; row++) {
    const float *z = logits + row * k;
    long label = labels[row];
    double greatest = z[0], sum = 0, total = 0;
    for (long i = 1; i < k; i++)
      if (z[i] > greatest) greatest = z[i];
    for (long i = 0; i < k; i++) sum += exp(z[i] - greatest), total += z[i];
    double normalizer = greatest + log(sum), s = smoothing;
    if (loss) loss[row] = (float)((1 - s) * (normalizer - z[label]) + s * (normalizer - total / (double)k));
    if (gradient)
      for (long i = 0; i < k; i++)
        gradient[row * k + i] =
            (float)((exp(z[i] - normalizer) - (i == label ? 1 - s : 0) - s / (double)k) / (double)n);
  }
}

typedef struct {
  const float *w, *scale, *variance;
  float *result;
  long size;
  float epsilon;
} fold_work;

static void fold_task(void *context, long o, int worker) {
  const fold_work *a = context;
  double factor = a->scale[o] / sqrt((double)a->variance[o] + a->epsilon);
  (void)worker;
  for (long i = 0; i < a->size; i++) a->result[o * a->size + i] = (float)(a->w[o * a->size + i] * factor);
}

void xr_fold_weights(
    const float *w, const float *scale, const float *variance, float *result, long o, long size, float epsilon) {
  fold_work a = {w, scale, variance, result, size, epsilon};
  xr_parallel(o, fold_task, &a);
}
