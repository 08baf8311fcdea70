// Convolutions by fewer multiplications: pictures, weights and results are transformed, and between the transforms
// lie plain products, one for each point. In the blocked layout, one group.
//
// Winograd's F(4x4, 3x3) and F(2x2, 3x3) (Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016),
// F(4x4, 3x3) with the points 0, +-5/8, +-3/2 and infinity, which lose less than +-1 and +-2; and for maps of 2x2
// places Karatsuba's scheme for the Toeplitz matrix that is left of a 3x3 kernel there: 9 products, not 16.
//
// A result is a sum in a fixed order: the same for any batch around it and any number of threads. Gradients of weights
// are sums over fixed slices of the batch, the same for any number of threads.
#ifndef XR_WINOGRAD_H
#define XR_WINOGRAD_H
#include <stddef.h>

typedef enum {
  /// F(4x4, 3x3): 36 products for 16 results.
  XR_WINOGRAD_4 = 0,
  /// F(2x2, 3x3): 16 products for 4 results.
  XR_WINOGRAD_2 = 1,
  /// Maps of 2x2 places with one place of padding on each side: 9 products for 4 results.
  XR_TOEPLITZ_2 = 2,
  /// F(3x3, 4x4): 36 products for 9 results; what `xr_stem` functions are made of.
  XR_WINOGRAD_3 = 3,
} xr_winograd_algorithm;

/// Pictures [n, c, h, w], results [n, o, oh, ow], weights [o, c, 3, 3], stride 1; `block` is 16 or 8.
typedef struct {
  long n, c, h, w, o, oh, ow, top, left, block;
  xr_winograd_algorithm algorithm;
} xr_winograd_shape;

/// How many floats the transformed weights take, for results or for the gradient of pictures.
size_t xr_winograd_weights_floats(const xr_winograd_shape *shape, int is_gradient);
/// Transforms weights from torch's layout.
void xr_winograd_weights(const xr_winograd_shape *shape, const float *weights, float *transformed, int is_gradient);
/// y = activation(conv(x) + bias + residual); `bias` and `residual` may be null, `residual` may be y.
void xr_winograd_forward(
    const xr_winograd_shape *shape, const float *x, const float *transformed, const float *bias,
    const float *residual, int activation, float *y);
void xr_winograd_input_gradient(
    const xr_winograd_shape *shape, const float *dy, const float *transformed, float *dx);
/// dw in torch's layout.
void xr_winograd_weight_gradient(const xr_winograd_shape *shape, const float *x, const float *dy, float *dw);

/// Kernels of 7x7 and stride 2 over a few channels, as networks begin with: plain pictures [n, c, h, w] with c at most
/// 4, blocked results [n, o, oh, ow], weights [o, c, 7, 7]. The four pictures of every second row and column make it
/// a 4x4 kernel of stride 1, which F(3x3, 4x4) computes.
typedef struct {
  long n, c, h, w, o, oh, ow, top, left, block;
} xr_stem_shape;

/// How many floats the transformed weights take.
size_t xr_stem_weights_floats(const xr_stem_shape *shape);
void xr_stem_weights(const xr_stem_shape *shape, const float *weights, float *transformed);
/// y = activation(conv(x) + bias); `bias` may be null.
void xr_stem_forward(
    const xr_stem_shape *shape, const float *x, const float *transformed, const float *bias, int activation, float *y);
/// dw in torch's layout.
void xr_stem_weight_gradient(const xr_stem_shape *shape, const float *x, const float *dy, float *dw);
#endif
