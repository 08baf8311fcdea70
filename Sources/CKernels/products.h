// What products over blocked layouts share between instruction sets.
#ifndef XR_PRODUCTS_PRIVATE_H
#define XR_PRODUCTS_PRIVATE_H

// Where a panel's rows go: row r of half h to values[r * row + h * half]. A last panel may have one half only.
typedef struct {
  float *values;
  long row, half;
  int halves;
  // Whether bias, residual (as values) and activation follow; `bias` holds both halves or is null.
  int is_finished;
  const float *bias, *residual;
  int activation;
} product_target;

static inline long up(long a, long b) { return (a + b - 1) / b; }
static inline long least(long a, long b) { return a < b ? a : b; }
#endif
