#include "xr_pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#define XR_MAX_THREADS 256

typedef struct {
  xr_task run;
  void *context;
  long tasks;
  atomic_long next;
  atomic_int workers;
} Job;

static pthread_mutex_t owner = PTHREAD_MUTEX_INITIALIZER;
static atomic_int thread_count = 1;
static _Atomic(xr_team) team = NULL;

// Our own threads sleep on `wake` between jobs.
static pthread_mutex_t state = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
static pthread_cond_t done = PTHREAD_COND_INITIALIZER;
static Job *current = NULL;
static unsigned long generation = 0;
static int started = 0;   // threads that exist
static int wanted = 0;    // helpers that take part in the current job
static int running = 0;   // helpers that have not finished it

// Tasks are taken one by one: a core that another process takes away delays one task, not a fixed half of them.
static void work(void *data) {
  Job *job = data;
  int worker = atomic_fetch_add(&job->workers, 1);
  for (;;) {
    long task = atomic_fetch_add(&job->next, 1);
    if (task >= job->tasks) return;
    job->run(job->context, task, worker);
  }
}

static void *helper(void *argument) {
  long index = (long)argument;
  unsigned long seen = 0;
  pthread_mutex_lock(&state);
  for (;;) {
    while (generation == seen) pthread_cond_wait(&wake, &state);
    seen = generation;
    if (index >= wanted) continue;
    Job *job = current;
    pthread_mutex_unlock(&state);
    work(job);
    pthread_mutex_lock(&state);
    if (--running == 0) pthread_cond_signal(&done);
  }
  return NULL;
}

void xr_pool_set_threads(int threads) {
  if (threads < 1) threads = 1;
  if (threads > XR_MAX_THREADS) threads = XR_MAX_THREADS;
  atomic_store(&thread_count, threads);
}

int xr_pool_threads(void) { return atomic_load(&thread_count); }

void xr_pool_set_team(xr_team other) { atomic_store(&team, other); }

static void run_serially(long tasks, xr_task run, void *context) {
  for (long task = 0; task < tasks; task++) run(context, task, 0);
}

void xr_parallel(long tasks, xr_task run, void *context) {
  static _Thread_local int inside = 0;
  int threads = atomic_load(&thread_count);
  if (threads > tasks) threads = (int)tasks;
  if (threads <= 1 || inside || pthread_mutex_trylock(&owner) != 0) {
    run_serially(tasks, run, context);
    return;
  }
  Job job = {.run = run, .context = context, .tasks = tasks};
  xr_team other = atomic_load(&team);
  inside = 1;
  if (other) {
    other(work, &job, (unsigned)threads, 0);
  } else {
    pthread_mutex_lock(&state);
    while (started < threads - 1) {
      pthread_t thread;
      // A thread that cannot be made is done without: the others take its tasks.
      if (pthread_create(&thread, NULL, helper, (void *)(long)started) != 0) break;
      pthread_detach(thread);
      started++;
    }
    int helpers = started < threads - 1 ? started : threads - 1;
    current = &job;
    wanted = running = helpers;
    generation++;
    pthread_cond_broadcast(&wake);
    pthread_mutex_unlock(&state);
    work(&job);
    pthread_mutex_lock(&state);
    while (running > 0) pthread_cond_wait(&done, &state);
    current = NULL;
    pthread_mutex_unlock(&state);
  }
  inside = 0;
  pthread_mutex_unlock(&owner);
}
