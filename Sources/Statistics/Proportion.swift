/// A share of pictures, such as an accuracy, and where the share of all such pictures lies.
///
/// It speaks of one trained model; other seeds of its settings scatter beyond this.
package struct Proportion: Sendable, Equatable {
  package let successes: Int
  package let count: Int

  package init(successes: Int, count: Int) {
    precondition(successes >= 0 && successes <= count, "successes are some of all")
    self.successes = successes
    self.count = count
  }

  /// Nil without pictures.
  package var value: Double? { count == 0 ? nil : Double(successes) / Double(count) }

  /// Where the true share lies at the given level; nil without pictures.
  ///
  /// - Source: the score interval of Wilson 1927, which stays within 0 and 1 and covers well from few pictures on
  ///   (Brown, Cai and DasGupta 2001).
  package func interval(level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    guard let value else { return nil }
    let n = Double(count)
    let z = -Normal.quantile((1 - level) / 2)
    let centre = (value + z * z / (2 * n)) / (1 + z * z / n)
    let reach =
      z / (1 + z * z / n) * (value * (1 - value) / n + z * z / (4 * n * n)).squareRoot()
    // Rounding may leave a hair at the ends, where the interval touches them exactly.
    return Interval(
      successes == 0 ? 0 : max(0, centre - reach), successes == count ? 1 : min(1, centre + reach))
  }

  /// One-sided and exact: the probability of this many successes or more where the true share is `bound` or less.
  package func pValue(above bound: Double) -> Double {
    Binomial(count: count, probability: bound).survival(successes - 1)
  }

  /// One-sided and exact: the probability of this few successes or fewer where the true share is `bound` or more.
  package func pValue(below bound: Double) -> Double {
    Binomial(count: count, probability: bound).cdf(successes)
  }
}
