// Bodies of the optimizer updates over one slice; included once per instruction set with XR_NAME defined.

static void XR_NAME(sgd)(const xr_sgd_arguments *a, size_t from, size_t to) {
  float *restrict p = a->param, *restrict buffer = a->momentum_buffer;
  const float *restrict grad = a->grad;
  if (a->momentum == 0) {
    for (size_t i = from; i < to; i++) {
      float g = grad[i] * a->grad_scale + a->weight_decay * p[i];
      p[i] -= a->lr * g;
    }
  } else if (a->first_step) {
    // The buffer starts as the gradient itself, without dampening.
    float factor = a->nesterov ? a->momentum : 0;
    for (size_t i = from; i < to; i++) {
      float g = grad[i] * a->grad_scale + a->weight_decay * p[i];
      buffer[i] = g;
      p[i] -= a->lr * (g + factor * g);
    }
  } else if (a->nesterov) {
    for (size_t i = from; i < to; i++) {
      float g = grad[i] * a->grad_scale + a->weight_decay * p[i];
      float b = buffer[i] * a->momentum + g * a->one_minus_dampening;
      buffer[i] = b;
      p[i] -= a->lr * (g + a->momentum * b);
    }
  } else {
    for (size_t i = from; i < to; i++) {
      float g = grad[i] * a->grad_scale + a->weight_decay * p[i];
      float b = buffer[i] * a->momentum + g * a->one_minus_dampening;
      buffer[i] = b;
      p[i] -= a->lr * b;
    }
  }
}

static void XR_NAME(adam)(const xr_adam_arguments *a, size_t from, size_t to) {
  float *restrict p = a->param, *restrict m = a->exp_avg, *restrict v = a->exp_avg_sq;
  const float *restrict grad = a->grad;
  for (size_t i = from; i < to; i++) {
    float w = p[i] * a->param_factor;
    float g = grad[i] * a->grad_scale + a->weight_decay * w;
    float first = m[i] + (g - m[i]) * a->one_minus_beta1;
    float second = v[i] * a->beta2 + a->one_minus_beta2 * g * g;
    m[i] = first;
    v[i] = second;
    float denominator = __builtin_sqrtf(second) / a->bias_correction2_sqrt + a->eps;
    p[i] = w - a->step_size * first / denominator;
  }
}

static double XR_NAME(squares)(const float *values, size_t from, size_t to) {
  // Eight running sums in a fixed order, so that the loop can be vectorised without changing the result.
  double sums[8] = {0};
  size_t i = from;
  for (; i + 8 <= to; i += 8)
    for (int lane = 0; lane < 8; lane++) sums[lane] += (double)values[i + lane] * values[i + lane];
  for (; i < to; i++) sums[0] += (double)values[i] * values[i];
  return ((sums[0] + sums[1]) + (sums[2] + sums[3])) + ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}
