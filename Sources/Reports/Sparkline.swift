/// Numbers as a small curve of block characters, from zero to the greatest of them.
package enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One character for each value; more values than `width` are thinned out, the first and the last kept.
  package static func text(_ values: [Double], width: Int = 24) -> String {
    precondition(width > 1, "a curve has two ends")
    let shown =
      values.count <= width
      ? values : (0..<width).map { values[$0 * (values.count - 1) / (width - 1)] }
    let greatest = shown.max() ?? 0
    return String(
      shown.map { value in
        guard greatest > 0, value > 0 else { return blocks[0] }
        return blocks[Int((value / greatest * Double(blocks.count - 1)).rounded())]
      })
  }
}
