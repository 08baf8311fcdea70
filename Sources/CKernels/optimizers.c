#include "xr_optimizers.h"

#include "xr_pool.h"

// Slices of a fixed size, so that sums do not depend on the number of threads. 16 K floats stay in the first caches.
#define SLICE ((size_t)16384)

typedef struct {
  float *param, *momentum_buffer;
  const float *grad;
  size_t n;
  float grad_scale, lr, momentum, one_minus_dampening, weight_decay;
  int nesterov, first_step;
} xr_sgd_arguments;

typedef struct {
  float *param, *exp_avg, *exp_avg_sq;
  const float *grad;
  size_t n;
  float grad_scale, one_minus_beta1, beta2, one_minus_beta2, step_size, bias_correction2_sqrt, eps, weight_decay,
      param_factor;
} xr_adam_arguments;

#define XR_BODIES "optimizers.inc.h"
#include "each_instruction_set.h"

static size_t slice_end(size_t from, size_t n) { return n - from < SLICE ? n : from + SLICE; }
static long slices(size_t n) { return (long)((n + SLICE - 1) / SLICE); }

static void sgd_task(void *context, long task, int worker) {
  const xr_sgd_arguments *a = context;
  size_t from = (size_t)task * SLICE;
  (void)worker;
  FLAT(sgd)(a, from, slice_end(from, a->n));
}

void xr_sgd_update(
    float *param, const float *grad, float *momentum_buffer, size_t n, float grad_scale, float lr, float momentum,
    float one_minus_dampening, float weight_decay, int nesterov, int first_step) {
  xr_sgd_arguments a = {param, momentum_buffer, grad, n, grad_scale, lr, momentum, one_minus_dampening, weight_decay,
                        nesterov, first_step};
  xr_parallel(slices(n), sgd_task, &a);
}

static void adam_task(void *context, long task, int worker) {
  const xr_adam_arguments *a = context;
  size_t from = (size_t)task * SLICE;
  (void)worker;
  FLAT(adam)(a, from, slice_end(from, a->n));
}

void xr_adam_update(
    float *param, const float *grad, float *exp_avg, float *exp_avg_sq, size_t n, float grad_scale,
    float one_minus_beta1, float beta2, float one_minus_beta2, float step_size, float bias_correction2_sqrt, float eps,
    float weight_decay, float param_factor) {
  xr_adam_arguments a = {param, exp_avg, exp_avg_sq, grad, n, grad_scale, one_minus_beta1, beta2, one_minus_beta2,
                         step_size, bias_correction2_sqrt, eps, weight_decay, param_factor};
  xr_parallel(slices(n), adam_task, &a);
}

double xr_sum_of_squares(const float *values, size_t n) {
  double sum = 0;
  for (size_t from = 0; from < n; from += SLICE) sum += FLAT(squares)(values, from, slice_end(from, n));
  return sum;
}
