/// Numbers as a small curve of block characters, from zero to the greatest of them.
package enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// One character for each value; more values than `width` are thinned out, the first and the last kept.
  package static func text(_ values: [Double], width: Int = 24) -> String {
    let shown = thinned(values, width)
    return drawn(shown, from: 0, to: shown.max() ?? 0)
  }

  /// The same on a scale of one's own, so that several curves can be compared; a space for what is no number.
  package static func text(
    _ values: [Double], from least: Double, to greatest: Double, width: Int = 24
  ) -> String {
    drawn(thinned(values, width), from: least, to: greatest)
  }

  private static func thinned(_ values: [Double], _ width: Int) -> [Double] {
    precondition(width > 1, "a curve has two ends")
    return values.count <= width
      ? values : (0..<width).map { values[$0 * (values.count - 1) / (width - 1)] }
  }

  private static func drawn(_ values: [Double], from least: Double, to greatest: Double) -> String {
    String(
      values.map { value in
        guard value.isFinite else { return " " }
        guard greatest > least, value > least else { return blocks[0] }
        let share = min(1, (value - least) / (greatest - least))
        return blocks[Int((share * Double(blocks.count - 1)).rounded())]
      })
  }
}
