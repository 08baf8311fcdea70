// Optimizer updates in one pass over a parameter, with torch's arithmetic (its single-tensor path on the CPU).
// Scalars that torch computes in double and rounds when it applies them are computed in double by the caller.
// `n` elements; all results are the same for any number of threads.
#ifndef XR_OPTIMIZERS_H
#define XR_OPTIMIZERS_H
#include <stddef.h>

/// torch.optim.SGD. `momentum_buffer` may be null where `momentum` is 0.
///
/// g = grad * grad_scale + weight_decay * param; buffer = first_step ? g : momentum * buffer + (1 - dampening) * g;
/// param -= lr * (nesterov ? g + momentum * buffer : buffer).
void xr_sgd_update(
    float *param, const float *grad, float *momentum_buffer, size_t n, float grad_scale, float lr, float momentum,
    float one_minus_dampening, float weight_decay, int nesterov, int first_step);

/// torch.optim.Adam and AdamW (AdamW: `weight_decay` 0 and `param_factor` 1 - lr * weight_decay; Adam: 1).
///
/// param *= param_factor; g = grad * grad_scale + weight_decay * param;
/// exp_avg += (g - exp_avg) * one_minus_beta1; exp_avg_sq = exp_avg_sq * beta2 + one_minus_beta2 * g * g;
/// param -= step_size * exp_avg / (sqrt(exp_avg_sq) / bias_correction2_sqrt + eps),
/// where step_size = lr / (1 - beta1^step) and bias_correction2_sqrt = sqrt(1 - beta2^step).
void xr_adam_update(
    float *param, const float *grad, float *exp_avg, float *exp_avg_sq, size_t n, float grad_scale,
    float one_minus_beta1, float beta2, float one_minus_beta2, float step_size, float bias_correction2_sqrt, float eps,
    float weight_decay, float param_factor);

/// The sum of squares in double, for gradient norms.
double xr_sum_of_squares(const float *values, size_t n);
#endif
