// Bodies for one instruction set: XR_NAME(x), XR_BLOCK (16 or 8).
#include "products.inc.h"

// ---- One dimension of the transforms: pictures to points, weights to points, points to results, and the transposes
// of the last two for gradients of weights.

INLINE void XR_NAME(pictures_to_points)(const int algorithm, const WV *d, WV *v) {
  if (algorithm == XR_WINOGRAD_4 || algorithm == XR_WINOGRAD_3) {
    WV even1 = d[4] - d[2] * B2, odd1 = (d[3] - d[1] * B2) * A1;
    WV even2 = d[4] - d[2] * A2, odd2 = (d[3] - d[1] * A2) * B1;
    v[0] = d[0] * (A2 * B2) + (d[4] - d[2] * (A2 + B2));
    v[1] = even1 + odd1, v[2] = even1 - odd1;
    v[3] = even2 + odd2, v[4] = even2 - odd2;
    v[5] = d[1] * (A2 * B2) + (d[5] - d[3] * (A2 + B2));
  } else if (algorithm == XR_WINOGRAD_2) {
    v[0] = d[0] - d[2], v[1] = d[1] + d[2], v[2] = d[2] - d[1], v[3] = d[1] - d[3];
  } else {
    v[0] = d[0] + d[1], v[1] = d[1], v[2] = d[0];
  }
}

INLINE void XR_NAME(weights_to_points)(const int algorithm, const WV *g, WV *u) {
  if (algorithm == XR_WINOGRAD_4) {
    WV even1 = g[0] * N1 + g[2] * (A2 * N1), odd1 = g[1] * (A1 * N1);
    WV even2 = g[0] * N2 + g[2] * (B2 * N2), odd2 = g[1] * (B1 * N2);
    u[0] = g[0] * N0, u[5] = g[2];
    u[1] = even1 + odd1, u[2] = even1 - odd1;
    u[3] = even2 + odd2, u[4] = even2 - odd2;
  } else if (algorithm == XR_WINOGRAD_3) {
    WV even1 = g[0] * N1 + g[2] * (A2 * N1), odd1 = g[1] * (A1 * N1) + g[3] * (A1 * A2 * N1);
    WV even2 = g[0] * N2 + g[2] * (B2 * N2), odd2 = g[1] * (B1 * N2) + g[3] * (B1 * B2 * N2);
    u[0] = g[0] * N0, u[5] = g[3];
    u[1] = even1 + odd1, u[2] = even1 - odd1;
    u[3] = even2 + odd2, u[4] = even2 - odd2;
  } else if (algorithm == XR_WINOGRAD_2) {
    WV even = (g[0] + g[2]) * 0.5f, odd = g[1] * 0.5f;
    u[0] = g[0], u[1] = even + odd, u[2] = even - odd, u[3] = g[2];
  } else {
    u[0] = g[1], u[1] = g[2] - g[1], u[2] = g[0] - g[1];
  }
}

INLINE void XR_NAME(points_to_results)(const int algorithm, const WV *m, WV *y) {
  if (algorithm == XR_WINOGRAD_4) {
    WV s1 = m[1] + m[2], t1 = m[1] - m[2], s2 = m[3] + m[4], t2 = m[3] - m[4];
    y[0] = m[0] + s1 + s2;
    y[1] = t1 * A1 + t2 * B1;
    y[2] = s1 * A2 + s2 * B2;
    y[3] = t1 * (A1 * A2) + (t2 * (B1 * B2) + m[5]);
  } else if (algorithm == XR_WINOGRAD_3) {
    WV s1 = m[1] + m[2], t1 = m[1] - m[2], s2 = m[3] + m[4], t2 = m[3] - m[4];
    y[0] = m[0] + s1 + s2;
    y[1] = t1 * A1 + t2 * B1;
    y[2] = s1 * A2 + (s2 * B2 + m[5]);
  } else if (algorithm == XR_WINOGRAD_2) {
    y[0] = m[0] + m[1] + m[2], y[1] = m[1] - m[2] - m[3];
  } else {
    y[0] = m[0] + m[1], y[1] = m[0] + m[2];
  }
}

INLINE void XR_NAME(results_to_points)(const int algorithm, const WV *y, WV *z) {
  if (algorithm == XR_WINOGRAD_4) {
    WV even1 = y[0] + y[2] * A2, odd1 = y[1] * A1 + y[3] * (A1 * A2);
    WV even2 = y[0] + y[2] * B2, odd2 = y[1] * B1 + y[3] * (B1 * B2);
    z[0] = y[0], z[5] = y[3];
    z[1] = even1 + odd1, z[2] = even1 - odd1;
    z[3] = even2 + odd2, z[4] = even2 - odd2;
  } else if (algorithm == XR_WINOGRAD_3) {
    WV even1 = y[0] + y[2] * A2, odd1 = y[1] * A1, even2 = y[0] + y[2] * B2, odd2 = y[1] * B1;
    z[0] = y[0], z[5] = y[2];
    z[1] = even1 + odd1, z[2] = even1 - odd1;
    z[3] = even2 + odd2, z[4] = even2 - odd2;
  } else if (algorithm == XR_WINOGRAD_2) {
    z[0] = y[0], z[1] = y[0] + y[1], z[2] = y[0] - y[1], z[3] = -y[1];
  } else {
    z[0] = y[0] + y[1], z[1] = y[0], z[2] = y[1];
  }
}

INLINE void XR_NAME(points_to_weights)(const int algorithm, const WV *m, WV *g) {
  if (algorithm == XR_WINOGRAD_4) {
    WV s1 = (m[1] + m[2]) * N1, t1 = (m[1] - m[2]) * (A1 * N1);
    WV s2 = (m[3] + m[4]) * N2, t2 = (m[3] - m[4]) * (B1 * N2);
    g[0] = m[0] * N0 + s1 + s2;
    g[1] = t1 + t2;
    g[2] = s1 * A2 + (s2 * B2 + m[5]);
  } else if (algorithm == XR_WINOGRAD_3) {
    WV s1 = (m[1] + m[2]) * N1, t1 = (m[1] - m[2]) * (A1 * N1);
    WV s2 = (m[3] + m[4]) * N2, t2 = (m[3] - m[4]) * (B1 * N2);
    g[0] = m[0] * N0 + s1 + s2;
    g[1] = t1 + t2;
    g[2] = s1 * A2 + s2 * B2;
    g[3] = t1 * A2 + (t2 * B2 + m[5]);
  } else if (algorithm == XR_WINOGRAD_2) {
    WV s = (m[1] + m[2]) * 0.5f, t = (m[1] - m[2]) * 0.5f;
    g[0] = m[0] + s, g[1] = t, g[2] = s + m[3];
  } else {
    g[0] = m[2], g[1] = m[0] - m[1] - m[2], g[2] = m[1];
  }
}

// ---- Two dimensions

// A square of `width` places to points that lie `point` floats apart: line j begins at lines[j], and what lies outside
// of the columns left ..< right is zero.
INLINE void XR_NAME(square_to_points)(
    const int algorithm, const int is_picture, const int width, const int points, const float *const *lines, long left,
    long right, float *v, long point) {
  WV t[6][6];
  UNROLL for (int i = 0; i < width; i++) {
    if (i < left || i >= right) {
      UNROLL for (int j = 0; j < points; j++) t[j][i] = 0;
      continue;
    }
    WV d[6], p[6];
    UNROLL for (int j = 0; j < width; j++) d[j] = LOAD(lines[j] + i * XR_BLOCK);
    if (is_picture) XR_NAME(pictures_to_points)(algorithm, d, p);
    else XR_NAME(results_to_points)(algorithm, d, p);
    UNROLL for (int j = 0; j < points; j++) t[j][i] = p[j];
  }
  UNROLL for (int j = 0; j < points; j++) {
    WV p[6];
    if (is_picture) XR_NAME(pictures_to_points)(algorithm, t[j], p);
    else XR_NAME(results_to_points)(algorithm, t[j], p);
    UNROLL for (int i = 0; i < points; i++) STORE(v + (j * points + i) * point, p[i]);
  }
}

// Tiles from ..< to of one block of channels; what lies outside of the map is zero.
INLINE void XR_NAME(tiles_to_points)(
    const squares *s, const int algorithm, const int is_picture, const int width, const int step,
    const int points, long block, long from, long to, long first, float *target, long place, long point) {
  static const float zeros[6 * XR_BLOCK] __attribute__((aligned(64)));
  for (long tile = from; tile < to; tile++) {
    long n = tile / s->per_picture, rest = tile % s->per_picture;
    long y = rest / s->columns * step + s->offset_y, x = rest % s->columns * step + s->offset_x;
    const float *plane = s->values + (n * s->blocks + block) * s->h * s->w * XR_BLOCK;
    const float *lines[6];
    // The row of tiles below, whose first places this one read already: the processor does not see that pattern.
    UNROLL for (int i = 0; i < step * step; i++)
        __builtin_prefetch(plane + ((y + width + i / step) * s->w + x + width - step + i % step) * XR_BLOCK);
    UNROLL for (int j = 0; j < width; j++)
        lines[j] = y + j >= 0 && y + j < s->h ? plane + ((y + j) * s->w + x) * XR_BLOCK : zeros;
    XR_NAME(square_to_points)(
        algorithm, is_picture, width, points, lines, -x, s->w - x, target + (tile - first) * place, point);
  }
}

static void XR_NAME(transform)(
    const squares *s, int algorithm, int is_picture, long block, long from, long to, long first, float *target,
    long place, long point) {
#define CASE(ALGORITHM, IN, OUT, POINTS)                                                                          \
  if (is_picture)                                                                                                 \
    XR_NAME(tiles_to_points)(s, ALGORITHM, 1, IN, OUT, POINTS, block, from, to, first, target, place, point);     \
  else XR_NAME(tiles_to_points)(s, ALGORITHM, 0, OUT, OUT, POINTS, block, from, to, first, target, place, point);
  if (algorithm == XR_WINOGRAD_4) {
    CASE(XR_WINOGRAD_4, 6, 4, 6)
  } else if (algorithm == XR_WINOGRAD_3) {
    CASE(XR_WINOGRAD_3, 6, 3, 6)
  } else if (algorithm == XR_WINOGRAD_2) {
    CASE(XR_WINOGRAD_2, 4, 2, 4)
  } else {
    CASE(XR_TOEPLITZ_2, 2, 2, 3)
  }
#undef CASE
}

// Points of the tiles from ..< to back to results of one block of channels.
INLINE void XR_NAME(points_to_tiles)(
    const winograd_work *w, const int algorithm, const int width, const int points, long block, long from, long to,
    long first, const float *source, long point) {
  WV bias = w->bias ? LOAD(w->bias + block * XR_BLOCK) : (WV)0;
  for (long tile = from; tile < to; tile++) {
    long n = tile / w->per_picture, rest = tile % w->per_picture;
    long y = rest / w->columns * width, x = rest % w->columns * width;
    long at = ((n * w->target_blocks + block) * w->oh + y) * w->ow + x;
    const float *m = source + (tile - first) * NR;
    WV t[6][6];
    UNROLL for (int i = 0; i < points; i++) {
      WV d[6], p[6];
      UNROLL for (int j = 0; j < points; j++) d[j] = LOAD(m + (j * points + i) * point);
      XR_NAME(points_to_results)(algorithm, d, p);
      UNROLL for (int j = 0; j < width; j++) t[j][i] = p[j];
    }
    long rows = w->oh - y < width ? w->oh - y : width, places = w->ow - x < width ? w->ow - x : width;
    UNROLL for (int j = 0; j < width; j++) {
      WV p[6];
      XR_NAME(points_to_results)(algorithm, t[j], p);
      if (j >= rows) break;
      UNROLL for (int i = 0; i < width; i++) {
        if (i >= places) break;
        long index = (at + j * w->ow + i) * XR_BLOCK;
        WV v = p[i] + bias;
        if (w->residual) v += LOAD(w->residual + index);
        STORE(w->target + index, XR_NAME(finish_tile)(v, w->activation));
      }
    }
  }
}

static void XR_NAME(back)(
    const winograd_work *w, long block, long from, long to, long first, const float *source, long point) {
  if (w->algorithm == XR_WINOGRAD_4)
    XR_NAME(points_to_tiles)(w, XR_WINOGRAD_4, 4, 6, block, from, to, first, source, point);
  else if (w->algorithm == XR_WINOGRAD_3)
    XR_NAME(points_to_tiles)(w, XR_WINOGRAD_3, 3, 6, block, from, to, first, source, point);
  else if (w->algorithm == XR_WINOGRAD_2)
    XR_NAME(points_to_tiles)(w, XR_WINOGRAD_2, 2, 4, block, from, to, first, source, point);
  else XR_NAME(points_to_tiles)(w, XR_TOEPLITZ_2, 2, 3, block, from, to, first, source, point);
}

// ---- Weights

// taps[TAPS * TAPS][NR] of one step of the depth to points.
static void XR_NAME(weight_points)(int algorithm, const float *taps, float *target, long point) {
#define CASE(ALGORITHM, TAPS, POINTS)                                                                   \
  for (int half = 0; half < 2; half++) {                                                                \
    WV t[6][TAPS];                                                                                      \
    UNROLL for (int i = 0; i < TAPS; i++) {                                                             \
      WV g[TAPS], u[6];                                                                                 \
      UNROLL for (int j = 0; j < TAPS; j++) g[j] = LOAD(taps + (j * TAPS + i) * NR + half * XR_BLOCK);  \
      XR_NAME(weights_to_points)(ALGORITHM, g, u);                                                      \
      UNROLL for (int j = 0; j < POINTS; j++) t[j][i] = u[j];                                           \
    }                                                                                                   \
    UNROLL for (int j = 0; j < POINTS; j++) {                                                           \
      WV u[6];                                                                                          \
      XR_NAME(weights_to_points)(ALGORITHM, t[j], u);                                                   \
      UNROLL for (int i = 0; i < POINTS; i++)                                                           \
          STORE(target + (j * POINTS + i) * point + half * XR_BLOCK, u[i]);                             \
    }                                                                                                   \
  }
  if (algorithm == XR_WINOGRAD_4) { CASE(XR_WINOGRAD_4, 3, 6) }
  else if (algorithm == XR_WINOGRAD_3) { CASE(XR_WINOGRAD_3, 4, 6) }
  else if (algorithm == XR_WINOGRAD_2) { CASE(XR_WINOGRAD_2, 3, 4) }
  else { CASE(XR_TOEPLITZ_2, 3, 3) }
#undef CASE
}

// Points of the gradient to taps[TAPS * TAPS][NR] of one channel.
static void XR_NAME(points_to_taps)(int algorithm, const float *source, long point, float *taps) {
#define CASE(ALGORITHM, TAPS, POINTS)                                                                   \
  for (int half = 0; half < 2; half++) {                                                                \
    WV t[TAPS][6];                                                                                      \
    UNROLL for (int i = 0; i < POINTS; i++) {                                                           \
      WV m[6], g[TAPS];                                                                                 \
      UNROLL for (int j = 0; j < POINTS; j++)                                                           \
          m[j] = LOAD(source + (j * POINTS + i) * point + half * XR_BLOCK);                             \
      XR_NAME(points_to_weights)(ALGORITHM, m, g);                                                      \
      UNROLL for (int j = 0; j < TAPS; j++) t[j][i] = g[j];                                             \
    }                                                                                                   \
    UNROLL for (int j = 0; j < TAPS; j++) {                                                             \
      WV g[TAPS];                                                                                       \
      XR_NAME(points_to_weights)(ALGORITHM, t[j], g);                                                   \
      UNROLL for (int i = 0; i < TAPS; i++) STORE(taps + (j * TAPS + i) * NR + half * XR_BLOCK, g[i]);  \
    }                                                                                                   \
  }
  if (algorithm == XR_WINOGRAD_4) { CASE(XR_WINOGRAD_4, 3, 6) }
  else if (algorithm == XR_WINOGRAD_3) { CASE(XR_WINOGRAD_3, 4, 6) }
  else if (algorithm == XR_WINOGRAD_2) { CASE(XR_WINOGRAD_2, 3, 4) }
  else { CASE(XR_TOEPLITZ_2, 3, 3) }
#undef CASE
}

#include "products_end.h"
