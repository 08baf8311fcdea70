// Depthwise convolutions (one group for each channel) in the blocked layout.
//
// Each result is a sum in a fixed order: the same for any batch around it and any number of threads. Gradients of
// weights are sums over fixed slices of the batch.
#ifndef XR_DEPTHWISE_H
#define XR_DEPTHWISE_H
#include <stddef.h>

/// Pictures [n, c, h, w], results [n, c, oh, ow], weights [c, 1, kernel, kernel] with a kernel of at most 7; `block` is
/// 16 or 8.
typedef struct {
  long n, c, h, w, oh, ow, kernel, stride, top, left, block;
} xr_depthwise_shape;

/// How many floats the packed weights take.
size_t xr_depthwise_packed_floats(const xr_depthwise_shape *shape);
/// Packs weights from torch's layout.
void xr_depthwise_pack(const xr_depthwise_shape *shape, const float *weights, float *packed);
/// y = activation(conv(x) + bias); `bias` may be null.
void xr_depthwise_forward(
    const xr_depthwise_shape *shape, const float *x, const float *packed, const float *bias, int activation, float *y);
void xr_depthwise_input_gradient(const xr_depthwise_shape *shape, const float *dy, const float *packed, float *dx);
/// dw in torch's layout.
void xr_depthwise_weight_gradient(const xr_depthwise_shape *shape, const float *x, const float *dy, float *dw);
#endif
