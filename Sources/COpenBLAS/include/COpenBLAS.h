// OpenBLAS behind a small surface, loaded when it is first wanted.
#ifndef XR_OPENBLAS_H
#define XR_OPENBLAS_H

/// Loads the library, once, with one thread: our own pool shares the work out. Returns 1 where it can be used.
///
/// Versions that do not know the processor fall back to kernels for old ones, at a sixth of the speed; so the core
/// is named before the library loads, unless the environment names one already.
int xr_openblas_load(void);
/// Why it cannot be used; empty where it can or was never asked for.
const char *xr_openblas_problem(void);
/// The core whose kernels are in effect, such as `SkylakeX`; empty where it is not loaded.
const char *xr_openblas_core(void);
/// The core that was asked for: by the environment, or by us where that says nothing; empty where nobody did.
const char *xr_openblas_wanted_core(void);
/// 1 where we asked for it, 0 where the environment did.
int xr_openblas_core_is_ours(void);
/// Version and build options.
const char *xr_openblas_config(void);

/// A product of row-major matrices on the calling thread: c = a' b' + beta c.
void xr_openblas_sgemm(
    int a_is_transposed, int b_is_transposed, long m, long n, long k, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc);
#endif
