#include "isa.h"

#include <stdatomic.h>

static atomic_int limit = XR_ISA_AVX512;

xr_instruction_set xr_isa_best(void) {
#if defined(__x86_64__)
  static atomic_int known = -1;
  int best = atomic_load_explicit(&known, memory_order_relaxed);
  if (best >= 0) return (xr_instruction_set)best;
  __builtin_cpu_init();
  best = XR_ISA_BASELINE;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) best = XR_ISA_AVX2;
  if (best == XR_ISA_AVX2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    best = XR_ISA_AVX512;
  atomic_store_explicit(&known, best, memory_order_relaxed);
  return (xr_instruction_set)best;
#else
  return XR_ISA_BASELINE;
#endif
}

xr_instruction_set xr_isa(void) {
  int best = xr_isa_best(), bound = atomic_load_explicit(&limit, memory_order_relaxed);
  return (xr_instruction_set)(best < bound ? best : bound);
}

void xr_isa_limit(xr_instruction_set bound) { atomic_store(&limit, (int)bound); }

const char *xr_isa_name(xr_instruction_set isa) {
  return isa == XR_ISA_AVX512 ? "avx512" : isa == XR_ISA_AVX2 ? "avx2" : "baseline";
}
