// Point-wise functions over flat arrays for one instruction set. NaN stays NaN.

static void XR_NAME(activate)(const float *a, const float *b, float *y, long count, int activation) {
  (void)b;
  if (activation == XR_RELU) {
    for (long i = 0; i < count; i++) y[i] = a[i] < 0 ? 0 : a[i];
  } else if (activation == XR_RELU6) {
    for (long i = 0; i < count; i++) {
      float v = a[i] < 0 ? 0 : a[i];
      y[i] = v > 6 ? 6 : v;
    }
  } else {
    for (long i = 0; i < count; i++) y[i] = a[i];
  }
}

static void XR_NAME(activation_gradient)(const float *a, const float *b, float *y, long count, int activation) {
  if (activation == XR_RELU) {
    for (long i = 0; i < count; i++) y[i] = b[i] > 0 ? a[i] : 0;
  } else if (activation == XR_RELU6) {
    for (long i = 0; i < count; i++) y[i] = ((b[i] > 0) & (b[i] < 6)) ? a[i] : 0;
  } else {
    for (long i = 0; i < count; i++) y[i] = a[i];
  }
}

static void XR_NAME(add)(const float *a, const float *b, float *y, long count, int activation) {
  if (activation == XR_RELU) {
    for (long i = 0; i < count; i++) {
      float v = a[i] + b[i];
      y[i] = v < 0 ? 0 : v;
    }
  } else if (activation == XR_RELU6) {
    for (long i = 0; i < count; i++) {
      float v = a[i] + b[i];
      v = v < 0 ? 0 : v;
      y[i] = v > 6 ? 6 : v;
    }
  } else {
    for (long i = 0; i < count; i++) y[i] = a[i] + b[i];
  }
}
