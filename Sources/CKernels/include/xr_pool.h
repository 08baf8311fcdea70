// One team of threads for all compute kernels: our own, or that of another library (libgomp) that is already there.
#ifndef XR_POOL_H
#define XR_POOL_H

/// One of the independent parts of a computation. `worker` is below `xr_pool_threads()`; two parts that run at the
/// same time have different ones, so it may pick a scratch buffer. It must not influence results.
typedef void (*xr_task)(void *context, long task, int worker);

/// Runs `body(data)` once on each thread of a team and returns when all are done; the ABI of `GOMP_parallel`.
typedef void (*xr_team)(void (*body)(void *), void *data, unsigned threads, unsigned flags);

/// Sets how many threads compute, the caller's included. Clamped to 1 ... 256.
void xr_pool_set_threads(int threads);
/// How many threads compute, the caller's included.
int xr_pool_threads(void);
/// Uses another library's team instead of our own threads; null for our own again.
void xr_pool_set_team(xr_team team);
/// Runs tasks `0 ..< tasks`, in any order, and returns when all are done. From inside a task, or while another
/// thread uses the pool, it runs them one after the other on the calling thread.
void xr_parallel(long tasks, xr_task run, void *context);
#endif
