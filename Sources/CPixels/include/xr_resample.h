// Lines of pixels at another length: weighted sums in PIL's fixed point with 22 bits.
#ifndef XR_RESAMPLE_H
#define XR_RESAMPLE_H
#include <stddef.h>
#include <stdint.h>

/// Bits after the point of a weight.
enum { XR_RESAMPLE_BITS = 22 };

/// The weights of one length from another, in the orders that the instruction sets want. Immutable.
typedef struct xr_resampling xr_resampling;

/// For each of `count` new pixels the first old one, how many there are, and their weights, `stride` apart; weights
/// are below two in size. Nil where there is no memory.
xr_resampling *xr_resampling_new(
    const int32_t *starts, const int32_t *counts, const int32_t *weights, int count, int stride);
void xr_resampling_free(xr_resampling *table);

/// Makes each of `rows` rows, `stride` bytes apart, as long as the table says; new rows follow each other. Both
/// pictures have XR_PIXEL_SLACK bytes behind them.
void xr_resample_rows(const xr_resampling *table, const uint8_t *old, size_t stride, int rows, uint8_t *new_rows);

/// Makes as many rows as the table says of rows of `stride` bytes; `old` begins at row `first_row` of the table's.
void xr_resample_columns(
    const xr_resampling *table, const uint8_t *old, int first_row, size_t stride, uint8_t *new_rows);
#endif
