#define _GNU_SOURCE
#include "include/libraries.h"

#include <dlfcn.h>
#include <stdio.h>

#include <jpeglib.h>
#include <png.h>

#define TEXT(value) #value
#define VALUE(value) TEXT(value)

const char *xr_jpeg_version(void) {
#ifdef LIBJPEG_TURBO_VERSION
  return VALUE(LIBJPEG_TURBO_VERSION);
#else
  return "";
#endif
}

const char *xr_png_version(void) { return png_get_libpng_ver(NULL); }

const char *xr_zlib_version(void) {
  // libpng has it loaded; its header is not needed for anything else.
  const char *(*version)(void) = (const char *(*)(void))dlsym(RTLD_DEFAULT, "zlibVersion");
  return version ? version() : "";
}
