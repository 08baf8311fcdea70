#include "xr_colour.h"

#include <string.h>

#include "target.h"

// A fused multiplication and addition rounds once where PIL rounds twice.
#pragma STDC FP_CONTRACT OFF

// MARK: One pixel

// Luma of ITU-R 601 in 16-bit fixed point.
static inline uint8_t grey_of(const uint8_t *pixel) {
  return (uint8_t)((pixel[0] * 19595 + pixel[1] * 38470 + pixel[2] * 7471 + 0x8000) >> 16);
}

static inline uint8_t blend(uint8_t from, uint8_t to, float share) {
  float value = (float)from + share * (float)((int)to - (int)from);
  return (uint8_t)(value > 255 ? 255 : value > 0 ? value : 0);
}

// Hue, saturation and value, each cut off to a byte; single and double precision as in PIL's C.
static inline void turn_hue(uint8_t *pixel, uint8_t turn) {
  const uint8_t red = pixel[0], green = pixel[1], blue = pixel[2];
  uint8_t most = red > green ? red : green, least = red < green ? red : green;
  if (blue > most) most = blue;
  if (blue < least) least = blue;
  // No colour has no saturation, so that its hue does not matter.
  if (most == least) return;
  const float range = (float)(most - least);
  const uint8_t saturation = (uint8_t)((double)(range / (float)most) * 255);
  const float red_gap = (float)(most - red) / range;
  const float green_gap = (float)(most - green) / range;
  const float blue_gap = (float)(most - blue) / range;
  float sextant;
  if (red == most) {
    sextant = blue_gap - green_gap;
  } else if (green == most) {
    sextant = (float)(2.0 + (double)red_gap - (double)blue_gap);
  } else {
    sextant = (float)(4.0 + (double)green_gap - (double)red_gap);
  }
  // Between 5/6 and 11/6: the remainder by one is exact.
  double place = (double)sextant / 6 + 1;
  if (place >= 1) place -= 1;
  const uint8_t hue = (uint8_t)((int)((double)(float)place * 255) + turn);
  if (saturation == 0) {
    pixel[0] = pixel[1] = pixel[2] = most;
    return;
  }
  const double position = (double)hue * 6 / 255;
  const int number = (int)position;
  const float part = (float)(position - (double)number);
  const float share = (float)((double)saturation / 255);
  // Rounded by adding a half and cutting off: equal to C's `round` here, checked for all bytes.
  const double level = most;
  const uint8_t low = (uint8_t)(int)(level * (1 - (double)share) + 0.5);
  const uint8_t falling = (uint8_t)(int)(level * (1 - (double)(share * part)) + 0.5);
  const uint8_t rising = (uint8_t)(int)(level * (1 - (double)share * (1 - (double)part)) + 0.5);
  const uint8_t colours[6][3] = {
      {most, rising, low}, {falling, most, low}, {low, most, rising},
      {low, falling, most}, {rising, low, most}, {most, low, falling}};
  memcpy(pixel, colours[number % 6], 3);
}

// MARK: Baseline

static void blend_with_level_baseline(uint8_t *pixels, size_t count, uint8_t level, float share) {
  uint8_t table[256];
  for (int i = 0; i < 256; i++) table[i] = blend(level, (uint8_t)i, share);
  for (size_t i = 0; i < 3 * count; i++) pixels[i] = table[pixels[i]];
}

static void blend_with_grey_baseline(uint8_t *pixels, size_t count, float share) {
  for (size_t i = 0; i < count; i++, pixels += 3) {
    const uint8_t grey = grey_of(pixels);
    for (int channel = 0; channel < 3; channel++) pixels[channel] = blend(grey, pixels[channel], share);
  }
}

static uint64_t sum_of_greys_baseline(const uint8_t *pixels, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++, pixels += 3) sum += grey_of(pixels);
  return sum;
}

static void turn_grey_baseline(uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++, pixels += 3) pixels[0] = pixels[1] = pixels[2] = grey_of(pixels);
}

static void turn_hue_baseline(uint8_t *pixels, size_t count, uint8_t turn) {
  for (size_t i = 0; i < count; i++) turn_hue(pixels + 3 * i, turn);
}

static void planes_of_floats_baseline(const uint8_t *pixels, size_t count, float *planes) {
  float levels[256];
  for (int i = 0; i < 256; i++) levels[i] = (float)i / 255.0f;
  for (size_t i = 0; i < count; i++, pixels += 3)
    for (size_t channel = 0; channel < 3; channel++) planes[channel * count + i] = levels[pixels[channel]];
}

static void normalize_baseline(float *values, size_t count, float mean, float std) {
  for (size_t i = 0; i < count; i++) values[i] = (values[i] - mean) / std;
}

// MARK: Sixteen pixels at a time

#if defined(__x86_64__)
// GNU vectors: the compiler splits them where the instruction set's are shorter.
typedef uint8_t bytes16 __attribute__((vector_size(16)));
typedef int32_t ints16 __attribute__((vector_size(64)));
typedef float floats16 __attribute__((vector_size(64)));
typedef double doubles16 __attribute__((vector_size(128)));
enum { BLOCK = 16 };
#define XR_INLINE static inline __attribute__((always_inline))
// Vectors are passed between functions that are made part of each other, so that there is no call to differ in.
#pragma clang diagnostic ignored "-Wpsabi"

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX2))), apply_to = function)
#define XR_NAME(name) name##_avx2
#include "colour.inc.h"
#undef XR_NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX512))), apply_to = function)
#define XR_NAME(name) name##_avx512
#include "colour.inc.h"
#undef XR_NAME
#pragma clang attribute pop
#define CHOOSE(name) (xr_isa() == XR_ISA_AVX512 ? name##_avx512 : xr_isa() == XR_ISA_AVX2 ? name##_avx2 : name##_baseline)
#else
#define CHOOSE(name) name##_baseline
#endif

void xr_blend_with_level(uint8_t *pixels, size_t count, uint8_t level, float share) {
  CHOOSE(blend_with_level)(pixels, count, level, share);
}
void xr_blend_with_grey(uint8_t *pixels, size_t count, float share) { CHOOSE(blend_with_grey)(pixels, count, share); }
uint64_t xr_sum_of_greys(const uint8_t *pixels, size_t count) { return CHOOSE(sum_of_greys)(pixels, count); }
void xr_turn_grey(uint8_t *pixels, size_t count) { CHOOSE(turn_grey)(pixels, count); }
void xr_turn_hue(uint8_t *pixels, size_t count, uint8_t turn) { CHOOSE(turn_hue)(pixels, count, turn); }
void xr_planes_of_floats(const uint8_t *pixels, size_t count, float *planes) {
  CHOOSE(planes_of_floats)(pixels, count, planes);
}
void xr_normalize(float *values, size_t count, float mean, float std) {
  CHOOSE(normalize)(values, count, mean, std);
}
