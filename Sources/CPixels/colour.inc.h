// Colour, sixteen pixels at a time; `colour.c` includes this once for each instruction set. What is left over goes
// through the scalar form.

typedef struct {
  ints16 red, green, blue;
} XR_NAME(colours);

XR_INLINE ints16 XR_NAME(wide)(bytes16 bytes) { return __builtin_convertvector(bytes, ints16); }

XR_INLINE XR_NAME(colours) XR_NAME(load)(const uint8_t *pixels) {
  bytes16 a, b, c;
  memcpy(&a, pixels, 16);
  memcpy(&b, pixels + 16, 16);
  memcpy(&c, pixels + 32, 16);
  const bytes16 red = __builtin_shufflevector(
      __builtin_shufflevector(a, b, 0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30, -1, -1, -1, -1, -1), c, 0, 1, 2, 3, 4, 5, 6,
      7, 8, 9, 10, 17, 20, 23, 26, 29);
  const bytes16 green = __builtin_shufflevector(
      __builtin_shufflevector(a, b, 1, 4, 7, 10, 13, 16, 19, 22, 25, 28, 31, -1, -1, -1, -1, -1), c, 0, 1, 2, 3, 4, 5,
      6, 7, 8, 9, 10, 18, 21, 24, 27, 30);
  const bytes16 blue = __builtin_shufflevector(
      __builtin_shufflevector(a, b, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29, -1, -1, -1, -1, -1, -1), c, 0, 1, 2, 3, 4, 5,
      6, 7, 8, 9, 16, 19, 22, 25, 28, 31);
  return (XR_NAME(colours)){XR_NAME(wide)(red), XR_NAME(wide)(green), XR_NAME(wide)(blue)};
}

XR_INLINE void XR_NAME(store)(uint8_t *pixels, ints16 reds, ints16 greens, ints16 blues) {
  const bytes16 red = __builtin_convertvector(reds, bytes16);
  const bytes16 green = __builtin_convertvector(greens, bytes16);
  const bytes16 blue = __builtin_convertvector(blues, bytes16);
  const bytes16 a = __builtin_shufflevector(
      __builtin_shufflevector(red, green, 0, 16, -1, 1, 17, -1, 2, 18, -1, 3, 19, -1, 4, 20, -1, 5), blue, 0, 1, 16, 3,
      4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15);
  const bytes16 b = __builtin_shufflevector(
      __builtin_shufflevector(red, green, 21, -1, 6, 22, -1, 7, 23, -1, 8, 24, -1, 9, 25, -1, 10, 26), blue, 0, 21, 2,
      3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15);
  const bytes16 c = __builtin_shufflevector(
      __builtin_shufflevector(red, green, -1, 11, 27, -1, 12, 28, -1, 13, 29, -1, 14, 30, -1, 15, 31, -1), blue, 26, 1,
      2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31);
  memcpy(pixels, &a, 16);
  memcpy(pixels + 16, &b, 16);
  memcpy(pixels + 32, &c, 16);
}

XR_INLINE ints16 XR_NAME(grey)(XR_NAME(colours) x) {
  return (x.red * 19595 + x.green * 38470 + x.blue * 7471 + 0x8000) >> 16;
}

XR_INLINE ints16 XR_NAME(choose)(ints16 mask, ints16 yes, ints16 no) { return (mask & yes) | (~mask & no); }

XR_INLINE ints16 XR_NAME(blend)(ints16 from, ints16 to, float share) {
  const floats16 value =
      __builtin_convertvector(from, floats16) + share * __builtin_convertvector(to - from, floats16);
  const floats16 ceiling = (floats16){0} + 255;
  const ints16 above = value > ceiling, below = ~(value > (floats16){0});
  const ints16 bits = XR_NAME(choose)(above, (ints16)ceiling, ~below & (ints16)value);
  return __builtin_convertvector((floats16)bits, ints16);
}

static void XR_NAME(blend_with_level)(uint8_t *pixels, size_t count, uint8_t level, float share) {
  const ints16 from = (ints16){0} + level;
  const size_t bytes = 3 * count;
  size_t i = 0;
  for (; i + BLOCK <= bytes; i += BLOCK) {
    bytes16 block;
    memcpy(&block, pixels + i, BLOCK);
    block = __builtin_convertvector(XR_NAME(blend)(from, XR_NAME(wide)(block), share), bytes16);
    memcpy(pixels + i, &block, BLOCK);
  }
  for (; i < bytes; i++) pixels[i] = blend(level, pixels[i], share);
}

static void XR_NAME(blend_with_grey)(uint8_t *pixels, size_t count, float share) {
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const XR_NAME(colours) x = XR_NAME(load)(pixels + 3 * i);
    const ints16 grey = XR_NAME(grey)(x);
    XR_NAME(store)(
        pixels + 3 * i, XR_NAME(blend)(grey, x.red, share), XR_NAME(blend)(grey, x.green, share),
        XR_NAME(blend)(grey, x.blue, share));
  }
  blend_with_grey_baseline(pixels + 3 * i, count - i, share);
}

static uint64_t XR_NAME(sum_of_greys)(const uint8_t *pixels, size_t count) {
  uint64_t total = 0;
  size_t i = 0;
  while (i + BLOCK <= count) {
    // So few that 32 bits hold the sums.
    ints16 sums = {0};
    for (int block = 0; block < 1 << 16 && i + BLOCK <= count; block++, i += BLOCK)
      sums += XR_NAME(grey)(XR_NAME(load)(pixels + 3 * i));
    for (int lane = 0; lane < BLOCK; lane++) total += (uint64_t)sums[lane];
  }
  return total + sum_of_greys_baseline(pixels + 3 * i, count - i);
}

static void XR_NAME(turn_grey)(uint8_t *pixels, size_t count) {
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const ints16 grey = XR_NAME(grey)(XR_NAME(load)(pixels + 3 * i));
    XR_NAME(store)(pixels + 3 * i, grey, grey, grey);
  }
  turn_grey_baseline(pixels + 3 * i, count - i);
}

XR_INLINE doubles16 XR_NAME(double)(floats16 x) { return __builtin_convertvector(x, doubles16); }
XR_INLINE ints16 XR_NAME(cut)(doubles16 x) { return __builtin_convertvector(x, ints16); }

static void XR_NAME(turn_hue)(uint8_t *pixels, size_t count, uint8_t turn) {
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const XR_NAME(colours) x = XR_NAME(load)(pixels + 3 * i);
    ints16 most = XR_NAME(choose)(x.red > x.green, x.red, x.green);
    most = XR_NAME(choose)(x.blue > most, x.blue, most);
    ints16 least = XR_NAME(choose)(x.red < x.green, x.red, x.green);
    least = XR_NAME(choose)(x.blue < least, x.blue, least);
    // No colour has a range of one here, which divides without harm; it has no saturation in the end.
    const ints16 plain = most == least;
    const floats16 range = __builtin_convertvector((most - least) - plain, floats16);
    const floats16 height = __builtin_convertvector(most - (most == 0), floats16);
    const ints16 saturation =
        ~plain & XR_NAME(cut)(XR_NAME(double)(range / height) * 255.0);
    const floats16 red_gap = __builtin_convertvector(most - x.red, floats16) / range;
    const floats16 green_gap = __builtin_convertvector(most - x.green, floats16) / range;
    const floats16 blue_gap = __builtin_convertvector(most - x.blue, floats16) / range;
    const ints16 is_red = x.red == most, is_green = x.green == most;
    const ints16 base = XR_NAME(choose)(is_red, (ints16){0}, XR_NAME(choose)(is_green, (ints16){0} + 2, (ints16){0} + 4));
    const floats16 plus = (floats16)XR_NAME(choose)(
        is_red, (ints16)blue_gap, XR_NAME(choose)(is_green, (ints16)red_gap, (ints16)green_gap));
    const floats16 minus = (floats16)XR_NAME(choose)(
        is_red, (ints16)green_gap, XR_NAME(choose)(is_green, (ints16)blue_gap, (ints16)red_gap));
    // Of two gaps alone the difference is exact in double, so that it is rounded once, as in single precision.
    const doubles16 exact = __builtin_convertvector(base, doubles16) + XR_NAME(double)(plus) - XR_NAME(double)(minus);
    const doubles16 place = XR_NAME(double)(__builtin_convertvector(exact, floats16)) / 6.0 + 1.0;
    // At least one, all but the hues below zero.
    const doubles16 whole = __builtin_convertvector(__builtin_convertvector(place, ints16), doubles16);
    const doubles16 rest = XR_NAME(double)(__builtin_convertvector(place - whole, floats16));
    const ints16 hue = (XR_NAME(cut)(rest * 255.0) + turn) & 255;

    const doubles16 position = __builtin_convertvector(hue, doubles16) * 6.0 / 255.0;
    const ints16 sextant = XR_NAME(cut)(position);
    const floats16 part =
        __builtin_convertvector(position - __builtin_convertvector(sextant, doubles16), floats16);
    const floats16 share = __builtin_convertvector(__builtin_convertvector(saturation, doubles16) / 255.0, floats16);
    const doubles16 level = __builtin_convertvector(most, doubles16);
    const ints16 low = XR_NAME(cut)(level * (1.0 - XR_NAME(double)(share)) + 0.5);
    const ints16 falling = XR_NAME(cut)(level * (1.0 - XR_NAME(double)(share * part)) + 0.5);
    const ints16 rising =
        XR_NAME(cut)(level * (1.0 - XR_NAME(double)(share) * (1.0 - XR_NAME(double)(part))) + 0.5);
    const ints16 s1 = sextant == 1, s2 = sextant == 2, s3 = sextant == 3, s4 = sextant == 4, s5 = sextant == 5;
    ints16 red = XR_NAME(choose)(
        s1, falling, XR_NAME(choose)(s2 | s3, low, XR_NAME(choose)(s4, rising, most)));
    ints16 green = XR_NAME(choose)(
        s1 | s2, most, XR_NAME(choose)(s3, falling, XR_NAME(choose)(s4 | s5, low, rising)));
    ints16 blue = XR_NAME(choose)(
        s2, rising, XR_NAME(choose)(s3 | s4, most, XR_NAME(choose)(s5, falling, low)));
    const ints16 colourless = saturation == 0;
    red = XR_NAME(choose)(colourless, most, red);
    green = XR_NAME(choose)(colourless, most, green);
    blue = XR_NAME(choose)(colourless, most, blue);
    XR_NAME(store)(pixels + 3 * i, red, green, blue);
  }
  turn_hue_baseline(pixels + 3 * i, count - i, turn);
}

static void XR_NAME(planes_of_floats)(const uint8_t *pixels, size_t count, float *planes) {
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    const XR_NAME(colours) x = XR_NAME(load)(pixels + 3 * i);
    const floats16 red = __builtin_convertvector(x.red, floats16) / 255.0f;
    const floats16 green = __builtin_convertvector(x.green, floats16) / 255.0f;
    const floats16 blue = __builtin_convertvector(x.blue, floats16) / 255.0f;
    memcpy(planes + i, &red, sizeof red);
    memcpy(planes + count + i, &green, sizeof green);
    memcpy(planes + 2 * count + i, &blue, sizeof blue);
  }
  for (; i < count; i++)
    for (size_t channel = 0; channel < 3; channel++)
      planes[channel * count + i] = (float)pixels[3 * i + channel] / 255.0f;
}

static void XR_NAME(normalize)(float *values, size_t count, float mean, float std) {
  size_t i = 0;
  for (; i + BLOCK <= count; i += BLOCK) {
    floats16 block;
    memcpy(&block, values + i, sizeof block);
    block = (block - mean) / std;
    memcpy(values + i, &block, sizeof block);
  }
  normalize_baseline(values + i, count - i, mean, std);
}
