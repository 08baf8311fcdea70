// Bodies for one instruction set: XR_NAME(x), XR_BLOCK (16 or 8), XR_RUN places that are computed at once.

typedef float XR_NAME(dv) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
typedef int XR_NAME(di) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
typedef double XR_NAME(dd) __attribute__((ext_vector_type(XR_BLOCK), aligned(8)));
#define DV XR_NAME(dv)
#define DI XR_NAME(di)
#define DD XR_NAME(dd)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define LOAD(p) (*(const DV *)(p))
#define STORE(p, v) (*(DV *)(p) = (v))

INLINE DV XR_NAME(finish_depthwise)(DV v, int activation) {
  if (activation == XR_NONE) return v;
  v = (DV)((DI)v & ~(DI)(v < 0));
  if (activation == XR_RELU6) {
    DI above = v > 6;
    v = (DV)(((DI)v & ~above) | ((DI)(DV)6 & above));
  }
  return v;
}

// `count` results, `to_step` floats apart, from sources `from_step` floats apart, over a row's taps and a column's.
INLINE void XR_NAME(run)(
    const depthwise_work *w, const line_taps *row, const line_taps *column, const float *source, long from_step,
    const float *weights, DV bias, float *target, long to_step, const int count) {
  DV sums[XR_RUN];
  UNROLL for (int j = 0; j < count; j++) sums[j] = bias;
  for (int i = 0; i < row->count; i++)
    for (int k = 0; k < column->count; k++) {
      DV v = LOAD(weights + (row->tap[i] * w->kernel + column->tap[k]) * XR_BLOCK);
      const float *x = source + (row->place[i] * w->columns.sources + column->place[k]) * XR_BLOCK;
      UNROLL for (int j = 0; j < count; j++) sums[j] += LOAD(x + j * from_step) * v;
    }
  UNROLL for (int j = 0; j < count; j++)
      STORE(target + j * to_step, XR_NAME(finish_depthwise)(sums[j], w->activation));
}

// As many results at once as there are.
INLINE void XR_NAME(runs)(
    const depthwise_work *w, const line_taps *row, const line_taps *column, const float *source, long from_step,
    const float *weights, DV bias, float *target, long to_step, long count) {
#define RUN(COUNT)                                                                                                 \
  XR_NAME(run)(                                                                                                    \
      w, row, column, source + at * from_step, from_step, weights, bias, target + at * to_step, to_step, COUNT)
  long at = 0;
  for (; at + XR_RUN <= count; at += XR_RUN) RUN(XR_RUN);
  if (at + 4 <= count && XR_RUN > 4) {
    RUN(4);
    at += 4;
  }
  for (; at + 2 <= count; at += 2) RUN(2);
  if (at < count) RUN(1);
#undef RUN
}

// Some pictures of one block of channels: places of a line at once, or on small maps one place of several pictures.
static void XR_NAME(depthwise_planes)(const depthwise_work *w, long cb, long from, long to) {
  long source_plane = w->rows.sources * w->columns.sources * XR_BLOCK;
  long target_plane = w->rows.targets * w->columns.targets * XR_BLOCK;
  const float *weights = w->packed + cb * w->kernel * w->kernel * XR_BLOCK;
  DV bias = w->bias ? LOAD(w->bias + cb * XR_BLOCK) : (DV)0;
  if (w->is_small) {
    const float *source = w->source + (from * w->blocks + cb) * source_plane;
    float *target = w->target + (from * w->blocks + cb) * target_plane;
    for (long y = 0; y < w->rows.targets; y++) {
      line_taps row = taps_of(&w->rows, w->kernel, y);
      for (long x = 0; x < w->columns.targets; x++) {
        line_taps column = taps_of(&w->columns, w->kernel, x);
        XR_NAME(runs)(
            w, &row, &column, source, w->blocks * source_plane, weights, bias,
            target + (y * w->columns.targets + x) * XR_BLOCK, w->blocks * target_plane, to - from);
      }
    }
    return;
  }
  for (long n = from; n < to; n++) {
    const float *source = w->source + (n * w->blocks + cb) * source_plane;
    float *target = w->target + (n * w->blocks + cb) * target_plane;
    for (long y = 0; y < w->rows.targets; y++) {
      line_taps row = taps_of(&w->rows, w->kernel, y);
      for (long i = 0; i < w->segment_count; i++) {
        const segment *s = w->segments + i;
        XR_NAME(runs)(
            w, &row, &s->taps, source, w->columns.stride * XR_BLOCK, weights, bias,
            target + (y * w->columns.targets + s->first) * XR_BLOCK, s->step * XR_BLOCK, s->count);
      }
    }
  }
}

// Sums of one block of channels over some pictures: [kernel * kernel][XR_BLOCK], in double over pictures.
INLINE void XR_NAME(sums_of)(const depthwise_gradient *w, long cb, long from, long to, double *total, const int K) {
  const xr_depthwise_shape *s = w->shape;
  for (int i = 0; i < K * K; i++) *(DD *)(total + i * XR_BLOCK) = 0;
  for (long n = from; n < to; n++) {
    const float *x = w->x + (n * w->blocks + cb) * s->h * s->w * XR_BLOCK;
    const float *dy = w->dy + (n * w->blocks + cb) * s->oh * s->ow * XR_BLOCK;
    for (int ky = 0; ky < K; ky++) {
      DV sums[K];
      UNROLL for (int kx = 0; kx < K; kx++) sums[kx] = 0;
      for (long oy = 0; oy < s->oh; oy++) {
        long iy = oy * s->stride + ky - s->top;
        if (iy < 0 || iy >= s->h) continue;
        const float *g = dy + oy * s->ow * XR_BLOCK, *line = x + iy * s->w * XR_BLOCK;
        for (long ox = 0; ox < w->inner_from; ox++)
          UNROLL for (int kx = 0; kx < K; kx++) {
            long ix = ox * s->stride + kx - s->left;
            if (ix >= 0 && ix < s->w) sums[kx] += LOAD(g + ox * XR_BLOCK) * LOAD(line + ix * XR_BLOCK);
          }
        for (long ox = w->inner_from; ox < w->inner_to; ox++) {
          DV v = LOAD(g + ox * XR_BLOCK);
          const float *p = line + (ox * s->stride - s->left) * XR_BLOCK;
          UNROLL for (int kx = 0; kx < K; kx++) sums[kx] += v * LOAD(p + kx * XR_BLOCK);
        }
        for (long ox = w->inner_to; ox < s->ow; ox++)
          UNROLL for (int kx = 0; kx < K; kx++) {
            long ix = ox * s->stride + kx - s->left;
            if (ix >= 0 && ix < s->w) sums[kx] += LOAD(g + ox * XR_BLOCK) * LOAD(line + ix * XR_BLOCK);
          }
      }
      UNROLL for (int kx = 0; kx < K; kx++) {
        DD *place = (DD *)(total + (ky * K + kx) * XR_BLOCK);
        *place += __builtin_convertvector(sums[kx], DD);
      }
    }
  }
}

static void XR_NAME(depthwise_sums)(const depthwise_gradient *w, long cb, long from, long to, double *total) {
  switch (w->shape->kernel) {
    case 1: XR_NAME(sums_of)(w, cb, from, to, total, 1); break;
    case 2: XR_NAME(sums_of)(w, cb, from, to, total, 2); break;
    case 3: XR_NAME(sums_of)(w, cb, from, to, total, 3); break;
    case 4: XR_NAME(sums_of)(w, cb, from, to, total, 4); break;
    case 5: XR_NAME(sums_of)(w, cb, from, to, total, 5); break;
    case 6: XR_NAME(sums_of)(w, cb, from, to, total, 6); break;
    default: XR_NAME(sums_of)(w, cb, from, to, total, 7); break;
  }
}

#undef DV
#undef DI
#undef DD
#undef INLINE
#undef UNROLL
#undef LOAD
#undef STORE
