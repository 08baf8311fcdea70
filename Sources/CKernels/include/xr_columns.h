// Convolutions over torch's layout, one picture at a time: columns of what each place reads, then one product. Any
// kernel, stride, padding and grouping; depthwise ones directly.
#ifndef XR_COLUMNS_H
#define XR_COLUMNS_H

/// A product of row-major matrices on the calling thread: c = a' b' + beta c, with a' [m, k] and b' [k, n], either
/// of them transposed in memory where its flag says so.
typedef void (*xr_sgemm)(
    int a_is_transposed, int b_is_transposed, long m, long n, long k, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc);

/// Our own.
void xr_own_sgemm(
    int a_is_transposed, int b_is_transposed, long m, long n, long k, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc);

/// Pictures [n, c, h, w], results [n, o, oh, ow], weights [o, c / groups, kernel, kernel].
typedef struct {
  long n, c, h, w, o, oh, ow, kernel, stride, top, left, groups;
} xr_convolution;

/// y = activation(conv(x) + bias + residual); `bias` and `residual` may be null, `residual` may be y.
void xr_columns_forward(
    const xr_convolution *shape, xr_sgemm gemm, const float *x, const float *weights, const float *bias,
    const float *residual, int activation, float *y);
void xr_columns_input_gradient(
    const xr_convolution *shape, xr_sgemm gemm, const float *dy, const float *weights, float *dx);
/// dw and db may be null. Sums over pictures run in slices that depend on the shape alone.
void xr_columns_weight_gradient(
    const xr_convolution *shape, xr_sgemm gemm, const float *x, const float *dy, float *dw, float *db);
#endif
