// Everything of a network but convolutions and products, over torch's layout [N, C, H, W] (`block` 1) and over
// the blocked layout [N, ceil(C / block), H, W, block] (`block` 8 or 16) whose channels beyond C stay zero.
// Results do not depend on the number of threads, nor a picture's on its neighbours (but for batch statistics).
#ifndef XR_NETWORK_H
#define XR_NETWORK_H
#include <stdint.h>

/// Functions applied to results.
enum { XR_NONE = 0, XR_RELU = 1, XR_RELU6 = 2 };

/// Pictures [n, c, h, w] in a layout.
typedef struct {
  long n, c, h, w, block;
} xr_pictures;

/// y = activation((x - mean) / sqrt(variance + epsilon) * scale + shift + residual) with the batch's statistics;
/// moves the running ones. `residual`, `saved_mean`, `saved_inverse` may be null. Vectors are [c].
void xr_bn_batch(
    const xr_pictures *shape, const float *x, float *y, const float *residual, const float *scale, const float *shift,
    float *running_mean, float *running_variance, float *saved_mean, float *saved_inverse, float epsilon,
    float momentum, int activation);
/// The same with the running statistics, which stay.
void xr_bn_running(
    const xr_pictures *shape, const float *x, float *y, const float *residual, const float *scale, const float *shift,
    const float *running_mean, const float *running_variance, float epsilon, int activation);
/// Gradients from that of the result, `incoming`. `mean` and `inverse` are the batch's, or with `is_running` the
/// running mean and variance. Results that are not wanted are null; dx may be `incoming`.
void xr_bn_gradient(
    const xr_pictures *shape, const float *incoming, const float *x, const float *y, const float *scale,
    const float *mean, const float *inverse, int is_running, float epsilon, int activation, float *dx, float *dscale,
    float *dshift, float *dresidual);

/// Results [n, c, oh, ow]; windows are clipped to the picture.
void xr_max_pool(const xr_pictures *shape, const float *x, float *y, long oh, long ow, long kernel, long stride, long padding);
/// Each gradient to its window's first greatest element.
void xr_max_pool_gradient(
    const xr_pictures *shape, const float *x, const float *dy, float *dx, long oh, long ow, long kernel, long stride,
    long padding);
/// y [n, c] in torch's layout.
void xr_average_pool(const xr_pictures *shape, const float *x, float *y);
void xr_average_pool_gradient(const xr_pictures *shape, const float *dy, float *dx);

/// Over `count` elements in any layout.
void xr_activate(const float *x, float *y, long count, int activation);
void xr_activation_gradient(const float *dy, const float *y, float *dx, long count, int activation);
void xr_add(const float *a, const float *b, float *y, long count, int activation);

/// Channels `from ..< from + count` of `source` to `to ..< to + count` of `target`; both have n, h, w and block of
/// their shapes. Padding channels of the target are zeroed where the copy ends at its last channel.
void xr_copy_channels(
    const xr_pictures *source_shape, const float *source, long from, const xr_pictures *target_shape, float *target,
    long to, long count);

/// Keeps element i (in the order of torch's layout) where the i-th 32-bit word of the Philox stream is at least
/// `threshold`, and multiplies it by `factor`; else zero. y may be x.
void xr_dropout(
    const xr_pictures *shape, const float *x, float *y, const uint32_t key[2], const uint32_t tail[3],
    uint64_t threshold, float factor);

/// Softmax cross entropy of rows [n, k]: loss [n], gradient of the mean [n, k]; either may be null.
void xr_cross_entropy(
    const float *logits, const int32_t *labels, float *loss, float *gradient, long n, long k, float smoothing);

/// w * scale / sqrt(variance + epsilon) for rows [o, size].
void xr_fold_weights(
    const float *w, const float *scale, const float *variance, float *result, long o, long size, float epsilon);
#endif
