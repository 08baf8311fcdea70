import Diagnostics
import Statistics

/// What `compare` says of two trained models on the same pictures.
package struct PicturePairsText {
  static let shownFlips = 10

  let pairs: PicturePairs

  package init(_ pairs: PicturePairs) { self.pairs = pairs }

  /// Who is better on the pictures, beyond chance or not.
  package var verdict: String {
    let (a, b) = (pairs.first.folder.name, pairs.second.folder.name)
    let difference = pairs.outcomes.difference ?? 0
    guard pairs.isDifferent else {
      return "no difference shown between \(a) and \(b)"
    }
    return "\(b) is \(difference > 0 ? "better" : "worse") than \(a) by "
      + "\(Numbers.fixed(abs(difference), 4)) on such pictures"
  }

  package var grounds: String {
    let outcomes = pairs.outcomes
    var text = "difference \(Numbers.signed(outcomes.difference, 4))"
    if let interval = pairs.bootstrap?.interval {
      text +=
        ", \(Numbers.percent(pairs.level)) interval \(Numbers.signed(interval.lower, 4)) to "
        + "\(Numbers.signed(interval.upper, 4)) (paired bootstrap)"
    }
    let flips = outcomes.onlyFirstCorrect + outcomes.onlySecondCorrect
    return text + ", \(Numbers.pValue(outcomes.mcNemarPValue)) (exact McNemar test); "
      + "\(Counted.of(flips, "flip")): \(outcomes.onlyFirstCorrect) right in the first alone, "
      + "\(outcomes.onlySecondCorrect) in the second"
  }

  package var header: String {
    "The same \(Counted.of(pairs.outcomes.count, "\(pairs.split) picture")), these two trained "
      + "models; what other seeds would give is another question"
  }

  var flips: Table {
    var table = Table([
      Table.Column("flipped"), Table.Column("label"), Table.Column("first"),
      Table.Column("second"), Table.Column("right"),
    ])
    for flip in pairs.flips.prefix(Self.shownFlips) {
      table.add([
        flip.path, flip.label,
        "\(flip.first.predicted) \(Numbers.fixed(flip.first.probability, 2))",
        "\(flip.second.predicted) \(Numbers.fixed(flip.second.probability, 2))",
        flip.isGained ? "second" : "first",
      ])
    }
    return table
  }

  func text(width: Int) -> String {
    var lines = Wrapped.lines(header, width: width, hanging: 2)
    lines += Wrapped.lines(verdict, width: width, indent: 2, hanging: 4)
    lines += Wrapped.lines(grounds, width: width, indent: 4, hanging: 4)
    if pairs.notShared > 0 { lines.append("    " + notShared) }
    if !pairs.flips.isEmpty {
      let inner = width == .max ? width : width - 2
      lines += flips.text(width: inner).split(separator: "\n").map { "  " + $0 }
      let more = pairs.flips.count - Self.shownFlips
      if more > 0 { lines.append("  and \(more) more: --format json has all") }
    }
    return lines.joined(separator: "\n")
  }

  package var notShared: String {
    "\(Counted.of(pairs.notShared, "row")) left out: the picture is not in both, or has "
      + "another label"
  }
}
