#include "COpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static char problem[256] = "";
static char wanted[64] = "";
static const char *core = "";
static const char *config = "";
static int is_usable = 0;
static int core_is_ours = 0;

typedef void (*sgemm_function)(
    int order, int a, int b, int m, int n, int k, float alpha, const float *pa, int lda, const float *pb, int ldb,
    float beta, float *pc, int ldc);
static sgemm_function sgemm = NULL;

const char *xr_openblas_problem(void) { return problem; }
const char *xr_openblas_core(void) { return core; }
const char *xr_openblas_wanted_core(void) { return wanted; }
int xr_openblas_core_is_ours(void) { return core_is_ours; }
const char *xr_openblas_config(void) { return config; }

static void name_core(void) {
  const char *given = getenv("OPENBLAS_CORETYPE");
  // An empty one names none, though the library takes it for a choice.
  if (given && *given) {
    snprintf(wanted, sizeof wanted, "%s", given);
    return;
  }
#if defined(__x86_64__)
  __builtin_cpu_init();
  const char *name = NULL;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    name = "SkylakeX";
  else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    name = "Haswell";
  if (!name) return;
  snprintf(wanted, sizeof wanted, "%s", name);
  core_is_ours = setenv("OPENBLAS_CORETYPE", name, 1) == 0;
#endif
}

static void load(void) {
  name_core();
  // Its own threads would wait beside ours.
  setenv("OPENBLAS_NUM_THREADS", "1", 0);
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *why = dlerror();
    snprintf(problem, sizeof problem, "%s", why ? why : "libopenblas.so.0 cannot be loaded");
    return;
  }
  sgemm = (sgemm_function)dlsym(library, "cblas_sgemm");
  char *(*get_core)(void) = (char *(*)(void))dlsym(library, "openblas_get_corename");
  char *(*get_config)(void) = (char *(*)(void))dlsym(library, "openblas_get_config");
  void (*set_threads)(int) = (void (*)(int))dlsym(library, "openblas_set_num_threads");
  if (!sgemm || !set_threads) {
    snprintf(problem, sizeof problem, "libopenblas.so.0 has no 'cblas_sgemm' or 'openblas_set_num_threads'");
    return;
  }
  set_threads(1);
  if (get_core) core = get_core();
  if (get_config) config = get_config();
  is_usable = 1;
}

int xr_openblas_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return is_usable;
}

void xr_openblas_sgemm(
    int a_is_transposed, int b_is_transposed, long m, long n, long k, const float *a, long lda, const float *b,
    long ldb, float beta, float *c, long ldc) {
  enum { ROW_MAJOR = 101, AS_IT_IS = 111, TRANSPOSED = 112 };
  sgemm(
      ROW_MAJOR, a_is_transposed ? TRANSPOSED : AS_IT_IS, b_is_transposed ? TRANSPOSED : AS_IT_IS, (int)m, (int)n,
      (int)k, 1, a, (int)lda, b, (int)ldb, beta, c, (int)ldc);
}
