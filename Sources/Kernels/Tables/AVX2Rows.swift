/// Shapes that were measured with `avx2`; made by `make tune`, not by hand.
///
/// Pass, kernel, stride, groups, channels of pictures and results, height and width of pictures, algorithm.
enum AVX2Rows {
  static let text = """
    """
}
