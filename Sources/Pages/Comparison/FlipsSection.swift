import Diagnostics
import Reports

/// Two trained models on the same pictures: who is better there, and which pictures flipped.
enum FlipsSection {
  static func section(_ comparison: Comparison, threads: Int) -> Page.Section? {
    guard let pairs = comparison.pictures, pairs.problems.isEmpty else { return nil }
    return section(pairs, title: "Flipped pictures", anchor: "flips", threads: threads)
  }

  static func section(
    _ pairs: PicturePairs, title: String, anchor: String, threads: Int
  ) -> Page.Section {
    let words = PicturePairsText(pairs)
    let body: HTML = """
      <p>\(words.header).</p>
      <p class="note"><b>\(words.verdict).</b><br><span class="small">\(words.grounds)\(pairs.notShared > 0 ? "; \(words.notShared)" : "")</span></p>
      \(FlipSheet(pairs, anchor: anchor + "-grid", threads: threads).html)
      """
    return Page.Section(anchor, title, body)
  }
}
