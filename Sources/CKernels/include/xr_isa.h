// Which instruction set our kernels use.
#ifndef XR_ISA_H
#define XR_ISA_H

/// Instruction sets with kernels of their own, in rising order.
typedef enum { XR_ISA_BASELINE = 0, XR_ISA_AVX2 = 1, XR_ISA_AVX512 = 2 } xr_instruction_set;

/// The one in use: the best of the processor, or the limit where that is lower.
xr_instruction_set xr_isa(void);
/// The best one of the processor.
xr_instruction_set xr_isa_best(void);
/// Limits the choice, for tests and for libraries that are limited themselves. To be called before programs are made.
void xr_isa_limit(xr_instruction_set limit);
/// `avx512`, `avx2` or `baseline`.
const char *xr_isa_name(xr_instruction_set isa);
#endif
