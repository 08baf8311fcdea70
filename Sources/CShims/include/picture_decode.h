#ifndef XR_PICTURE_DECODE_H
#define XR_PICTURE_DECODE_H

#include <stddef.h>
#include <stdint.h>

/* What a fence reports. The text of a failure is in the caller's buffer. */
enum {
  XR_OK = 0,
  /* The bytes are neither a JPEG nor a PNG file. */
  XR_UNKNOWN_FORMAT = 1,
  /* The file ends before the picture does. */
  XR_TRUNCATED = 2,
  /* The file breaks its format's rules, so that pixels would have to be made up. */
  XR_CORRUPT = 3,
  /* A valid file of a kind that is not read here, such as 12-bit JPEG. */
  XR_UNSUPPORTED = 4,
  XR_OUT_OF_MEMORY = 5,
  /* More pixels than the caller's limit, or than the memory holds. */
  XR_TOO_LARGE = 6,
};

/* Red, green and blue bytes, row by row, in memory that is reused from picture to picture; XR_PIXEL_SLACK bytes
   follow the last row. */
typedef struct {
  uint8_t *bytes;
  size_t capacity;
  int width;
  int height;
} xr_pixels;

/* Enough for libjpeg's and libpng's longest message. */
enum { XR_MESSAGE_CAPACITY = 256 };

/* Makes room for width x height pixels; contents are undefined. Returns XR_OK or XR_OUT_OF_MEMORY. */
int xr_pixels_reserve(xr_pixels *pixels, int width, int height);
void xr_pixels_free(xr_pixels *pixels);

/* Decode a file in memory to RGB, as PIL's `Image.open(f).convert("RGB")` does. `message` has
   XR_MESSAGE_CAPACITY bytes and holds the reason on failure.

   Where `least_width` and `least_height` are not 0, a JPEG file is decoded at a half, a quarter or an eighth of its
   size, as small as both sides stay at least that: whole blocks become fewer pixels, which is not PIL's decoding at
   full size. */
int xr_jpeg_decode(
    const uint8_t *data, size_t length, size_t pixel_limit, int least_width, int least_height,
    xr_pixels *pixels, char *message);
int xr_png_decode(
    const uint8_t *data, size_t length, size_t pixel_limit, xr_pixels *pixels,
    char *message);

#endif
