// Bodies for one instruction set: XR_NAME(x), XR_BLOCK (16 or 8), XR_ROWS images at most in a tile.

typedef float XR_NAME(sv) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
typedef int XR_NAME(si) __attribute__((ext_vector_type(XR_BLOCK), aligned(4)));
#define SV XR_NAME(sv)
#define SI XR_NAME(si)

static inline __attribute__((always_inline)) SV XR_NAME(finish)(SV v, int activation) {
  if (activation == XR_NONE) return v;
  v = (SV)((SI)v & ~(SI)(v < 0));
  if (activation == XR_RELU6) {
    SI above = v > 6;
    v = (SV)(((SI)v & ~above) | ((SI)(SV)6 & above));
  }
  return v;
}

// One block of rows and one panel of two blocks of results, at every place of the result.
// packed_a: [place][depth][R]; packed_b: [tap][panel][depth][2 * XR_BLOCK].
static inline __attribute__((always_inline)) void XR_NAME(tile_rows)(
    const small_work *w, long row_block, long panel, const int R) {
  const long NR = 2 * XR_BLOCK;
  const float *a_block = w->packed_a + row_block * w->source_places * w->depth * R;
  for (long place = 0; place < w->target_places; place++) {
    SV sums[XR_ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < R; r++) sums[r][0] = sums[r][1] = 0;
    for (long i = w->first_pair[place]; i < w->first_pair[place + 1]; i++) {
      const float *a = a_block + (long)w->pairs[i].place * w->depth * R;
      const float *b = w->packed_b + ((long)w->pairs[i].tap * w->panels + panel) * w->depth * NR;
      for (long k = 0; k < w->depth; k++, a += R, b += NR) {
        SV b0 = *(const SV *)b, b1 = *(const SV *)(b + XR_BLOCK);
#pragma clang loop unroll(full)
        for (int r = 0; r < R; r++) {
          SV v = a[r];
          sums[r][0] += v * b0;
          sums[r][1] += v * b1;
        }
      }
    }
    for (int half = 0; half < 2; half++) {
      long block = panel * 2 + half;
      if (block >= w->target_blocks) break;
      SV bias = w->bias ? *(const SV *)(w->bias + block * XR_BLOCK) : (SV)0;
#pragma clang loop unroll(full)
      for (int r = 0; r < R; r++) {
        long n = row_block * R + r;
        if (n >= w->n) break;
        long at = ((n * w->target_blocks + block) * w->target_places + place) * XR_BLOCK;
        SV v = sums[r][half] + bias;
        if (w->residual) v += *(const SV *)(w->residual + at);
        *(SV *)(w->target + at) = XR_NAME(finish)(v, w->activation);
      }
    }
  }
}

static void XR_NAME(tile)(const small_work *w, long row_block, long panel) {
  switch (w->rows) {
#if XR_ROWS >= 14
    case 14: XR_NAME(tile_rows)(w, row_block, panel, 14); break;
    case 13: XR_NAME(tile_rows)(w, row_block, panel, 13); break;
    case 12: XR_NAME(tile_rows)(w, row_block, panel, 12); break;
    case 11: XR_NAME(tile_rows)(w, row_block, panel, 11); break;
    case 10: XR_NAME(tile_rows)(w, row_block, panel, 10); break;
    case 9: XR_NAME(tile_rows)(w, row_block, panel, 9); break;
    case 8: XR_NAME(tile_rows)(w, row_block, panel, 8); break;
    case 7: XR_NAME(tile_rows)(w, row_block, panel, 7); break;
#endif
    case 6: XR_NAME(tile_rows)(w, row_block, panel, 6); break;
    case 5: XR_NAME(tile_rows)(w, row_block, panel, 5); break;
    case 4: XR_NAME(tile_rows)(w, row_block, panel, 4); break;
    case 3: XR_NAME(tile_rows)(w, row_block, panel, 3); break;
    case 2: XR_NAME(tile_rows)(w, row_block, panel, 2); break;
    default: XR_NAME(tile_rows)(w, row_block, panel, 1); break;
  }
}

// Eight input channels times one panel of two blocks of results, for every tap: sums over places and images.
// packed_x: [place][channels / 8][n][8]; packed_g: [place][panel][n][2 * XR_BLOCK]; out: [taps][8][2 * XR_BLOCK].
static void XR_NAME(weight_tile)(const small_gradient *w, long eight, long panel, float *out) {
  const long NR = 2 * XR_BLOCK;
  for (long tap = 0; tap < w->taps; tap++) {
    SV sums[8][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) sums[r][0] = sums[r][1] = 0;
    for (long i = w->first_pair[tap]; i < w->first_pair[tap + 1]; i++) {
      const float *x = w->packed_x + ((long)w->pairs[i].place * w->eights + eight) * w->n * 8;
      const float *g = w->packed_g + ((long)w->pairs[i].tap * w->panels + panel) * w->n * NR;
      for (long n = 0; n < w->n; n++, x += 8, g += NR) {
        SV g0 = *(const SV *)g, g1 = *(const SV *)(g + XR_BLOCK);
#pragma clang loop unroll(full)
        for (int r = 0; r < 8; r++) {
          SV v = x[r];
          sums[r][0] += v * g0;
          sums[r][1] += v * g1;
        }
      }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < 8; r++) {
      *(SV *)(out + (tap * 8 + r) * NR) = sums[r][0];
      *(SV *)(out + (tap * 8 + r) * NR + XR_BLOCK) = sums[r][1];
    }
  }
}

#undef SV
#undef SI
