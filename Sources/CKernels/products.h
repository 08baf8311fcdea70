// What products over blocked layouts share between instruction sets.
#ifndef XR_PRODUCTS_PRIVATE_H
#define XR_PRODUCTS_PRIVATE_H

// Rows at most in a tile of a product, and channels in a tile of a sum over rows: what the registers hold.
#define XR_ROWS (XR_BLOCK == 16 ? 14 : 6)
#define XR_SUM_ROWS (XR_BLOCK / 2)

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
