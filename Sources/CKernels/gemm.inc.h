// The inner product of tiles for one instruction set: XR_NAME(x), XR_BLOCK lanes, XR_ROWS rows of two vectors.

typedef float XR_NAME(gv) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
#define GV XR_NAME(gv)

// c[rows][2 * XR_BLOCK] (+)= a[k][XR_ROWS] * b[k][2 * XR_BLOCK]; rows beyond `rows` are computed and dropped.
static void XR_NAME(tile)(long k, const float *a, const float *b, float *c, long ldc, int rows, int columns, int accumulates) {
  GV sums[XR_ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < XR_ROWS; r++) sums[r][0] = sums[r][1] = 0;
  for (long p = 0; p < k; p++, a += XR_ROWS, b += 2 * XR_BLOCK) {
    GV b0 = *(const GV *)b, b1 = *(const GV *)(b + XR_BLOCK);
#pragma clang loop unroll(full)
    for (int r = 0; r < XR_ROWS; r++) {
      GV v = a[r];
      sums[r][0] += v * b0;
      sums[r][1] += v * b1;
    }
  }
  if (rows == XR_ROWS && columns == 2 * XR_BLOCK) {
#pragma clang loop unroll(full)
    for (int r = 0; r < XR_ROWS; r++) {
      GV *target = (GV *)(c + r * ldc), *other = (GV *)(c + r * ldc + XR_BLOCK);
      *target = accumulates ? *target + sums[r][0] : sums[r][0];
      *other = accumulates ? *other + sums[r][1] : sums[r][1];
    }
    return;
  }
  float edge[XR_ROWS][2 * XR_BLOCK];
#pragma clang loop unroll(full)
  for (int r = 0; r < XR_ROWS; r++) {
    *(GV *)edge[r] = sums[r][0];
    *(GV *)(edge[r] + XR_BLOCK) = sums[r][1];
  }
  for (int r = 0; r < rows; r++)
    for (int j = 0; j < columns; j++) c[r * ldc + j] = accumulates ? c[r * ldc + j] + edge[r][j] : edge[r][j];
}

#undef GV
