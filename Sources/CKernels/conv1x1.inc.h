// Bodies for one instruction set: XR_NAME(x), XR_BLOCK (16 or 8).
#include "products.inc.h"

// Rows first ..< first + count of one block of channels, one after the other: to[row * place].
static void XR_NAME(gather)(
    const maps *m, const float *values, long block, long first, long count, float *to, long place) {
  long n = first / m->places, at = first % m->places;
  for (long row = 0; row < count;) {
    const float *plane = values + (n * m->blocks + block) * m->h * m->w * XR_BLOCK;
    long span = least(count - row, m->places - at);
    if (m->step == 1) {
      for (long i = 0; i < span; i++) STORE(to + (row + i) * place, LOAD(plane + (at + i) * XR_BLOCK));
    } else {
      for (long i = 0; i < span; i++) {
        long y = (at + i) / m->columns, x = (at + i) % m->columns;
        STORE(to + (row + i) * place, LOAD(plane + (y * m->step * m->w + x * m->step) * XR_BLOCK));
      }
    }
    row += span, at = 0, n++;
  }
}

// The way back with bias, summand and activation, for one half of a panel.
static void XR_NAME(scatter)(
    const maps *m, const conv1x1_work *w, long block, long first, long count, const float *from) {
  WV bias = w->bias ? LOAD(w->bias + block * XR_BLOCK) : (WV)0;
  long n = first / m->places, at = first % m->places;
  for (long row = 0; row < count;) {
    long base = (n * m->blocks + block) * m->h * m->w, span = least(count - row, m->places - at);
    for (long i = 0; i < span; i++) {
      long place = at + i;
      if (m->step != 1) place = place / m->columns * m->step * m->w + place % m->columns * m->step;
      WV v = LOAD(from + (row + i) * NR) + bias;
      if (w->residual) v += LOAD(w->residual + (base + place) * XR_BLOCK);
      STORE(w->target + (base + place) * XR_BLOCK, XR_NAME(finish_tile)(v, w->activation));
    }
    row += span, at = 0, n++;
  }
}

#include "products_end.h"
