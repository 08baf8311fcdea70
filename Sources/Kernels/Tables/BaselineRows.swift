/// Shapes that were measured with `baseline`; made by `make tune`, not by hand.
///
/// Pass, kernel, stride, groups, channels of pictures and results, height and width of pictures, algorithm.
enum BaselineRows {
  static let text = """
    """
}
