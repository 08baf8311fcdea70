#ifndef XR_LIBRARIES_H
#define XR_LIBRARIES_H

/// libjpeg-turbo as it was built against, since it cannot be asked; empty where it is another libjpeg.
const char *xr_jpeg_version(void);
/// libpng and zlib as they are loaded; empty where they cannot be asked.
const char *xr_png_version(void);
const char *xr_zlib_version(void);

#endif
