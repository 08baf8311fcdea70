// The features that each instruction set's functions may use; what `xr_isa_best` asks for must cover them.
#ifndef XR_PIXELS_TARGET_H
#define XR_PIXELS_TARGET_H
#include "xr_isa.h"
#define XR_TARGET_AVX2 "avx2"
#define XR_TARGET_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2"
#endif
