// Convolutions with 1x1 kernels and no padding as products, in the blocked layout, one group.
//
// A result is a sum in a fixed order: the same for any batch around it and any number of threads. Gradients of weights
// are sums over pictures in their order, the same for any number of threads.
#ifndef XR_CONV1X1_H
#define XR_CONV1X1_H
#include <stddef.h>

/// Pictures [n, c, h, w], results [n, o, ceil(h / stride), ceil(w / stride)], weights [o, c]; `block` is 16 or 8.
typedef struct {
  long n, c, h, w, o, stride, block;
} xr_conv1x1_shape;

/// How many floats the packed weights take, for results or for the gradient of pictures.
size_t xr_conv1x1_packed_floats(const xr_conv1x1_shape *shape, int is_gradient);
/// Packs weights from torch's layout.
void xr_conv1x1_pack(const xr_conv1x1_shape *shape, const float *weights, float *packed, int is_gradient);
/// y = activation(conv(x) + bias + residual); `bias` and `residual` may be null, `residual` may be y.
void xr_conv1x1_forward(
    const xr_conv1x1_shape *shape, const float *x, const float *packed, const float *bias, const float *residual,
    int activation, float *y);
void xr_conv1x1_input_gradient(const xr_conv1x1_shape *shape, const float *dy, const float *packed, float *dx);
/// dw in torch's layout.
void xr_conv1x1_weight_gradient(const xr_conv1x1_shape *shape, const float *x, const float *dy, float *dw);
#endif
