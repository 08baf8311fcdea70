#include "jpeg_encode.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

// libjpeg reports errors by a callback that must not return: this one leaves by longjmp, which
// Swift cannot see safely, so both ends stay in this file.
struct encode_error {
  struct jpeg_error_mgr manager;  // first, so that cinfo->err points at the whole
  jmp_buf escape;
  char *message;
  size_t message_size;
};

static void leave(j_common_ptr info) {
  struct encode_error *error = (struct encode_error *)info->err;
  if (error->message != NULL && error->message_size > 0) {
    char text[JMSG_LENGTH_MAX];
    error->manager.format_message(info, text);
    snprintf(error->message, error->message_size, "%s", text);
  }
  longjmp(error->escape, 1);
}

static void keep_quiet(j_common_ptr info) { (void)info; }

// Room for any picture of this size: at most six bytes a pixel of whole blocks, and the headers.
static size_t capacity_for(int width, int height) {
  size_t padded_width = ((size_t)width + 15) / 16 * 16;
  size_t padded_height = ((size_t)height + 15) / 16 * 16;
  return padded_width * padded_height * 6 + 2048;
}

// Compresses into `*memory`, which holds `*size` bytes; a function of its own, so that no local
// of the caller changes between setjmp and longjmp.
static int compress(
    struct jpeg_compress_struct *info, struct encode_error *error, const uint8_t *rgb, int width,
    int height, int quality, int subsampling, unsigned char **memory, unsigned long *size) {
  if (setjmp(error->escape)) return error->manager.msg_code + 1;
  jpeg_create_compress(info);
  jpeg_mem_dest(info, memory, size);
  info->image_width = (JDIMENSION)width;
  info->image_height = (JDIMENSION)height;
  info->input_components = 3;
  info->in_color_space = JCS_RGB;
  jpeg_set_defaults(info);
  info->dct_method = JDCT_ISLOW;
  jpeg_set_quality(info, quality, TRUE);
  info->comp_info[0].h_samp_factor = subsampling;
  info->comp_info[0].v_samp_factor = subsampling;
  jpeg_start_compress(info, TRUE);
  while (info->next_scanline < info->image_height) {
    JSAMPROW row = (JSAMPROW)(rgb + (size_t)info->next_scanline * (size_t)width * 3);
    jpeg_write_scanlines(info, &row, 1);
  }
  jpeg_finish_compress(info);
  return 0;
}

int xr_jpeg_encode(
    const uint8_t *rgb, int width, int height, int quality, int subsampling, uint8_t **bytes,
    size_t *count, char *message, size_t message_size) {
  *bytes = NULL;
  *count = 0;
  if (rgb == NULL || width < 1 || height < 1 || width > 65500 || height > 65500 || quality < 1 ||
      quality > 100 || subsampling < 1 || subsampling > 2) {
    if (message != NULL) snprintf(message, message_size, "arguments out of range");
    return -1;
  }
  unsigned long size = capacity_for(width, height);
  unsigned char *memory = malloc(size);
  unsigned char *mine = memory;
  if (memory == NULL) {
    if (message != NULL) snprintf(message, message_size, "out of memory");
    return -2;
  }

  struct jpeg_compress_struct info = {0};
  struct encode_error error = {.message = message, .message_size = message_size};
  info.err = jpeg_std_error(&error.manager);
  error.manager.error_exit = leave;
  error.manager.output_message = keep_quiet;
  int status = compress(
      &info, &error, rgb, width, height, quality, subsampling, &memory, &size);
  jpeg_destroy_compress(&info);
  // Should the room not have been enough, libjpeg went on in memory of its own.
  if (status != 0 || memory != mine) free(mine);
  if (status != 0) return status;
  *bytes = memory;
  *count = size;
  return 0;
}

void xr_jpeg_encode_free(uint8_t *bytes) { free(bytes); }
