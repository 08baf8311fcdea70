// Products of matrices in single precision.
#ifndef XR_GEMM_H
#define XR_GEMM_H

/// C[i * ldc + j] = sum over p of A(i, p) * B(p, j), plus bias[j] where `bias` is given, plus what C held where
/// `accumulates`. A(i, p) is a[i * a_row + p * a_column], B(p, j) is b[p * b_row + j * b_column].
///
/// Each element is a sum over p in a fixed order: the same for any number of rows, columns and threads.
void xr_gemm(
    long m, long n, long k, const float *a, long a_row, long a_column, const float *b, long b_row, long b_column,
    float *c, long ldc, const float *bias, int accumulates);
#endif
