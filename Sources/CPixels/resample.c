#include "xr_resample.h"

#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "target.h"

// Pixels that one step of a row's sum takes: four weights for AVX2, sixteen for AVX-512.
enum { FOUR = 4, SIXTEEN = 16, HALF = 1 << (XR_RESAMPLE_BITS - 1) };

struct xr_resampling {
  int count, stride, fours, sixteens;
  int32_t *starts, *counts, *weights;
  // For each new pixel and four old ones: the weights' lower 15 bits and the rest, as the words of two vectors whose
  // pairs meet the two pixels that `rows_avx2` puts beside each other.
  int16_t *words;
  // For each new pixel and sixteen old ones: the weights' digits in base 256, from -128 to 127, lowest first.
  int8_t *digits;
};

void xr_resampling_free(xr_resampling *table) {
  if (!table) return;
  free(table->starts);
  free(table->counts);
  free(table->weights);
  free(table->words);
  free(table->digits);
  free(table);
}

static void *copy(const void *from, size_t bytes) {
  void *memory = malloc(bytes ? bytes : 1);
  if (memory) memcpy(memory, from, bytes);
  return memory;
}

static void set_words(int16_t *words, int place, int32_t weight) {
  // Pixels 0 and 1 in the lower half, 2 and 3 in the upper; a pair for each of three channels.
  int16_t *pair = words + place / 2 * 8 + place % 2;
  for (int channel = 0; channel < 3; channel++) {
    pair[channel * 2] = (int16_t)(weight & 0x7FFF);
    pair[channel * 2 + 16] = (int16_t)(weight >> 15);
  }
}

static void set_digits(int8_t *digits, int place, int32_t weight) {
  for (int digit = 0; digit < 3; digit++) {
    int8_t low = (int8_t)(uint8_t)(weight & 0xFF);
    digits[digit * SIXTEEN + place] = low;
    weight = (weight - low) >> 8;
  }
}

xr_resampling *xr_resampling_new(
    const int32_t *starts, const int32_t *counts, const int32_t *weights, int count, int stride) {
  xr_resampling *table = calloc(1, sizeof *table);
  if (!table) return NULL;
  size_t n = (size_t)count;
  int most = 0;
  for (int i = 0; i < count; i++) most = counts[i] > most ? counts[i] : most;
  table->count = count;
  table->stride = stride;
  table->fours = (most + FOUR - 1) / FOUR;
  table->sixteens = (most + SIXTEEN - 1) / SIXTEEN;
  table->starts = copy(starts, n * sizeof *starts);
  table->counts = copy(counts, n * sizeof *counts);
  table->weights = copy(weights, n * (size_t)stride * sizeof *weights);
  table->words = calloc(n * (size_t)table->fours + 1, 32 * sizeof *table->words);
  table->digits = calloc(n * (size_t)table->sixteens + 1, 3 * SIXTEEN);
  if (!table->starts || !table->counts || !table->weights || !table->words || !table->digits) {
    xr_resampling_free(table);
    return NULL;
  }
  for (size_t i = 0; i < n; i++) {
    for (int k = 0; k < counts[i]; k++) {
      int32_t weight = weights[i * (size_t)stride + (size_t)k];
      set_words(table->words + (i * (size_t)table->fours + (size_t)(k / FOUR)) * 32, k % FOUR, weight);
      set_digits(
          table->digits + (i * (size_t)table->sixteens + (size_t)(k / SIXTEEN)) * 3 * SIXTEEN, k % SIXTEEN, weight);
    }
  }
  return table;
}

static inline uint8_t byte(int32_t sum) {
  sum >>= XR_RESAMPLE_BITS;
  return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

// MARK: Rows

static void rows_baseline(const xr_resampling *table, const uint8_t *old, size_t stride, int rows, uint8_t *new_rows) {
  for (int row = 0; row < rows; row++, old += stride) {
    for (int i = 0; i < table->count; i++, new_rows += 3) {
      const uint8_t *pixel = old + (size_t)table->starts[i] * 3;
      const int32_t *weight = table->weights + (size_t)i * (size_t)table->stride;
      // At most 255 x 2^22 x the weights' total of less than two: fits 32 bits.
      int32_t red = HALF, green = HALF, blue = HALF;
      for (int k = 0; k < table->counts[i]; k++, pixel += 3) {
        red += pixel[0] * weight[k];
        green += pixel[1] * weight[k];
        blue += pixel[2] * weight[k];
      }
      new_rows[0] = byte(red);
      new_rows[1] = byte(green);
      new_rows[2] = byte(blue);
    }
  }
}

#if defined(__x86_64__)
static inline void put(uint8_t *pixel, uint32_t rgb) {
  memcpy(pixel, &rgb, 2);
  pixel[2] = (uint8_t)(rgb >> 16);
}

// Sums of parts wrap round in 32 bits; the whole fits.
__attribute__((target(XR_TARGET_AVX2))) static void rows_avx2(
    const xr_resampling *table, const uint8_t *old, size_t stride, int rows, uint8_t *new_rows) {
  const __m256i pairs = _mm256_setr_epi8(
      0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1,  //
      6, -1, 9, -1, 7, -1, 10, -1, 8, -1, 11, -1, -1, -1, -1, -1);
  const int count = table->count, fours = table->fours;
  for (int row = 0; row < rows; row += 2) {
    // The last of an odd number is made twice.
    const uint8_t *lines[2] = {old + (size_t)row * stride, old + (size_t)(row + 1 < rows ? row + 1 : row) * stride};
    uint8_t *outs[2] = {
        new_rows + (size_t)row * (size_t)count * 3,
        new_rows + (size_t)(row + 1 < rows ? row + 1 : row) * (size_t)count * 3};
    const int16_t *words = table->words;
    for (int i = 0; i < count; i++) {
      const size_t from = (size_t)table->starts[i] * 3;
      __m256i low[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
      __m256i high[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
      for (int four = 0; four < fours; four++, words += 32) {
        const __m256i low_weights = _mm256_loadu_si256((const __m256i *)words);
        const __m256i high_weights = _mm256_loadu_si256((const __m256i *)(words + 16));
        if (four * FOUR >= table->counts[i]) continue;
        for (int line = 0; line < 2; line++) {
          const __m128i bytes = _mm_loadu_si128((const __m128i *)(lines[line] + from + (size_t)four * FOUR * 3));
          const __m256i pixels = _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(bytes), pairs);
          low[line] = _mm256_add_epi32(low[line], _mm256_madd_epi16(pixels, low_weights));
          high[line] = _mm256_add_epi32(high[line], _mm256_madd_epi16(pixels, high_weights));
        }
      }
      for (int line = 0; line < 2; line++) {
        const __m256i both = _mm256_add_epi32(low[line], _mm256_slli_epi32(high[line], 15));
        __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
        sum = _mm_srai_epi32(_mm_add_epi32(sum, _mm_set1_epi32(HALF)), XR_RESAMPLE_BITS);
        sum = _mm_packs_epi32(sum, sum);
        put(outs[line] + (size_t)i * 3, (uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(sum, sum)));
      }
    }
  }
}

// Needs more than AVX-512's common part: see `has_byte_products`.
__attribute__((target(XR_TARGET_AVX512 ",avx512vbmi,avx512vnni"))) static void rows_avx512(
    const xr_resampling *table, const uint8_t *old, size_t stride, int rows, uint8_t *new_rows) {
  enum { LINES = 4 };
  uint8_t places[64] = {0};
  for (int i = 0; i < 48; i++) places[i] = (uint8_t)(i % 16 * 3 + i / 16);
  const __m512i by_channel = _mm512_loadu_si512(places);
  const __m128i by_line = _mm_setr_epi8(0, 4, 8, -1, 1, 5, 9, -1, 2, 6, 10, -1, 3, 7, 11, -1);
  const int count = table->count, sixteens = table->sixteens;
  for (int row = 0; row < rows; row += LINES) {
    const uint8_t *lines[LINES];
    uint8_t *outs[LINES];
    for (int line = 0; line < LINES; line++) {
      // The last is made again where there are not as many.
      const size_t number = (size_t)(row + line < rows ? row + line : rows - 1);
      lines[line] = old + number * stride;
      outs[line] = new_rows + number * (size_t)count * 3;
    }
    const int8_t *digits = table->digits;
    for (int i = 0; i < count; i++) {
      const size_t from = (size_t)table->starts[i] * 3;
      __m512i sums[LINES][3];
      for (int line = 0; line < LINES; line++)
        for (int digit = 0; digit < 3; digit++) sums[line][digit] = _mm512_setzero_si512();
      for (int sixteen = 0; sixteen < sixteens; sixteen++, digits += 3 * SIXTEEN) {
        if (sixteen * SIXTEEN >= table->counts[i]) continue;
        const __m512i first = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)digits));
        const __m512i second = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(digits + SIXTEEN)));
        const __m512i third = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(digits + 2 * SIXTEEN)));
        for (int line = 0; line < LINES; line++) {
          const __m512i bytes = _mm512_loadu_si512(lines[line] + from + (size_t)sixteen * SIXTEEN * 3);
          const __m512i pixels = _mm512_permutexvar_epi8(by_channel, bytes);
          sums[line][0] = _mm512_dpbusd_epi32(sums[line][0], pixels, first);
          sums[line][1] = _mm512_dpbusd_epi32(sums[line][1], pixels, second);
          sums[line][2] = _mm512_dpbusd_epi32(sums[line][2], pixels, third);
        }
      }
      __m512i whole[LINES];
      for (int line = 0; line < LINES; line++) {
        const __m512i upper = _mm512_add_epi32(sums[line][1], _mm512_slli_epi32(sums[line][2], 8));
        whole[line] = _mm512_add_epi32(sums[line][0], _mm512_slli_epi32(upper, 8));
      }
      // Each 128 bits become one channel's sums of the four lines.
      const __m512i ab = _mm512_add_epi32(
          _mm512_unpacklo_epi32(whole[0], whole[1]), _mm512_unpackhi_epi32(whole[0], whole[1]));
      const __m512i cd = _mm512_add_epi32(
          _mm512_unpacklo_epi32(whole[2], whole[3]), _mm512_unpackhi_epi32(whole[2], whole[3]));
      __m512i sum = _mm512_add_epi32(_mm512_unpacklo_epi64(ab, cd), _mm512_unpackhi_epi64(ab, cd));
      sum = _mm512_srai_epi32(_mm512_add_epi32(sum, _mm512_set1_epi32(HALF)), XR_RESAMPLE_BITS);
      const __m128i bytes = _mm512_cvtusepi32_epi8(_mm512_max_epi32(sum, _mm512_setzero_si512()));
      const __m128i pixels = _mm_shuffle_epi8(bytes, by_line);
      put(outs[0] + (size_t)i * 3, (uint32_t)_mm_cvtsi128_si32(pixels));
      put(outs[1] + (size_t)i * 3, (uint32_t)_mm_extract_epi32(pixels, 1));
      put(outs[2] + (size_t)i * 3, (uint32_t)_mm_extract_epi32(pixels, 2));
      put(outs[3] + (size_t)i * 3, (uint32_t)_mm_extract_epi32(pixels, 3));
    }
  }
}

static int has_byte_products(void) {
  return __builtin_cpu_supports("avx512vbmi") && __builtin_cpu_supports("avx512vnni");
}
#endif

void xr_resample_rows(const xr_resampling *table, const uint8_t *old, size_t stride, int rows, uint8_t *new_rows) {
#if defined(__x86_64__)
  if (xr_isa() == XR_ISA_AVX512 && has_byte_products()) {
    rows_avx512(table, old, stride, rows, new_rows);
    return;
  }
  if (xr_isa() >= XR_ISA_AVX2) {
    rows_avx2(table, old, stride, rows, new_rows);
    return;
  }
#endif
  rows_baseline(table, old, stride, rows, new_rows);
}

// MARK: Columns

static void columns_baseline(
    const xr_resampling *table, const uint8_t *old, int first_row, size_t stride, size_t from, uint8_t *new_rows) {
  for (int row = 0; row < table->count; row++, new_rows += stride) {
    const int32_t *weight = table->weights + (size_t)row * (size_t)table->stride;
    const uint8_t *line = old + (size_t)(table->starts[row] - first_row) * stride;
    for (size_t i = from; i < stride; i++) {
      int32_t sum = HALF;
      for (int k = 0; k < table->counts[row]; k++) sum += line[(size_t)k * stride + i] * weight[k];
      new_rows[i] = byte(sum);
    }
  }
}

#if defined(__x86_64__)
__attribute__((target(XR_TARGET_AVX2))) static void columns_avx2(
    const xr_resampling *table, const uint8_t *old, int first_row, size_t stride, uint8_t *new_rows) {
  const size_t whole = stride / 16 * 16;
  for (int row = 0; row < table->count; row++) {
    const int32_t *weight = table->weights + (size_t)row * (size_t)table->stride;
    const int count = table->counts[row];
    for (size_t i = 0; i < whole; i += 16) {
      const uint8_t *line = old + (size_t)(table->starts[row] - first_row) * stride + i;
      __m256i first = _mm256_set1_epi32(HALF), second = first;
      for (int k = 0; k < count; k++, line += stride) {
        const __m256i factor = _mm256_set1_epi32(weight[k]);
        const __m128i bytes = _mm_loadu_si128((const __m128i *)line);
        first = _mm256_add_epi32(first, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(bytes), factor));
        second = _mm256_add_epi32(
            second, _mm256_mullo_epi32(_mm256_cvtepu8_epi32(_mm_unpackhi_epi64(bytes, bytes)), factor));
      }
      const __m256i words = _mm256_permute4x64_epi64(
          _mm256_packs_epi32(
              _mm256_srai_epi32(first, XR_RESAMPLE_BITS), _mm256_srai_epi32(second, XR_RESAMPLE_BITS)),
          0xD8);
      _mm_storeu_si128(
          (__m128i *)(new_rows + (size_t)row * stride + i),
          _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
    }
  }
  if (whole < stride) columns_baseline(table, old, first_row, stride, whole, new_rows);
}

__attribute__((target(XR_TARGET_AVX512))) static void columns_avx512(
    const xr_resampling *table, const uint8_t *old, int first_row, size_t stride, uint8_t *new_rows) {
  for (int row = 0; row < table->count; row++) {
    const int32_t *weight = table->weights + (size_t)row * (size_t)table->stride;
    const int count = table->counts[row];
    for (size_t i = 0; i < stride; i += 64) {
      const size_t left = stride - i;
      const __mmask64 mask = left >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << left) - 1;
      const uint8_t *line = old + (size_t)(table->starts[row] - first_row) * stride + i;
      __m512i sums[4];
      for (int part = 0; part < 4; part++) sums[part] = _mm512_set1_epi32(HALF);
      for (int k = 0; k < count; k++, line += stride) {
        const __m512i factor = _mm512_set1_epi32(weight[k]);
        const __m512i bytes = _mm512_maskz_loadu_epi8(mask, line);
        sums[0] = _mm512_add_epi32(
            sums[0], _mm512_mullo_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(bytes)), factor));
        sums[1] = _mm512_add_epi32(
            sums[1], _mm512_mullo_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, 1)), factor));
        sums[2] = _mm512_add_epi32(
            sums[2], _mm512_mullo_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, 2)), factor));
        sums[3] = _mm512_add_epi32(
            sums[3], _mm512_mullo_epi32(_mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(bytes, 3)), factor));
      }
      for (int part = 0; part < 4; part++) {
        const __m512i sum =
            _mm512_max_epi32(_mm512_srai_epi32(sums[part], XR_RESAMPLE_BITS), _mm512_setzero_si512());
        _mm512_mask_cvtusepi32_storeu_epi8(
            new_rows + (size_t)row * stride + i + (size_t)part * 16, (__mmask16)(mask >> (part * 16)), sum);
      }
    }
  }
}
#endif

void xr_resample_columns(
    const xr_resampling *table, const uint8_t *old, int first_row, size_t stride, uint8_t *new_rows) {
#if defined(__x86_64__)
  if (xr_isa() == XR_ISA_AVX512) {
    columns_avx512(table, old, first_row, stride, new_rows);
    return;
  }
  if (xr_isa() == XR_ISA_AVX2) {
    columns_avx2(table, old, first_row, stride, new_rows);
    return;
  }
#endif
  columns_baseline(table, old, first_row, stride, 0, new_rows);
}
