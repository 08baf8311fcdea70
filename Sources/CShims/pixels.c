#include <stdio.h>
#include <stdlib.h>

#include "CPixels.h"
#include "picture_decode.h"

int xr_pixels_reserve(xr_pixels *pixels, int width, int height) {
  size_t needed = (size_t)width * (size_t)height * 3 + XR_PIXEL_SLACK;
  if (needed > pixels->capacity || !pixels->bytes) {
    uint8_t *bytes = realloc(pixels->bytes, needed);
    if (!bytes) return XR_OUT_OF_MEMORY;
    pixels->bytes = bytes;
    pixels->capacity = needed;
  }
  pixels->width = width;
  pixels->height = height;
  return XR_OK;
}

void xr_pixels_free(xr_pixels *pixels) {
  free(pixels->bytes);
  pixels->bytes = NULL;
  pixels->capacity = 0;
  pixels->width = pixels->height = 0;
}
