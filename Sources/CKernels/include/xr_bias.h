// The gradient of a convolution's bias in the blocked layout.
#ifndef XR_BIAS_H
#define XR_BIAS_H

/// db[c] = the sum of dy [n, c, size] over pictures and places: single precision over a picture's places, double over
/// pictures, in their order.
void xr_bias_gradient(long n, long c, long size, long block, const float *dy, float *db);
#endif
