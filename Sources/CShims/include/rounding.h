#ifndef XR_ROUNDING_H
#define XR_ROUNDING_H

/* The number with fifteen digits after the point, halves to even, as Python's `round(x, 15)`. */
double xr_round15(double value);

#endif
