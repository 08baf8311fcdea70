// Products over blocked layouts for one instruction set: XR_NAME(x), XR_BLOCK (16 or 8). Ends with products_end.h.

typedef float XR_NAME(wv) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
typedef int XR_NAME(wi) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
#define WV XR_NAME(wv)
#define WI XR_NAME(wi)
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define LOAD(p) (*(const WV *)(p))
#define STORE(p, v) (*(WV *)(p) = (v))
#define NR (2 * XR_BLOCK)

INLINE WV XR_NAME(finish_tile)(WV v, int activation) {
  if (activation == XR_NONE) return v;
  v = (WV)((WI)v & ~(WI)(v < 0));
  if (activation == XR_RELU6) {
    WI above = v > 6;
    v = (WV)(((WI)v & ~above) | ((WI)(WV)6 & above));
  }
  return v;
}

// R rows of a panel: a[blocks][R][XR_BLOCK] * b[depth][NR], where the last block has what is left of the depth;
// `stride` floats from block to block of a.
INLINE void XR_NAME(product_rows)(
    const float *a, long stride, long depth, const float *b, const product_target *t, long first, const int R) {
  WV sums[XR_ROWS][2];
  UNROLL for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = 0;
#define STEP(K)                                       \
  {                                                   \
    WV b0 = LOAD(b), b1 = LOAD(b + XR_BLOCK);         \
    UNROLL for (int r = 0; r < R; r++) {              \
      WV v = a[r * XR_BLOCK + (K)];                   \
      sums[r][0] += v * b0;                           \
      sums[r][1] += v * b1;                           \
    }                                                 \
  }
  for (; depth >= XR_BLOCK; depth -= XR_BLOCK, a += stride)
#pragma clang loop unroll_count(4)
    for (int k = 0; k < XR_BLOCK; k++, b += NR) STEP(k)
  for (int k = 0; k < depth; k++, b += NR) STEP(k)
#undef STEP
  for (int half = 0; half < t->halves; half++) {
    long at = first * t->row + half * t->half;
    float *c = t->values + at;
    if (!t->is_finished) {
      UNROLL for (int r = 0; r < R; r++) STORE(c + r * t->row, half ? sums[r][1] : sums[r][0]);
      continue;
    }
    WV bias = t->bias ? LOAD(t->bias + half * XR_BLOCK) : (WV)0;
    UNROLL for (int r = 0; r < R; r++) {
      WV v = (half ? sums[r][1] : sums[r][0]) + bias;
      if (t->residual) v += LOAD(t->residual + at + r * t->row);
      STORE(c + r * t->row, XR_NAME(finish_tile)(v, t->activation));
    }
  }
}

// All rows of a panel, in blocks of rows as equal as they can be.
static void XR_NAME(product)(
    const float *a, long stride, long depth, const float *b, const product_target *t, long rows) {
  long parts = (rows + XR_ROWS - 1) / XR_ROWS;
  for (long part = 0; part < parts; part++) {
    long from = rows * part / parts, count = rows * (part + 1) / parts - from;
#define CASE(R)                                                                                   \
  case R: XR_NAME(product_rows)(a + from * XR_BLOCK, stride, depth, b, t, from, R); break;
    switch (count) {
#if XR_ROWS >= 14
      CASE(14) CASE(13) CASE(12) CASE(11) CASE(10) CASE(9) CASE(8) CASE(7)
#endif
      CASE(6) CASE(5) CASE(4) CASE(3) CASE(2) CASE(1)
    }
#undef CASE
  }
}

// c[channels][NR] (+)= sum over rows of a[row][channel] * z[row][NR], for one block of channels; a row of z is `step`
// floats after the one before, and its second half `half` floats after its first.
static void XR_NAME(sum_product)(
    const float *a, const float *z, long step, long half, float *c, long rows, int accumulates) {
  for (int from = 0; from < XR_BLOCK; from += XR_SUM_ROWS) {
    WV sums[XR_SUM_ROWS][2];
    UNROLL for (int r = 0; r < XR_SUM_ROWS; r++) sums[r][0] = sums[r][1] = 0;
    const float *x = a + from, *y = z;
    for (long t = 0; t < rows; t++, x += XR_BLOCK, y += step) {
      WV b0 = LOAD(y), b1 = LOAD(y + half);
      UNROLL for (int r = 0; r < XR_SUM_ROWS; r++) {
        WV v = x[r];
        sums[r][0] += v * b0;
        sums[r][1] += v * b1;
      }
    }
    UNROLL for (int r = 0; r < XR_SUM_ROWS; r++) {
      float *to = c + (from + r) * NR;
      STORE(to, accumulates ? LOAD(to) + sums[r][0] : sums[r][0]);
      STORE(to + XR_BLOCK, accumulates ? LOAD(to + XR_BLOCK) + sums[r][1] : sums[r][1]);
    }
  }
}
