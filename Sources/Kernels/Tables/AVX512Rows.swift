/// Shapes that were measured with `avx512`; made by `make tune`, not by hand.
///
/// Pass, kernel, stride, groups, channels of pictures and results, height and width of pictures, algorithm.
enum AVX512Rows {
  static let text = """
    """
}
