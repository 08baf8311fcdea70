#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
/* After jpeglib.h, which defines what it needs. */
#include <jerror.h>

#include "picture_decode.h"

/* libjpeg leaves by longjmp; nothing that owns memory lives between setjmp and the calls below. */
struct fence {
  struct jpeg_error_mgr manager;
  jmp_buf target;
  int status;
  /* All rows are there: what is missing after them does not matter, as with PIL. */
  int has_all_rows;
  char *message;
};

static void leave(j_common_ptr codec, int status) {
  struct fence *fence = (struct fence *)codec->err;
  fence->status = status;
  char text[JMSG_LENGTH_MAX];
  fence->manager.format_message(codec, text);
  snprintf(fence->message, XR_MESSAGE_CAPACITY, "%s", text);
  longjmp(fence->target, 1);
}

static void on_error(j_common_ptr codec) {
  switch (codec->err->msg_code) {
    case JERR_OUT_OF_MEMORY:
      leave(codec, XR_OUT_OF_MEMORY);
      break;
    case JERR_ARITH_NOTIMPL:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_SOF_UNSUPPORTED:
      leave(codec, XR_UNSUPPORTED);
      break;
    default:
      leave(codec, XR_CORRUPT);
  }
}

/* Warnings after which libjpeg goes on with pixels of its own invention are errors here; the others
   (an odd header, bytes that are skipped) leave the picture whole. */
static void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  switch (codec->err->msg_code) {
    case JWRN_HIT_MARKER:
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_NOT_SEQUENTIAL:
      if (!((struct fence *)codec->err)->has_all_rows) leave(codec, XR_CORRUPT);
      break;
    case JWRN_JPEG_EOF:
      leave(codec, XR_TRUNCATED);
      break;
    default:
      codec->err->num_warnings++;
  }
}

static void no_output(j_common_ptr codec) { (void)codec; }

static void no_source_work(j_decompress_ptr codec) { (void)codec; }

/* The bytes are all in memory, so a request for more means that the file is too short. */
static boolean on_end_of_data(j_decompress_ptr codec) {
  codec->err->msg_code = JWRN_JPEG_EOF;
  leave((j_common_ptr)codec, XR_TRUNCATED);
  return FALSE;
}

static void skip_data(j_decompress_ptr codec, long count) {
  if (count <= 0) return;
  if ((size_t)count > codec->src->bytes_in_buffer) {
    on_end_of_data(codec);
    return;
  }
  codec->src->next_input_byte += count;
  codec->src->bytes_in_buffer -= (size_t)count;
}

static void install(struct fence *fence, char *message) {
  jpeg_std_error(&fence->manager);
  fence->manager.error_exit = on_error;
  fence->manager.emit_message = on_message;
  fence->manager.output_message = no_output;
  fence->status = XR_OK;
  fence->has_all_rows = 0;
  fence->message = message;
  message[0] = 0;
}

static int refuse(char *message, const char *text) {
  snprintf(message, XR_MESSAGE_CAPACITY, "%s", text);
  return XR_UNSUPPORTED;
}

/* (a * b + 127) / 255 without a division, as PIL rounds it. */
static inline int product_255(int a, int b) {
  int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/* One row of inverted CMYK (Adobe's convention, which PIL assumes for every file) to RGB. */
static void rgb_from_inverted_cmyk(uint8_t *rgb, const uint8_t *cmyk, int width) {
  for (int x = 0; x < width; x++, rgb += 3, cmyk += 4) {
    /* The file holds 255 - k, which is the key's complement already. */
    int lightness = cmyk[3];
    for (int channel = 0; channel < 3; channel++) {
      int value = lightness - product_255(255 - cmyk[channel], lightness);
      rgb[channel] = (uint8_t)(value < 0 ? 0 : value);
    }
  }
}

static void rgb_from_grey(uint8_t *rgb, const uint8_t *grey, int width) {
  for (int x = 0; x < width; x++, rgb += 3) rgb[0] = rgb[1] = rgb[2] = grey[x];
}

/* The eighths of the size that suffice: 8, 4, 2 or 1. */
static unsigned eighths(unsigned width, unsigned height, int least_width, int least_height) {
  if (least_width <= 0 || least_height <= 0) return 8;
  unsigned across = width / (unsigned)least_width, down = height / (unsigned)least_height;
  unsigned times = across < down ? across : down;
  return times >= 8 ? 1 : times >= 4 ? 2 : times >= 2 ? 4 : 8;
}

int xr_jpeg_decode(
    const uint8_t *data, size_t length, size_t pixel_limit, int least_width, int least_height,
    xr_pixels *pixels, char *message) {
  struct jpeg_decompress_struct codec = {0};
  struct jpeg_source_mgr source;
  struct fence fence;
  /* Changed after setjmp and read after longjmp. */
  uint8_t *volatile row = NULL;

  codec.err = &fence.manager;
  install(&fence, message);
  if (setjmp(fence.target)) {
    jpeg_destroy_decompress(&codec);
    free(row);
    if (!fence.has_all_rows) return fence.status;
    message[0] = 0;
    return XR_OK;
  }
  jpeg_create_decompress(&codec);
  memset(&source, 0, sizeof source);
  source.next_input_byte = data;
  source.bytes_in_buffer = length;
  source.init_source = no_source_work;
  source.fill_input_buffer = on_end_of_data;
  source.skip_input_data = skip_data;
  source.resync_to_restart = jpeg_resync_to_restart;
  source.term_source = no_source_work;
  codec.src = &source;

  jpeg_read_header(&codec, TRUE);
  int status = XR_OK;
  if (codec.num_components == 1) {
    codec.out_color_space = JCS_GRAYSCALE;
  } else if (codec.num_components == 3) {
    codec.out_color_space = JCS_RGB;
  } else if (codec.num_components == 4) {
    codec.out_color_space = JCS_CMYK;
  } else {
    status = refuse(message, "has neither one nor three nor four colour components");
  }
  if (status == XR_OK && (size_t)codec.image_width * codec.image_height > pixel_limit) {
    status = XR_TOO_LARGE;
  }
  if (status == XR_OK) {
    codec.scale_num = eighths(codec.image_width, codec.image_height, least_width, least_height);
    codec.scale_denom = 8;
    jpeg_calc_output_dimensions(&codec);
    int reserved = xr_pixels_reserve(pixels, (int)codec.output_width, (int)codec.output_height);
    if (reserved != XR_OK) status = XR_TOO_LARGE;
  }
  if (status != XR_OK) {
    jpeg_destroy_decompress(&codec);
    return status;
  }
  jpeg_start_decompress(&codec);

  int width = pixels->width;
  if (codec.out_color_space != JCS_RGB) {
    row = malloc((size_t)width * 4);
    if (!row) {
      jpeg_destroy_decompress(&codec);
      snprintf(message, XR_MESSAGE_CAPACITY, "no memory for a row");
      return XR_OUT_OF_MEMORY;
    }
  }
  while (codec.output_scanline < codec.output_height) {
    uint8_t *rgb = pixels->bytes + (size_t)codec.output_scanline * width * 3;
    JSAMPROW target = row ? row : rgb;
    jpeg_read_scanlines(&codec, &target, 1);
    if (codec.out_color_space == JCS_GRAYSCALE) rgb_from_grey(rgb, row, width);
    if (codec.out_color_space == JCS_CMYK) rgb_from_inverted_cmyk(rgb, row, width);
  }
  fence.has_all_rows = 1;
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  free(row);
  message[0] = 0;
  return XR_OK;
}
