#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

#include "picture_decode.h"

/* What libpng's callbacks need: the bytes not read yet, and where to leave a reason. */
struct reader {
  const uint8_t *next;
  size_t left;
  int status;
  char *message;
};

static void on_error(png_structp codec, png_const_charp text) {
  struct reader *reader = png_get_error_ptr(codec);
  if (reader->status == XR_OK) {
    reader->status = XR_CORRUPT;
    snprintf(reader->message, XR_MESSAGE_CAPACITY, "%s", text);
  }
  png_longjmp(codec, 1);
}

/* Ancillary chunks that are broken are skipped: they do not touch the pixels. */
static void on_warning(png_structp codec, png_const_charp text) {
  (void)codec;
  (void)text;
}

static void on_read(png_structp codec, png_bytep target, size_t count) {
  struct reader *reader = png_get_io_ptr(codec);
  if (count > reader->left) {
    reader->status = XR_TRUNCATED;
    snprintf(reader->message, XR_MESSAGE_CAPACITY, "the file ends before the picture does");
    png_error(codec, reader->message);
  }
  memcpy(target, reader->next, count);
  reader->next += count;
  reader->left -= count;
}

/* Samples that libpng hands out, as PIL turns them into RGB. */
struct layout {
  int kind;
  int depth;
  int channels;
  png_const_colorp palette;
  int palette_count;
};

static void rgb_from_row(uint8_t *rgb, const uint8_t *row, int width, const struct layout *layout) {
  int step = layout->channels * (layout->depth == 16 ? 2 : 1);
  for (int x = 0; x < width; x++, rgb += 3, row += step) {
    if (layout->kind == PNG_COLOR_TYPE_PALETTE) {
      /* An index past the palette is black. */
      if (row[0] < layout->palette_count) {
        rgb[0] = layout->palette[row[0]].red;
        rgb[1] = layout->palette[row[0]].green;
        rgb[2] = layout->palette[row[0]].blue;
      } else {
        rgb[0] = rgb[1] = rgb[2] = 0;
      }
    } else if (layout->kind & PNG_COLOR_MASK_COLOR) {
      /* Of sixteen bits the upper eight. */
      int sample = layout->depth == 16 ? 2 : 1;
      rgb[0] = row[0];
      rgb[1] = row[sample];
      rgb[2] = row[2 * sample];
    } else if (layout->depth == 16 && layout->kind == PNG_COLOR_TYPE_GRAY) {
      /* PIL saturates sixteen-bit grey, where it halves the bits of every other kind. */
      rgb[0] = rgb[1] = rgb[2] = row[0] ? 255 : row[1];
    } else {
      rgb[0] = rgb[1] = rgb[2] = row[0];
    }
  }
}

int xr_png_decode(
    const uint8_t *data, size_t length, size_t pixel_limit, xr_pixels *pixels,
    char *message) {
  struct reader reader = {data, length, XR_OK, message};
  message[0] = 0;
  png_structp codec =
      png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
  png_infop info = codec ? png_create_info_struct(codec) : NULL;
  /* Changed after setjmp and read after longjmp. */
  uint8_t *volatile rows = NULL;
  if (!info) {
    png_destroy_read_struct(&codec, NULL, NULL);
    snprintf(message, XR_MESSAGE_CAPACITY, "no memory for the decoder");
    return XR_OUT_OF_MEMORY;
  }
  if (setjmp(png_jmpbuf(codec))) {
    png_destroy_read_struct(&codec, &info, NULL);
    free(rows);
    return reader.status;
  }
  png_set_read_fn(codec, &reader, on_read);
  png_read_info(codec, info);

  struct layout layout = {0};
  layout.kind = png_get_color_type(codec, info);
  layout.depth = png_get_bit_depth(codec, info);
  layout.channels = png_get_channels(codec, info);
  if (layout.kind == PNG_COLOR_TYPE_PALETTE) {
    png_colorp palette = NULL;
    png_get_PLTE(codec, info, &palette, &layout.palette_count);
    layout.palette = palette;
    png_set_packing(codec);
  } else if (layout.depth < 8) {
    png_set_expand_gray_1_2_4_to_8(codec);
  }
  int passes = png_set_interlace_handling(codec);
  png_read_update_info(codec, info);

  size_t width = png_get_image_width(codec, info);
  size_t height = png_get_image_height(codec, info);
  int status = XR_OK;
  if (width * height > pixel_limit || xr_pixels_reserve(pixels, (int)width, (int)height) != XR_OK) {
    status = XR_TOO_LARGE;
  }
  size_t stride = png_get_rowbytes(codec, info);
  /* Interlaced passes need the rows of the passes before them. */
  if (status == XR_OK) {
    rows = malloc(stride * (passes > 1 ? (size_t)pixels->height : 1));
    if (!rows) status = XR_TOO_LARGE;
  }
  if (status != XR_OK) {
    png_destroy_read_struct(&codec, &info, NULL);
    free(rows);
    return status;
  }
  for (int pass = 0; pass < passes; pass++) {
    for (int y = 0; y < pixels->height; y++) {
      uint8_t *row = rows + (passes > 1 ? (size_t)y * stride : 0);
      png_read_row(codec, row, NULL);
      if (pass == passes - 1) {
        rgb_from_row(pixels->bytes + (size_t)y * width * 3, row, (int)width, &layout);
      }
    }
  }
  /* What follows the pixels is not read: PIL takes files without their last chunk too. */
  png_destroy_read_struct(&codec, &info, NULL);
  free(rows);
  return XR_OK;
}
