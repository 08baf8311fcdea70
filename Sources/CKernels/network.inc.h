// Bodies for one instruction set and one block of channels: XR_NAME(x), XR_BLOCK (8 or 16).
// A task works on one block of channels, of one picture or of a chunk of pictures.

typedef float XR_NAME(vf) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
typedef int32_t XR_NAME(vi) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
typedef double XR_NAME(vd) __attribute__((ext_vector_type(XR_BLOCK), aligned(8)));
#define VF XR_NAME(vf)
#define VI XR_NAME(vi)
#define VD XR_NAME(vd)
// Casts between vectors of one size keep the bits.
#define AS(v, type) ((type)(v))
#define LOAD(p) (*(const VF *)(p))
#define STORE(p, v) (*(VF *)(p) = (v))
#define KEEP(v, mask) AS(AS(v, VI) & (mask), VF)

// Written so that NaN stays NaN.
static inline __attribute__((always_inline)) VF XR_NAME(act)(VF v, int activation) {
  if (activation == XR_NONE) return v;
  v = KEEP(v, ~(v < 0));
  if (activation == XR_RELU6) {
    VI above = v > 6;
    v = AS((AS(v, VI) & ~above) | (AS((VF)6, VI) & above), VF);
  }
  return v;
}

static inline __attribute__((always_inline)) VF XR_NAME(pass)(VF g, VF y, int activation) {
  if (activation == XR_NONE) return g;
  VI mask = y > 0;
  if (activation == XR_RELU6) mask &= y < 6;
  return KEEP(g, mask);
}

// Sums of x - pivot and of its square over some pictures of one block of channels.
static void XR_NAME(bn_sums)(const bn_work *a, long chunk, long cb) {
  long from = chunk * a->chunk, to = from + a->chunk < a->n ? from + a->chunk : a->n;
  VF pivot = LOAD(a->pivot + cb * XR_BLOCK);
  VD sum = 0, squares = 0;
  for (long n = from; n < to; n++) {
    const float *x = a->x + (n * a->blocks + cb) * a->size * XR_BLOCK;
    // Single precision over at most 256 places, then double.
    for (long start = 0; start < a->size; start += 256) {
      long end = start + 256 < a->size ? start + 256 : a->size, i = start;
      VF s0 = 0, s1 = 0, s2 = 0, s3 = 0, q0 = 0, q1 = 0, q2 = 0, q3 = 0;
      for (; i + 4 <= end; i += 4) {
        VF v0 = LOAD(x + i * XR_BLOCK) - pivot, v1 = LOAD(x + (i + 1) * XR_BLOCK) - pivot;
        VF v2 = LOAD(x + (i + 2) * XR_BLOCK) - pivot, v3 = LOAD(x + (i + 3) * XR_BLOCK) - pivot;
        s0 += v0, s1 += v1, s2 += v2, s3 += v3;
        q0 += v0 * v0, q1 += v1 * v1, q2 += v2 * v2, q3 += v3 * v3;
      }
      for (; i < end; i++) {
        VF v = LOAD(x + i * XR_BLOCK) - pivot;
        s0 += v, q0 += v * v;
      }
      sum += __builtin_convertvector((s0 + s1) + (s2 + s3), VD);
      squares += __builtin_convertvector((q0 + q1) + (q2 + q3), VD);
    }
  }
  double *partial = a->partials + (cb * a->chunks + chunk) * 2 * XR_BLOCK;
  *(VD *)partial = sum;
  *(VD *)(partial + XR_BLOCK) = squares;
}

// The mean of a few places: close enough to the channel's that squares of differences do not cancel.
static void XR_NAME(bn_pivot)(const bn_work *a, long cb) {
  const float *x = a->x + cb * a->size * XR_BLOCK;
  long count = a->size < 64 ? a->size : 64;
  VF sum = 0;
  for (long i = 0; i < count; i++) sum += LOAD(x + i * XR_BLOCK);
  STORE(a->pivot + cb * XR_BLOCK, sum * (1.0f / (float)count));
}

#define BN_APPLY(ACTIVATION, HAS_RESIDUAL)                                            \
  for (long i = 0; i < count; i += XR_BLOCK) {                                        \
    VF v = LOAD(x + i) * factor + offset;                                             \
    if (HAS_RESIDUAL) v += LOAD(r + i);                                               \
    STORE(y + i, XR_NAME(act)(v, ACTIVATION));                                        \
  }

static void XR_NAME(bn_apply)(const bn_work *a, long n, long cb) {
  long count = a->size * XR_BLOCK, at = (n * a->blocks + cb) * count;
  const float *x = a->x + at, *r = a->residual ? a->residual + at : NULL;
  float *y = a->y + at;
  VF factor = LOAD(a->factor + cb * XR_BLOCK), offset = LOAD(a->offset + cb * XR_BLOCK);
  if (a->activation == XR_RELU) {
    if (r) BN_APPLY(XR_RELU, 1) else BN_APPLY(XR_RELU, 0)
  } else if (a->activation == XR_RELU6) {
    if (r) BN_APPLY(XR_RELU6, 1) else BN_APPLY(XR_RELU6, 0)
  } else {
    if (r) BN_APPLY(XR_NONE, 1) else BN_APPLY(XR_NONE, 0)
  }
}

// Sums of the gradient behind the activation, and of it times x - mean.
#define BN_GRADIENT_SUMS(ACTIVATION, KEEPS)                                           \
  for (long i = start; i < end; i++) {                                                \
    VF g = LOAD(dy + i * XR_BLOCK);                                                   \
    if (ACTIVATION != XR_NONE) g = XR_NAME(pass)(g, LOAD(y + i * XR_BLOCK), ACTIVATION); \
    if (KEEPS) STORE(kept + i * XR_BLOCK, g);                                         \
    VF t = g * (LOAD(x + i * XR_BLOCK) - mean);                                       \
    if (i & 1) s1 += g, p1 += t;                                                      \
    else s0 += g, p0 += t;                                                            \
  }

static void XR_NAME(bn_gradient_sums)(const bn_work *a, long chunk, long cb) {
  long from = chunk * a->chunk, to = from + a->chunk < a->n ? from + a->chunk : a->n;
  VF mean = LOAD(a->pivot + cb * XR_BLOCK);
  VD sum = 0, product = 0;
  for (long n = from; n < to; n++) {
    long at = (n * a->blocks + cb) * a->size * XR_BLOCK;
    const float *x = a->x + at, *dy = a->incoming + at, *y = a->result + at;
    float *kept = a->kept ? a->kept + at : NULL;
    for (long start = 0; start < a->size; start += 256) {
      long end = start + 256 < a->size ? start + 256 : a->size;
      VF s0 = 0, s1 = 0, p0 = 0, p1 = 0;
      if (a->activation == XR_RELU) {
        if (kept) BN_GRADIENT_SUMS(XR_RELU, 1) else BN_GRADIENT_SUMS(XR_RELU, 0)
      } else if (a->activation == XR_RELU6) {
        if (kept) BN_GRADIENT_SUMS(XR_RELU6, 1) else BN_GRADIENT_SUMS(XR_RELU6, 0)
      } else {
        if (kept) BN_GRADIENT_SUMS(XR_NONE, 1) else BN_GRADIENT_SUMS(XR_NONE, 0)
      }
      sum += __builtin_convertvector(s0 + s1, VD);
      product += __builtin_convertvector(p0 + p1, VD);
    }
  }
  double *partial = a->partials + (cb * a->chunks + chunk) * 2 * XR_BLOCK;
  *(VD *)partial = sum;
  *(VD *)(partial + XR_BLOCK) = product;
}

// dx = factor * g - slope * x + offset, where g is the gradient behind the activation.
#define BN_GRADIENT_APPLY(ACTIVATION, HAS_STATISTICS)                                 \
  for (long i = 0; i < count; i += XR_BLOCK) {                                        \
    VF g = LOAD(dy + i);                                                              \
    if (ACTIVATION != XR_NONE) g = XR_NAME(pass)(g, LOAD(y + i), ACTIVATION);         \
    VF v = g * factor;                                                                \
    if (HAS_STATISTICS) v += offset - (LOAD(x + i) - mean) * slope;                   \
    STORE(dx + i, v);                                                                 \
  }

static void XR_NAME(bn_gradient_apply)(const bn_work *a, long n, long cb) {
  long count = a->size * XR_BLOCK, at = (n * a->blocks + cb) * count;
  // What the first pass kept is behind the activation already.
  int activation = a->kept ? XR_NONE : a->activation, has_statistics = !a->is_running;
  const float *x = a->x + at, *y = a->result + at, *dy = (a->kept ? a->kept : a->incoming) + at;
  float *dx = a->y + at;
  VF factor = LOAD(a->factor + cb * XR_BLOCK), offset = LOAD(a->offset + cb * XR_BLOCK);
  VF slope = LOAD(a->slope + cb * XR_BLOCK), mean = LOAD(a->pivot + cb * XR_BLOCK);
  if (activation == XR_RELU) {
    if (has_statistics) BN_GRADIENT_APPLY(XR_RELU, 1) else BN_GRADIENT_APPLY(XR_RELU, 0)
  } else if (activation == XR_RELU6) {
    if (has_statistics) BN_GRADIENT_APPLY(XR_RELU6, 1) else BN_GRADIENT_APPLY(XR_RELU6, 0)
  } else {
    if (has_statistics) BN_GRADIENT_APPLY(XR_NONE, 1) else BN_GRADIENT_APPLY(XR_NONE, 0)
  }
}

// The first greatest element of a window [rows, columns] in a picture of `width`, and which it is. A NaN is greater
// than any number.
static inline __attribute__((always_inline)) VF XR_NAME(greatest)(
    const float *x, long width, long rows, long columns, VI *place) {
  VF best = LOAD(x);
  *place = 0;
  for (long iy = 0; iy < rows; iy++)
    for (long ix = 0; ix < columns; ix++) {
      VF v = LOAD(x + (iy * width + ix) * XR_BLOCK);
      VI greater = ~(v <= best) & (best == best);
      best = AS((AS(v, VI) & greater) | (AS(best, VI) & ~greater), VF);
      *place = ((int32_t)(iy * columns + ix) & greater) | (*place & ~greater);
    }
  return best;
}

static inline __attribute__((always_inline)) void XR_NAME(to_greatest)(
    const float *x, float *dx, VF gradient, long width, long rows, long columns) {
  VI place;
  XR_NAME(greatest)(x, width, rows, columns, &place);
  for (long iy = 0; iy < rows; iy++)
    for (long ix = 0; ix < columns; ix++) {
      float *to = dx + (iy * width + ix) * XR_BLOCK;
      STORE(to, LOAD(to) + KEEP(gradient, place == (int32_t)(iy * columns + ix)));
    }
}

// BODY for each place (oy, ox) of a result, with its window's first place `at` in the picture, `rows` and `columns`.
#define EACH_WINDOW(BODY)                                                                    \
  for (long oy = 0; oy < a->oh; oy++) {                                                      \
    long top = oy * a->stride - a->padding, y0 = top < 0 ? 0 : top;                          \
    long rows = (top + a->kernel < a->h ? top + a->kernel : a->h) - y0;                      \
    for (long ox = 0; ox < a->ow; ox++) {                                                    \
      long left = ox * a->stride - a->padding, x0 = left < 0 ? 0 : left;                     \
      long columns = (left + a->kernel < a->w ? left + a->kernel : a->w) - x0;               \
      long at = (y0 * a->w + x0) * XR_BLOCK, to = (oy * a->ow + ox) * XR_BLOCK;              \
      BODY                                                                                   \
    }                                                                                        \
  }

// Whole windows of 3 x 3, which nearly all networks have, are unrolled.
static void XR_NAME(max_pool)(const pool_work *a, long plane) {
  const float *x = a->x + plane * a->h * a->w * XR_BLOCK;
  float *y = a->y + plane * a->oh * a->ow * XR_BLOCK;
  VI place;
  EACH_WINDOW({
    if (rows == 3 && columns == 3) STORE(y + to, XR_NAME(greatest)(x + at, a->w, 3, 3, &place));
    else STORE(y + to, XR_NAME(greatest)(x + at, a->w, rows, columns, &place));
  })
}

// In the order of the results, so that each place's sum has one order.
static void XR_NAME(max_pool_gradient)(const pool_work *a, long plane) {
  const float *x = a->x + plane * a->h * a->w * XR_BLOCK, *dy = a->dy + plane * a->oh * a->ow * XR_BLOCK;
  float *dx = a->y + plane * a->h * a->w * XR_BLOCK;
  memset(dx, 0, (size_t)(a->h * a->w * XR_BLOCK) * sizeof(float));
  EACH_WINDOW({
    VF gradient = LOAD(dy + to);
    if (rows == 3 && columns == 3) XR_NAME(to_greatest)(x + at, dx + at, gradient, a->w, 3, 3);
    else XR_NAME(to_greatest)(x + at, dx + at, gradient, a->w, rows, columns);
  })
}

static void XR_NAME(average_pool)(const pool_work *a, long plane) {
  long size = a->h * a->w, cb = plane % a->blocks, n = plane / a->blocks;
  const float *x = a->x + plane * size * XR_BLOCK;
  VF s0 = 0, s1 = 0;
  long i = 0;
  for (; i + 2 <= size; i += 2) s0 += LOAD(x + i * XR_BLOCK), s1 += LOAD(x + (i + 1) * XR_BLOCK);
  if (i < size) s0 += LOAD(x + i * XR_BLOCK);
  float mean[XR_BLOCK];
  STORE(mean, (s0 + s1) / (float)size);
  long count = a->c - cb * XR_BLOCK < XR_BLOCK ? a->c - cb * XR_BLOCK : XR_BLOCK;
  for (long lane = 0; lane < count; lane++) a->y[n * a->c + cb * XR_BLOCK + lane] = mean[lane];
}

static void XR_NAME(average_pool_gradient)(const pool_work *a, long plane) {
  long size = a->h * a->w, cb = plane % a->blocks, n = plane / a->blocks;
  float *dx = a->y + plane * size * XR_BLOCK, share[XR_BLOCK] = {0};
  long count = a->c - cb * XR_BLOCK < XR_BLOCK ? a->c - cb * XR_BLOCK : XR_BLOCK;
  for (long lane = 0; lane < count; lane++) share[lane] = a->dy[n * a->c + cb * XR_BLOCK + lane] / (float)size;
  VF v = LOAD(share);
  for (long i = 0; i < size; i++) STORE(dx + i * XR_BLOCK, v);
}

#undef BN_APPLY
#undef BN_GRADIENT_SUMS
#undef BN_GRADIENT_APPLY
#undef EACH_WINDOW
#undef AS
#undef KEEP
#undef LOAD
#undef STORE
#undef VF
#undef VI
#undef VD
