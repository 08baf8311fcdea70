// Colour as PIL 13 computes it, pixel by pixel, in place: `Convert.c`, `Blend.c` and `ImageEnhance.py`.
#ifndef XR_COLOUR_H
#define XR_COLOUR_H
#include <stddef.h>
#include <stdint.h>

/// Blends every byte with one level: from the level by a share that may lie outside 0 to 1, cut off to a byte.
void xr_blend_with_level(uint8_t *pixels, size_t count, uint8_t level, float share);
/// Blends each pixel with its grey.
void xr_blend_with_grey(uint8_t *pixels, size_t count, float share);
/// The sum of the pixels' greys.
uint64_t xr_sum_of_greys(const uint8_t *pixels, size_t count);
/// Replaces each pixel by its grey, three times.
void xr_turn_grey(uint8_t *pixels, size_t count);
/// Adds to the hue, through HSV of a byte each; wraps.
void xr_turn_hue(uint8_t *pixels, size_t count, uint8_t turn);

/// Writes the channels one after the other, each byte divided by 255 in single precision.
void xr_planes_of_floats(const uint8_t *pixels, size_t count, float *planes);
/// Subtracts and divides in single precision.
void xr_normalize(float *values, size_t count, float mean, float std);
#endif
