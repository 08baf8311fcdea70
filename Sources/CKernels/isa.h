// The features that each translation unit may use; what `xr_isa_best` asks for must cover them.
#ifndef XR_ISA_PRIVATE_H
#define XR_ISA_PRIVATE_H
#include "xr_isa.h"
#define XR_TARGET_AVX2 "avx2,fma"
#define XR_TARGET_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"
#endif
