#include "peak.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#define CHAINS 12
#define MAX_THREADS 256
// 3 arrays of 256 MiB for all threads together. With 32 MiB each a third of the traffic was found in the last cache
// of a machine that says it has 32.
#define ELEMENTS ((size_t)64 << 20)
// Arrays whose distance is a power of two take each other's places in the caches.
#define APART (ELEMENTS + 1024 + 16 * 5)

typedef float v4 __attribute__((vector_size(16)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v16 __attribute__((vector_size(64)));

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static volatile float sink;

// Chains enough to hide the latency of two units; the compiler keeps them in registers.
#define CHAINED(NAME, TYPE, LANES, TARGET)                                        \
  TARGET static double NAME(double seconds) {                                     \
    TYPE a[CHAINS], m, c;                                                         \
    for (int lane = 0; lane < LANES; lane++) m[lane] = 0.9999f, c[lane] = 1e-4f;  \
    for (int i = 0; i < CHAINS; i++) a[i] = c * (float)(i + 1);                   \
    double begin = now(), end = begin, turns = 0;                                 \
    do {                                                                          \
      for (int k = 0; k < 20000; k++)                                             \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < CHAINS; i++)       \
            a[i] = a[i] * m + c;                                                  \
      turns += 20000;                                                             \
      end = now();                                                                \
    } while (end - begin < seconds);                                              \
    float sum = 0;                                                                \
    for (int i = 0; i < CHAINS; i++) sum += a[i][0] + a[i][LANES - 1];            \
    sink = sum;                                                                   \
    return turns * CHAINS * LANES * 2 / (end - begin) / 1e9;                      \
  }

#if defined(__x86_64__)
CHAINED(chained16, v16, 16, __attribute__((target("avx512f"), noinline)))
CHAINED(chained8, v8, 8, __attribute__((target("avx2,fma"), noinline)))
#endif
CHAINED(chained4, v4, 4, __attribute__((noinline)))

typedef struct {
  int kind;  // the register's width, or 0 for memory
  double seconds, rate;
  float *a, *b, *c;
  size_t count;
  pthread_barrier_t *start;
} Work;

static void triad(Work *work, int streams) {
  // A whole cache line at a time, so that streaming stores never write parts of one.
  v16 *a = (v16 *)work->a, *b = (v16 *)work->b, *c = (v16 *)work->c;
  size_t count = work->count / 16;
  if (streams) {
#if defined(__clang__)
    for (size_t i = 0; i < count; i++) __builtin_nontemporal_store(b[i] + 3.0f * c[i], a + i);
#endif
  } else {
    for (size_t i = 0; i < count; i++) a[i] = b[i] + 3.0f * c[i];
  }
}

static double memory(Work *work, int streams) {
  double begin = now(), end = begin, bytes = 0;
  do {
    triad(work, streams);
    bytes += 12.0 * (double)work->count;
    end = now();
  } while (end - begin < work->seconds);
  return bytes / (end - begin) / 1e9;
}

static void *run(void *pointer) {
  Work *work = pointer;
  pthread_barrier_wait(work->start);
  switch (work->kind) {
#if defined(__x86_64__)
    case 16: work->rate = chained16(work->seconds); break;
    case 8: work->rate = chained8(work->seconds); break;
#endif
    case 0: work->rate = memory(work, 0); break;
    case -1: work->rate = memory(work, 1); break;
    default: work->rate = chained4(work->seconds);
  }
  return NULL;
}

/// The sum of what the threads do at once.
static double together(Work *works, int threads) {
  pthread_t handles[MAX_THREADS];
  pthread_barrier_t start;
  pthread_barrier_init(&start, NULL, (unsigned)threads);
  for (int i = 0; i < threads; i++) {
    works[i].start = &start;
    // A peak of fewer threads would be none.
    if (pthread_create(&handles[i], NULL, run, &works[i]) != 0) abort();
  }
  double sum = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(handles[i], NULL);
    sum += works[i].rate;
  }
  pthread_barrier_destroy(&start);
  return sum;
}

static int bounded(int threads) {
  return threads < 1 ? 1 : threads > MAX_THREADS ? MAX_THREADS : threads;
}

double peak_flops(int threads, int width, double seconds) {
  Work works[MAX_THREADS] = {0};
  threads = bounded(threads);
  for (int i = 0; i < threads; i++) works[i].kind = width > 0 ? width : 4, works[i].seconds = seconds;
  return together(works, threads);
}

double peak_bandwidth(int threads, double seconds) {
  Work works[MAX_THREADS] = {0};
  threads = bounded(threads);
  float *base = aligned_alloc(64, 3 * APART * sizeof(float));
  if (base == NULL) return 0;
  for (size_t i = 0; i < 3 * APART; i++) base[i] = 1;
  size_t part = ELEMENTS / (size_t)threads / 16 * 16;
  double best = 0;
  for (int kind = 0; kind >= -1; kind--) {
    for (int i = 0; i < threads; i++) {
      float *a = base + (size_t)i * part;
      works[i] = (Work){kind, seconds, 0, a, a + APART, a + 2 * APART, part, NULL};
    }
    double rate = together(works, threads);
    if (rate > best) best = rate;
  }
  free(base);
  return best;
}
