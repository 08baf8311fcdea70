#include "rounding.h"

#include <stdio.h>
#include <stdlib.h>

double xr_round15(double value) {
  /* Printing and reading are both correctly rounded in glibc, which is what Python does too. */
  char text[400];
  snprintf(text, sizeof text, "%.15f", value);
  return strtod(text, NULL);
}
