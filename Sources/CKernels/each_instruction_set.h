// Includes XR_BODIES, a file whose functions are named XR_NAME(x), once for each instruction set: with XR_BYTES in a
// vector and XR_BLOCK channels that lie together in the layouts that go with it. FLAT and CHOOSE then pick one.
#include "isa.h"

// Vectors are passed between functions that are always inlined: no calling convention is involved.
#pragma clang diagnostic ignored "-Wpsabi"

#define XR_NAME(name) name##_baseline
#define XR_BYTES 16
#define XR_BLOCK 8
#include XR_BODIES
#undef XR_NAME
#undef XR_BYTES
#undef XR_BLOCK

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX2))), apply_to = function)
#define XR_NAME(name) name##_avx2
#define XR_BYTES 32
#define XR_BLOCK 8
#include XR_BODIES
#undef XR_NAME
#undef XR_BYTES
#undef XR_BLOCK
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(XR_TARGET_AVX512))), apply_to = function)
#define XR_NAME(name) name##_avx512
#define XR_BYTES 64
#define XR_BLOCK 16
#include XR_BODIES
#undef XR_NAME
#undef XR_BYTES
#undef XR_BLOCK
#pragma clang attribute pop

// By the instruction set in use; and by a layout's block of channels, of which 16 is AVX-512's.
#define FLAT(name) (xr_isa() == XR_ISA_AVX512 ? name##_avx512 : xr_isa() == XR_ISA_AVX2 ? name##_avx2 : name##_baseline)
#define CHOOSE(name, block) \
  ((block) == 16 ? name##_avx512 : xr_isa() >= XR_ISA_AVX2 ? name##_avx2 : name##_baseline)
#else
#define FLAT(name) name##_baseline
#define CHOOSE(name, block) name##_baseline
#endif
