#ifndef XR_JPEG_ENCODE_H
#define XR_JPEG_ENCODE_H

#include <stddef.h>
#include <stdint.h>

/// Writes a baseline JPEG of packed 8-bit RGB rows into fresh memory.
///
/// `quality` is libjpeg's, 1 to 100; `subsampling` is 1 (4:4:4) or 2 (4:2:0). Uses the exact
/// integer DCT, so that equal pixels give equal bytes on every machine.
///
/// Returns 0 and sets `*bytes` (give it to `xr_jpeg_encode_free`) and `*count`; otherwise returns
/// libjpeg's message code plus one, -1 for arguments out of range or -2 for no memory, and copies a message of at
/// most `message_size - 1` characters into `message`, which may be NULL.
int xr_jpeg_encode(
    const uint8_t *rgb, int width, int height, int quality, int subsampling, uint8_t **bytes,
    size_t *count, char *message, size_t message_size);

/// Gives back what `xr_jpeg_encode` allocated; NULL is allowed.
void xr_jpeg_encode_free(uint8_t *bytes);

#endif
