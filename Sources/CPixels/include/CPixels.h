// Loops over the bytes of pictures. Each has a scalar form, which is the reference, and forms for instruction sets
// that give the same bytes; `xr_isa` chooses.
#ifndef XR_CPIXELS_H
#define XR_CPIXELS_H
#include "xr_colour.h"
#include "xr_resample.h"

/// Bytes behind the last pixel that may be read and written: vectors do not end where pictures do.
enum { XR_PIXEL_SLACK = 128 };
#endif
