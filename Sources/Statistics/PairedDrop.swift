/// How far the second of two classifiers falls behind the first on the same pictures: the first's accuracy minus the
/// second's, and whether it is more or less than some bound, beyond chance over pictures.
///
/// It speaks of these two trained models. What other seeds would give is another question.
///
/// - Source: the score test of Tango 1998, "Equivalence test and confidence interval for the difference in
///   proportions for the paired-sample design", with a correction for continuity of one picture, with which it is
///   McNemar's corrected test where the bound is 0; never surer than the exact test of flips that go one way.
package struct PairedDrop: Sendable, Equatable {
  package let outcomes: PairedOutcomes

  package init(_ outcomes: PairedOutcomes) { self.outcomes = outcomes }

  /// Nil without pictures.
  package var estimate: Double? {
    outcomes.count == 0
      ? nil
      : Double(outcomes.onlyFirstCorrect - outcomes.onlySecondCorrect) / Double(outcomes.count)
  }

  /// One-sided: the probability of a drop at least this large where the true one is `bound` or less.
  ///
  /// Small where the true drop is above the bound, beyond doubt.
  package func pValue(above bound: Double) -> Double {
    tail(
      lost: outcomes.onlyFirstCorrect, gained: outcomes.onlySecondCorrect, bound)
  }

  /// One-sided: the probability of a drop at most this large where the true one is `bound` or more.
  package func pValue(below bound: Double) -> Double {
    tail(lost: outcomes.onlySecondCorrect, gained: outcomes.onlyFirstCorrect, -bound)
  }

  /// Where the true drop lies: it is above the lower end, and it is below the upper end, each at the level.
  ///
  /// The ends agree with the p-values: `pValue(above: bound) <= 1 - level` where the bound is below the lower end.
  package func bounds(level: Double) -> Interval {
    precondition(level > 0.5 && level < 1, "a one-sided level is above one half")
    let alpha = 1 - level
    return Interval(
      Self.last { pValue(above: $0) <= alpha }, -Self.last { pValue(below: -$0) <= alpha })
  }

  /// The greatest number from -1 to 1 up to which a claim holds.
  private static func last(_ holds: (Double) -> Bool) -> Double {
    var (low, high) = (-1.0, 1.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if holds(middle) { low = middle } else { high = middle }
    }
    return low
  }

  private func tail(lost: Int, gained: Int, _ bound: Double) -> Double {
    Self.tail(lost: Double(lost), gained: Double(gained), count: Double(outcomes.count), bound)
  }

  /// The upper tail of the score statistic for a true drop of `bound`.
  static func tail(lost: Double, gained: Double, count n: Double, _ bound: Double) -> Double {
    guard n > 0 else { return 1 }
    let excess = lost - gained - n * bound - 1
    let deviation =
      bound >= 0
      ? deviation(lost: lost, gained: gained, count: n, bound)
      : deviation(lost: gained, gained: lost, count: n, -bound)
    // Without any spread only what lies beyond the bound speaks against it.
    guard deviation > 0 else { return excess > 0 ? 0 : 1 }
    return max(Normal.cdf(-excess / deviation), oneWay(Int(lost - gained), Int(n), bound))
  }

  /// The exact tail where pictures only ever flip one way: the most skewed case, which a normal tail is too sure of.
  private static func oneWay(_ drop: Int, _ count: Int, _ bound: Double) -> Double {
    let flips = Binomial(count: count, probability: min(1, abs(bound)))
    return bound >= 0 ? flips.survival(drop - 1) : flips.cdf(-drop)
  }

  /// Of `lost - gained`, under the likeliest rates with a drop of exactly `bound >= 0`.
  private static func deviation(
    lost: Double, gained: Double, count n: Double, _ bound: Double
  ) -> Double {
    let b = lost + gained + (lost - gained - 2 * n) * bound
    let root = (b * b + 8 * n * gained * bound * (1 - bound)).squareRoot()
    // Of a negative b the sum would lose its digits; the other form of the root keeps them.
    let rate =
      b >= 0
      ? (b + root) / (4 * n)
      : root == b ? 0 : 2 * gained * bound * (1 - bound) / (root - b)
    return max(0, n * (2 * rate + bound * (1 - bound))).squareRoot()
  }
}
