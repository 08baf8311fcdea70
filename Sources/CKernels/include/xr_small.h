// Convolutions over small maps in the blocked layout: one image is one row of a product, and what lies in the padding
// is not computed. For 3x3 kernels on 2x2 maps that is less than half of the work of a convolution that reads zeros.
//
// Each result is a sum in a fixed order: the same for any batch around it and any number of threads.
#ifndef XR_SMALL_H
#define XR_SMALL_H
#include <stddef.h>

/// Pictures [n, c, h, w], results [n, o, oh, ow], weights [o, c, kernel, kernel]; one group.
typedef struct {
  long n, c, h, w, o, oh, ow, kernel, stride, top, left, block;
} xr_small_shape;

/// How many floats the packed weights take, for results or for the gradient of pictures.
size_t xr_small_packed_floats(const xr_small_shape *shape, int is_gradient);
/// Packs weights from torch's layout.
void xr_small_pack(const xr_small_shape *shape, const float *weights, float *packed, int is_gradient);
/// y = activation(conv(x) + bias + residual); `bias` and `residual` may be null, `residual` may be y.
void xr_small_forward(
    const xr_small_shape *shape, const float *x, const float *packed, const float *bias, const float *residual,
    int activation, float *y);
void xr_small_input_gradient(const xr_small_shape *shape, const float *dy, const float *packed, float *dx);
/// dw in torch's layout.
void xr_small_weight_gradient(const xr_small_shape *shape, const float *x, const float *dy, float *dw);
#endif
