#include "xr_columns.h"

#include <string.h>

#include "scratch.h"
#include "xr_gemm.h"
#include "xr_network.h"
#include "xr_pool.h"

void xr_own_sgemm(
    int a_is_transposed, int b_is_transposed, long m, long n, long k, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc) {
  xr_gemm(
      m, n, k, a, a_is_transposed ? 1 : lda, a_is_transposed ? lda : 1, b, b_is_transposed ? 1 : ldb,
      b_is_transposed ? ldb : 1, c, ldc, NULL, beta != 0);
}

typedef struct {
  const xr_convolution *shape;
  xr_sgemm gemm;
  const float *x, *weights, *bias, *residual, *dy;
  float *y, *dx, *dw, *db, *partials;
  int activation;
  long slices;
} work;

static float *columns_scratch(size_t floats) {
  static _Thread_local xr_scratch held;
  return xr_scratch_bytes(&held, floats * sizeof(float));
}

static long smaller(long a, long b) { return a < b ? a : b; }
static long greater(long a, long b) { return a > b ? a : b; }

static int is_depthwise(const xr_convolution *s) { return s->groups == s->c && s->o == s->c && s->groups > 1; }

// A 1x1 kernel that reads every place once: the picture is its own matrix of columns.
static int is_identity(const xr_convolution *s) {
  return s->kernel == 1 && s->stride == 1 && s->top == 0 && s->left == 0 && s->oh == s->h && s->ow == s->w;
}

// Results in [from, to) of a row read inside the picture for a tap at `offset`.
static void inside(long offset, long stride, long size, long results, long *from, long *to) {
  *from = offset >= 0 ? 0 : (-offset + stride - 1) / stride;
  *to = offset >= size ? 0 : smaller(results, (size - 1 - offset) / stride + 1);
  if (*from > *to) *from = *to;
}

// columns[c][ky][kx][oh][ow] of some channels of one picture.
static void to_columns(const xr_convolution *s, const float *x, long channels, float *columns) {
  for (long c = 0; c < channels; c++)
    for (long ky = 0; ky < s->kernel; ky++)
      for (long kx = 0; kx < s->kernel; kx++, columns += s->oh * s->ow) {
        long from, to;
        inside(kx - s->left, s->stride, s->w, s->ow, &from, &to);
        for (long oy = 0; oy < s->oh; oy++) {
          long iy = oy * s->stride + ky - s->top;
          float *row = columns + oy * s->ow;
          if (iy < 0 || iy >= s->h || from >= to) {
            memset(row, 0, (size_t)s->ow * sizeof(float));
            continue;
          }
          const float *source = x + (c * s->h + iy) * s->w + kx - s->left;
          for (long ox = 0; ox < from; ox++) row[ox] = 0;
          if (s->stride == 1)
            memcpy(row + from, source + from, (size_t)(to - from) * sizeof(float));
          else
            for (long ox = from; ox < to; ox++) row[ox] = source[ox * s->stride];
          for (long ox = to; ox < s->ow; ox++) row[ox] = 0;
        }
      }
}

// The sum of all columns that read a place.
static void from_columns(const xr_convolution *s, const float *columns, long channels, float *x) {
  memset(x, 0, (size_t)(channels * s->h * s->w) * sizeof(float));
  for (long c = 0; c < channels; c++)
    for (long ky = 0; ky < s->kernel; ky++)
      for (long kx = 0; kx < s->kernel; kx++, columns += s->oh * s->ow) {
        long from, to;
        inside(kx - s->left, s->stride, s->w, s->ow, &from, &to);
        for (long oy = 0; oy < s->oh; oy++) {
          long iy = oy * s->stride + ky - s->top;
          if (iy < 0 || iy >= s->h) continue;
          float *target = x + (c * s->h + iy) * s->w + kx - s->left;
          const float *row = columns + oy * s->ow;
          for (long ox = from; ox < to; ox++) target[ox * s->stride] += row[ox];
        }
      }
}

static float act(float v, int activation) {
  if (activation != XR_NONE) v = v < 0 ? 0 : v;
  if (activation == XR_RELU6) v = v > 6 ? 6 : v;
  return v;
}

// One channel of one picture: each tap adds a shifted picture.
static void depthwise_forward(const xr_convolution *s, const float *x, const float *weights, float *y) {
  for (long ky = 0; ky < s->kernel; ky++)
    for (long kx = 0; kx < s->kernel; kx++) {
      float weight = weights[ky * s->kernel + kx];
      long from, to;
      inside(kx - s->left, s->stride, s->w, s->ow, &from, &to);
      for (long oy = 0; oy < s->oh; oy++) {
        long iy = oy * s->stride + ky - s->top;
        if (iy < 0 || iy >= s->h) continue;
        const float *source = x + iy * s->w + kx - s->left;
        float *row = y + oy * s->ow;
        if (s->stride == 1)
          for (long ox = from; ox < to; ox++) row[ox] += weight * source[ox];
        else
          for (long ox = from; ox < to; ox++) row[ox] += weight * source[ox * s->stride];
      }
    }
}

static void forward_task(void *context, long n, int worker) {
  const work *w = context;
  const xr_convolution *s = w->shape;
  long size = s->oh * s->ow, channels = s->c / s->groups, results = s->o / s->groups;
  long depth = channels * s->kernel * s->kernel;
  float *y = w->y + n * s->o * size;
  const float *x = w->x + n * s->c * s->h * s->w;
  (void)worker;
  if (w->residual && w->residual != w->y)
    memcpy(y, w->residual + n * s->o * size, (size_t)(s->o * size) * sizeof(float));
  if (is_depthwise(s)) {
    if (!w->residual) memset(y, 0, (size_t)(s->o * size) * sizeof(float));
    for (long c = 0; c < s->c; c++)
      depthwise_forward(s, x + c * s->h * s->w, w->weights + c * depth, y + c * size);
  } else {
    float *columns = is_identity(s) ? NULL : columns_scratch((size_t)(depth * size));
    for (long g = 0; g < s->groups; g++) {
      const float *part = x + g * channels * s->h * s->w;
      if (columns) to_columns(s, part, channels, columns);
      w->gemm(
          0, 0, results, size, depth, w->weights + g * results * depth, depth, columns ? columns : part, size,
          w->residual ? 1 : 0, y + g * results * size, size);
    }
  }
  for (long o = 0; o < s->o; o++) {
    float bias = w->bias ? w->bias[o] : 0;
    float *row = y + o * size;
    if (w->activation == XR_RELU)
      for (long i = 0; i < size; i++) row[i] = act(row[i] + bias, XR_RELU);
    else if (w->activation == XR_RELU6)
      for (long i = 0; i < size; i++) row[i] = act(row[i] + bias, XR_RELU6);
    else if (w->bias)
      for (long i = 0; i < size; i++) row[i] += bias;
  }
}

void xr_columns_forward(
    const xr_convolution *s, xr_sgemm gemm, const float *x, const float *weights, const float *bias,
    const float *residual, int activation, float *y) {
  work w = {.shape = s, .gemm = gemm, .x = x, .weights = weights, .bias = bias, .residual = residual, .y = y,
            .activation = activation};
  xr_parallel(s->n, forward_task, &w);
}

static void input_gradient_task(void *context, long n, int worker) {
  const work *w = context;
  const xr_convolution *s = w->shape;
  long size = s->oh * s->ow, channels = s->c / s->groups, results = s->o / s->groups;
  long depth = channels * s->kernel * s->kernel;
  const float *dy = w->dy + n * s->o * size;
  float *dx = w->dx + n * s->c * s->h * s->w;
  (void)worker;
  if (is_depthwise(s)) {
    memset(dx, 0, (size_t)(s->c * s->h * s->w) * sizeof(float));
    for (long c = 0; c < s->c; c++)
      for (long ky = 0; ky < s->kernel; ky++)
        for (long kx = 0; kx < s->kernel; kx++) {
          float weight = w->weights[c * depth + ky * s->kernel + kx];
          long from, to;
          inside(kx - s->left, s->stride, s->w, s->ow, &from, &to);
          for (long oy = 0; oy < s->oh; oy++) {
            long iy = oy * s->stride + ky - s->top;
            if (iy < 0 || iy >= s->h) continue;
            float *target = dx + (c * s->h + iy) * s->w + kx - s->left;
            const float *row = dy + c * size + oy * s->ow;
            for (long ox = from; ox < to; ox++) target[ox * s->stride] += weight * row[ox];
          }
        }
    return;
  }
  float *columns = is_identity(s) ? NULL : columns_scratch((size_t)(depth * size));
  for (long g = 0; g < s->groups; g++) {
    float *part = dx + g * channels * s->h * s->w;
    w->gemm(
        1, 0, depth, size, results, w->weights + g * results * depth, depth, dy + g * results * size, size, 0,
        columns ? columns : part, size);
    if (columns) from_columns(s, columns, channels, part);
  }
}

void xr_columns_input_gradient(
    const xr_convolution *s, xr_sgemm gemm, const float *dy, const float *weights, float *dx) {
  work w = {.shape = s, .gemm = gemm, .dy = dy, .weights = weights, .dx = dx};
  xr_parallel(s->n, input_gradient_task, &w);
}

// Some pictures' part of all weight gradients.
static void slice_task(void *context, long slice, int worker) {
  const work *w = context;
  const xr_convolution *s = w->shape;
  long size = s->oh * s->ow, channels = s->c / s->groups, results = s->o / s->groups;
  long depth = channels * s->kernel * s->kernel, count = s->o * depth;
  float *dw = w->slices == 1 ? w->dw : w->partials + slice * count;
  long first = s->n * slice / w->slices, last = s->n * (slice + 1) / w->slices;
  float *columns = is_identity(s) ? NULL : columns_scratch((size_t)(depth * size));
  (void)worker;
  for (long n = first; n < last; n++)
    for (long g = 0; g < s->groups; g++) {
      const float *part = w->x + (n * s->c + g * channels) * s->h * s->w;
      if (columns) to_columns(s, part, channels, columns);
      w->gemm(
          0, 1, results, depth, size, w->dy + (n * s->o + g * results) * size, size, columns ? columns : part, size,
          n > first ? 1 : 0, dw + g * results * depth, depth);
    }
}

static void total_task(void *context, long o, int worker) {
  const work *w = context;
  const xr_convolution *s = w->shape;
  long depth = s->c / s->groups * s->kernel * s->kernel, count = s->o * depth;
  float *target = w->dw + o * depth;
  (void)worker;
  for (long i = 0; i < depth; i++) {
    float sum = w->partials[o * depth + i];
    for (long slice = 1; slice < w->slices; slice++) sum += w->partials[slice * count + o * depth + i];
    target[i] = sum;
  }
}

static void depthwise_task(void *context, long c, int worker) {
  const work *w = context;
  const xr_convolution *s = w->shape;
  long size = s->oh * s->ow;
  (void)worker;
  for (long ky = 0; ky < s->kernel; ky++)
    for (long kx = 0; kx < s->kernel; kx++) {
      long from, to;
      double total = 0;
      inside(kx - s->left, s->stride, s->w, s->ow, &from, &to);
      for (long n = 0; n < s->n; n++)
        for (long oy = 0; oy < s->oh; oy++) {
          long iy = oy * s->stride + ky - s->top;
          if (iy < 0 || iy >= s->h) continue;
          const float *source = w->x + ((n * s->c + c) * s->h + iy) * s->w + kx - s->left;
          const float *row = w->dy + (n * s->c + c) * size + oy * s->ow;
          float sum = 0;
          for (long ox = from; ox < to; ox++) sum += source[ox * s->stride] * row[ox];
          total += sum;
        }
      w->dw[(c * s->kernel + ky) * s->kernel + kx] = (float)total;
    }
}

static void bias_task(void *context, long o, int worker) {
  const work *w = context;
  const xr_convolution *s = w->shape;
  long size = s->oh * s->ow;
  double total = 0;
  (void)worker;
  for (long n = 0; n < s->n; n++) {
    const float *row = w->dy + (n * s->o + o) * size;
    for (long i = 0; i < size; i++) total += row[i];
  }
  w->db[o] = (float)total;
}

void xr_columns_weight_gradient(
    const xr_convolution *s, xr_sgemm gemm, const float *x, const float *dy, float *dw, float *db) {
  work w = {.shape = s, .gemm = gemm, .x = x, .dy = dy, .dw = dw, .db = db};
  if (db) xr_parallel(s->o, bias_task, &w);
  if (!dw) return;
  if (is_depthwise(s)) {
    xr_parallel(s->c, depthwise_task, &w);
    return;
  }
  // As many slices as fit 32 MiB, at most sixteen: the same for any number of threads.
  long count = s->o * (s->c / s->groups) * s->kernel * s->kernel;
  w.slices = smaller(s->n, smaller(16, greater(2, (8L << 20) / count)));
  if (w.slices == 1) {
    slice_task(&w, 0, 0);
    return;
  }
  static _Thread_local xr_scratch held;
  w.partials = xr_scratch_bytes(&held, (size_t)(w.slices * count) * sizeof(float));
  xr_parallel(w.slices, slice_task, &w);
  xr_parallel(s->o, total_task, &w);
}
