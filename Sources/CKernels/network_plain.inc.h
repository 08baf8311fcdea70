// Bodies over torch's layout, one channel of one picture at a time, for one instruction set. Sums run in sixteen
// lanes in a fixed order, so that they can be vectorised without changing.
#define LANES 16

static float XR_NAME(fold)(const float *lanes) {
  float sums[LANES];
  for (int i = 0; i < LANES; i++) sums[i] = lanes[i];
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int i = 0; i < half; i++) sums[i] += sums[i + half];
  return sums[0];
}

static inline __attribute__((always_inline)) float XR_NAME(act1)(float v, int activation) {
  if (activation != XR_NONE) v = v < 0 ? 0 : v;
  if (activation == XR_RELU6) v = v > 6 ? 6 : v;
  return v;
}

static inline __attribute__((always_inline)) float XR_NAME(pass1)(float g, float y, int activation) {
  if (activation == XR_RELU) return y > 0 ? g : 0;
  if (activation == XR_RELU6) return ((y > 0) & (y < 6)) ? g : 0;
  return g;
}

static void XR_NAME(bn_sums)(const bn_work *a, long chunk, long c) {
  long from = chunk * a->chunk, to = from + a->chunk < a->n ? from + a->chunk : a->n;
  float pivot = a->pivot[c];
  double sum = 0, squares = 0;
  for (long n = from; n < to; n++) {
    const float *x = a->x + (n * a->c + c) * a->size;
    for (long start = 0; start < a->size; start += 4096) {
      long end = start + 4096 < a->size ? start + 4096 : a->size, i = start;
      float s[LANES] = {0}, q[LANES] = {0};
      for (; i + LANES <= end; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
          float v = x[i + lane] - pivot;
          s[lane] += v;
          q[lane] += v * v;
        }
      for (; i < end; i++) {
        float v = x[i] - pivot;
        s[i % LANES] += v;
        q[i % LANES] += v * v;
      }
      sum += XR_NAME(fold)(s);
      squares += XR_NAME(fold)(q);
    }
  }
  double *partial = a->partials + (c * a->chunks + chunk) * 2;
  partial[0] = sum;
  partial[1] = squares;
}

static void XR_NAME(bn_pivot)(const bn_work *a, long c) {
  const float *x = a->x + c * a->size;
  long count = a->size < 64 ? a->size : 64;
  float sum = 0;
  for (long i = 0; i < count; i++) sum += x[i];
  a->pivot[c] = sum / (float)count;
}

static inline __attribute__((always_inline)) void XR_NAME(bn_apply_as)(
    const bn_work *a, long n, long c, int activation) {
  long at = (n * a->c + c) * a->size;
  const float *x = a->x + at, *r = a->residual ? a->residual + at : NULL;
  float *y = a->y + at, factor = a->factor[c], offset = a->offset[c];
  if (r)
    for (long i = 0; i < a->size; i++) y[i] = XR_NAME(act1)(x[i] * factor + offset + r[i], activation);
  else
    for (long i = 0; i < a->size; i++) y[i] = XR_NAME(act1)(x[i] * factor + offset, activation);
}
static void XR_NAME(bn_apply)(const bn_work *a, long n, long c) {
  if (a->activation == XR_RELU) XR_NAME(bn_apply_as)(a, n, c, XR_RELU);
  else if (a->activation == XR_RELU6) XR_NAME(bn_apply_as)(a, n, c, XR_RELU6);
  else XR_NAME(bn_apply_as)(a, n, c, XR_NONE);
}

static inline __attribute__((always_inline)) void XR_NAME(bn_gradient_sums_as)(
    const bn_work *a, long chunk, long c, int activation) {
  long from = chunk * a->chunk, to = from + a->chunk < a->n ? from + a->chunk : a->n;
  float mean = a->pivot[c];
  double sum = 0, product = 0;
  for (long n = from; n < to; n++) {
    long at = (n * a->c + c) * a->size;
    const float *x = a->x + at, *dy = a->incoming + at, *y = a->result + at;
    float *kept = a->kept ? a->kept + at : NULL;
    for (long start = 0; start < a->size; start += 4096) {
      long end = start + 4096 < a->size ? start + 4096 : a->size, i = start;
      float s[LANES] = {0}, p[LANES] = {0};
      for (; i + LANES <= end; i += LANES)
        for (int lane = 0; lane < LANES; lane++) {
          float g = XR_NAME(pass1)(dy[i + lane], y[i + lane], activation);
          s[lane] += g;
          p[lane] += g * (x[i + lane] - mean);
        }
      for (; i < end; i++) {
        float g = XR_NAME(pass1)(dy[i], y[i], activation);
        s[i % LANES] += g;
        p[i % LANES] += g * (x[i] - mean);
      }
      if (kept)
        for (long j = start; j < end; j++) kept[j] = XR_NAME(pass1)(dy[j], y[j], activation);
      sum += XR_NAME(fold)(s);
      product += XR_NAME(fold)(p);
    }
  }
  double *partial = a->partials + (c * a->chunks + chunk) * 2;
  partial[0] = sum;
  partial[1] = product;
}
static void XR_NAME(bn_gradient_sums)(const bn_work *a, long chunk, long c) {
  if (a->activation == XR_RELU) XR_NAME(bn_gradient_sums_as)(a, chunk, c, XR_RELU);
  else if (a->activation == XR_RELU6) XR_NAME(bn_gradient_sums_as)(a, chunk, c, XR_RELU6);
  else XR_NAME(bn_gradient_sums_as)(a, chunk, c, XR_NONE);
}

static inline __attribute__((always_inline)) void XR_NAME(bn_gradient_apply_as)(
    const bn_work *a, long n, long c, int activation) {
  long at = (n * a->c + c) * a->size;
  const float *x = a->x + at, *y = a->result + at, *dy = (a->kept ? a->kept : a->incoming) + at;
  float *dx = a->y + at, factor = a->factor[c], offset = a->offset[c], slope = a->slope[c], mean = a->pivot[c];
  if (a->is_running)
    for (long i = 0; i < a->size; i++) dx[i] = XR_NAME(pass1)(dy[i], y[i], activation) * factor;
  else
    for (long i = 0; i < a->size; i++)
      dx[i] = XR_NAME(pass1)(dy[i], y[i], activation) * factor + (offset - (x[i] - mean) * slope);
}
static void XR_NAME(bn_gradient_apply)(const bn_work *a, long n, long c) {
  int activation = a->kept ? XR_NONE : a->activation;
  if (activation == XR_RELU) XR_NAME(bn_gradient_apply_as)(a, n, c, XR_RELU);
  else if (activation == XR_RELU6) XR_NAME(bn_gradient_apply_as)(a, n, c, XR_RELU6);
  else XR_NAME(bn_gradient_apply_as)(a, n, c, XR_NONE);
}

static long XR_NAME(greatest)(const pool_work *a, const float *x, long oy, long ox) {
  long top = oy * a->stride - a->padding, y0 = top < 0 ? 0 : top;
  long y1 = top + a->kernel < a->h ? top + a->kernel : a->h;
  long left = ox * a->stride - a->padding, x0 = left < 0 ? 0 : left;
  long x1 = left + a->kernel < a->w ? left + a->kernel : a->w;
  long best = y0 * a->w + x0;
  for (long iy = y0; iy < y1; iy++)
    for (long ix = x0; ix < x1; ix++) {
      long i = iy * a->w + ix;
      if (!(x[i] <= x[best]) && x[best] == x[best]) best = i;
    }
  return best;
}

static void XR_NAME(max_pool)(const pool_work *a, long plane) {
  const float *x = a->x + plane * a->h * a->w;
  float *y = a->y + plane * a->oh * a->ow;
  for (long oy = 0; oy < a->oh; oy++)
    for (long ox = 0; ox < a->ow; ox++) y[oy * a->ow + ox] = x[XR_NAME(greatest)(a, x, oy, ox)];
}

static void XR_NAME(max_pool_gradient)(const pool_work *a, long plane) {
  const float *x = a->x + plane * a->h * a->w, *dy = a->dy + plane * a->oh * a->ow;
  float *dx = a->y + plane * a->h * a->w;
  for (long i = 0; i < a->h * a->w; i++) dx[i] = 0;
  for (long oy = 0; oy < a->oh; oy++)
    for (long ox = 0; ox < a->ow; ox++) dx[XR_NAME(greatest)(a, x, oy, ox)] += dy[oy * a->ow + ox];
}

static void XR_NAME(average_pool)(const pool_work *a, long plane) {
  const float *x = a->x + plane * a->h * a->w;
  long size = a->h * a->w, i = 0;
  float lanes[LANES] = {0};
  for (; i + LANES <= size; i += LANES)
    for (int lane = 0; lane < LANES; lane++) lanes[lane] += x[i + lane];
  for (; i < size; i++) lanes[i % LANES] += x[i];
  a->y[plane] = XR_NAME(fold)(lanes) / (float)size;
}

static void XR_NAME(average_pool_gradient)(const pool_work *a, long plane) {
  long size = a->h * a->w;
  float *dx = a->y + plane * size, share = a->dy[plane] / (float)size;
  for (long i = 0; i < size; i++) dx[i] = share;
}

#undef LANES
