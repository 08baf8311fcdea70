// Point-wise functions over flat arrays for one instruction set; after network.inc.h, whose activations they apply. In
// vectors by hand: y is a or b at times, and the compiler's own loops then take one number after the other, with a
// branch that cannot be foreseen.
#define VF XR_NAME(vf)

#define EACH_VECTOR(RESULT)                                                 \
  {                                                                         \
    long i = 0;                                                             \
    VF p = 0, q = 0;                                                        \
    _Pragma("clang loop unroll_count(4)")                                   \
    for (; i + XR_BLOCK <= count; i += XR_BLOCK) {                          \
      p = *(const VF *)(a + i), q = *(const VF *)(b + i);                   \
      *(VF *)(y + i) = RESULT;                                              \
    }                                                                       \
    size_t rest = (size_t)(count - i) * sizeof(float);                      \
    memcpy(&p, a + i, rest), memcpy(&q, b + i, rest);                       \
    p = RESULT;                                                             \
    memcpy(y + i, &p, rest);                                                \
  }
// RESULT is made for each activation by itself.
#define EACH_ACTIVATION(RESULT)                                             \
  if (activation == XR_RELU) EACH_VECTOR(RESULT(XR_RELU))                   \
  else if (activation == XR_RELU6) EACH_VECTOR(RESULT(XR_RELU6))            \
  else EACH_VECTOR(RESULT(XR_NONE))

#define ACTIVATED(activation) XR_NAME(act)(p, activation)
static void XR_NAME(activate)(const float *a, const float *b, float *y, long count, int activation) {
  EACH_ACTIVATION(ACTIVATED)
}

#define PASSED(activation) XR_NAME(pass)(p, q, activation)
static void XR_NAME(activation_gradient)(const float *a, const float *b, float *y, long count, int activation) {
  EACH_ACTIVATION(PASSED)
}

#define SUM(activation) XR_NAME(act)(p + q, activation)
static void XR_NAME(add)(const float *a, const float *b, float *y, long count, int activation) {
  EACH_ACTIVATION(SUM)
}

// For sixteen blocks of four words from block `first` of a Philox4x32-10 stream on, in their order: all bits where a
// word is at least the threshold, else none.
static void XR_NAME(kept)(uint32_t first, const uint32_t *tail, const uint32_t *key, uint64_t threshold, uint32_t masks[64]) {
  typedef uint32_t vu __attribute__((ext_vector_type(16)));
  typedef uint64_t vl __attribute__((ext_vector_type(16)));
  vu c0 = first + (vu){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, c1 = tail[0], c2 = tail[1], c3 = tail[2];
  uint32_t k0 = key[0], k1 = key[1];
  for (int round = 0; round < 10; round++) {
    vl a = __builtin_convertvector(c0, vl) * 0xD2511F53u, b = __builtin_convertvector(c2, vl) * 0xCD9E8D57u;
    c0 = __builtin_convertvector(b >> 32, vu) ^ c1 ^ k0, c1 = __builtin_convertvector(b, vu);
    c2 = __builtin_convertvector(a >> 32, vu) ^ c3 ^ k1, c3 = __builtin_convertvector(a, vu);
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  uint32_t words[4][16] __attribute__((aligned(64)));
  *(vu *)words[0] = c0, *(vu *)words[1] = c1, *(vu *)words[2] = c2, *(vu *)words[3] = c3;
  for (int i = 0; i < 64; i++) masks[i] = words[i % 4][i / 4] >= threshold ? ~0u : 0;
}

#undef EACH_VECTOR
#undef EACH_ACTIVATION
#undef ACTIVATED
#undef PASSED
#undef SUM
#undef VF
