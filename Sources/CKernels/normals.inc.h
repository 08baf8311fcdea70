// Bodies for one instruction set: XR_NAME(x). Eight pairs at a time, in double; no operation that some processor
// would round otherwise, so that all give the same bits.

typedef uint64_t XR_NAME(u8) __attribute__((ext_vector_type(8)));
typedef int64_t XR_NAME(i8) __attribute__((ext_vector_type(8)));
typedef double XR_NAME(d8) __attribute__((ext_vector_type(8)));
typedef float XR_NAME(f8) __attribute__((ext_vector_type(8)));
typedef float XR_NAME(f16) __attribute__((ext_vector_type(16), aligned(4)));
#define U8 XR_NAME(u8)
#define I8 XR_NAME(i8)
#define D8 XR_NAME(d8)
#define F8 XR_NAME(f8)
#define LOW ((U8)0xFFFFFFFF)
#define PICK(mask, yes, no) ((D8)(((I8)(yes) & (mask)) | ((I8)(no) & ~(mask))))

// The 53 bits of two words as a number in [0, 1).
static inline __attribute__((always_inline)) D8 XR_NAME(fraction)(U8 upper, U8 lower) {
  return __builtin_convertvector((I8)((upper << 32 | lower) >> 11), D8) * 0x1p-53;
}

// The natural logarithm of numbers in (0, 1], none of them subnormal: log m = 2 artanh((m - 1) / (m + 1)).
static inline __attribute__((always_inline)) D8 XR_NAME(logarithm)(D8 x) {
  // x = m * 2^exponent with m in [sqrt(1/2), sqrt(2)).
  I8 shifted = (I8)x - 0x3FE6A09E667F3BCDLL, exponent = shifted >> 52;
  D8 m = (D8)((I8)x - (exponent << 52));
  D8 f = m - 1, s = f / (m + 1), z = s * s;
  D8 series = 1.0 / 21;
  for (int n = 19; n >= 3; n -= 2) series = series * z + 1.0 / n;
  return __builtin_convertvector(exponent, D8) * 0x1.62E42FEFA39EFp-1 + (s + s * (z * series)) * 2;
}

// Cosine and sine of a part of the circle in [0, 1).
static inline __attribute__((always_inline)) void XR_NAME(circle)(D8 part, D8 *cosine, D8 *sine) {
  I8 quarter = __builtin_convertvector(part * 4 + 0.5, I8);
  D8 t = (part - __builtin_convertvector(quarter, D8) * 0.25) * 0x1.921FB54442D18p+2, z = t * t;
  // Taylor's series; |t| is at most pi / 4.
  D8 c = 1, s = 1;
  for (int n = 18; n >= 2; n -= 2) {
    c = 1 - c * z * (1.0 / ((n - 1) * n));
    s = 1 - s * z * (1.0 / (n * (n + 1)));
  }
  s *= t;
  I8 is_odd = (quarter & 1) != 0, cosine_falls = ((quarter + 1) & 2) != 0, sine_falls = (quarter & 2) != 0;
  D8 one = PICK(is_odd, s, c), other = PICK(is_odd, c, s);
  *cosine = PICK(cosine_falls, -one, one);
  *sine = PICK(sine_falls, -other, other);
}

// The numbers of pairs first to first + 8.
static inline __attribute__((always_inline)) void XR_NAME(normals8)(
    const normals_work *w, uint32_t first, float *target) {
  U8 c0 = ((U8){0, 1, 2, 3, 4, 5, 6, 7} + first) & LOW, c1 = w->tail[0], c2 = w->tail[1], c3 = w->tail[2];
  uint32_t k0 = w->key[0], k1 = w->key[1];
  for (int round = 0; round < 10; round++) {
    U8 a = c0 * 0xD2511F53u, b = c2 * 0xCD9E8D57u;
    c0 = (b >> 32) ^ c1 ^ k0, c1 = b & LOW;
    c2 = (a >> 32) ^ c3 ^ k1, c3 = a & LOW;
    k0 += 0x9E3779B9u, k1 += 0xBB67AE85u;
  }
  D8 radius = w->deviation * __builtin_elementwise_sqrt(-2 * XR_NAME(logarithm)(1 - XR_NAME(fraction)(c0, c1)));
  D8 cosine, sine;
  XR_NAME(circle)(XR_NAME(fraction)(c2, c3), &cosine, &sine);
  F8 one = __builtin_convertvector(radius * cosine, F8), other = __builtin_convertvector(radius * sine, F8);
  *(XR_NAME(f16) *)target =
      __builtin_shufflevector(one, other, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Pairs from `from` on, `count` numbers.
static void XR_NAME(normals)(const normals_work *w, uint32_t from, float *target, size_t count) {
  size_t i = 0;
  for (; i + 16 <= count; i += 16) XR_NAME(normals8)(w, from + (uint32_t)(i / 2), target + i);
  if (i == count) return;
  float rest[16];
  XR_NAME(normals8)(w, from + (uint32_t)(i / 2), rest);
  memcpy(target + i, rest, (count - i) * sizeof(float));
}

#undef U8
#undef I8
#undef D8
#undef F8
#undef LOW
#undef PICK
