/// The difference between two configurations' means, candidate minus baseline, and what their seeds say about it.
///
/// Fewer than two pairs, or a group of one, show no spread: then there is an estimate, and no test or interval.
///
/// - Source: Student 1908 for pairs; Welch 1947 for groups, with Satterthwaite's degrees of freedom.
package struct Difference: Sendable, Equatable {
  /// How the two groups stand to each other, with what extrapolating to more seeds needs.
  package enum Design: Sendable, Equatable {
    /// The same seeds in both; the deviation is that of the differences.
    case paired(count: Int, deviation: Double?)
    /// Unrelated seeds; each group has its own deviation.
    case welch(candidate: Group, baseline: Group)
  }

  /// A group's size and the deviation of its values.
  package struct Group: Sendable, Equatable {
    package let count: Int
    package let deviation: Double?
  }

  package let design: Design
  /// Nil where a group is empty or holds a value that is not finite.
  package let estimate: Double?

  /// Pairs of values, those of one seed at the same place.
  ///
  /// - Parameter resolution: the metric's smallest step, such as 1 / pictures for an accuracy; 0 where it is
  ///   continuous. Values that happen to fall on the same step have a spread too, that of rounding: a smaller one
  ///   is not believed (`resolution / sqrt(6)` for a difference of two rounded values).
  package static func paired(
    _ candidate: [Double], _ baseline: [Double], resolution: Double = 0
  ) -> Difference {
    precondition(candidate.count == baseline.count, "pairs have two values")
    let differences = Summary(zip(candidate, baseline).map { $0 - $1 })
    // 0.8 - 0.7 and 0.7 - 0.6 differ in the last bit: that is no spread.
    let deviation = differences.standardDeviation.map {
      max(rounded($0, candidate + baseline), resolution / 6.0.squareRoot())
    }
    return Difference(
      design: .paired(count: candidate.count, deviation: deviation), estimate: differences.mean)
  }

  /// Two groups of values of any size, without relation to each other.
  ///
  /// - Parameter resolution: as for pairs; a group's spread is at least `resolution / sqrt(12)`.
  package static func welch(
    _ candidate: [Double], _ baseline: [Double], resolution: Double = 0
  ) -> Difference {
    func group(_ values: [Double]) -> (group: Group, mean: Double?) {
      let summary = Summary(values)
      let deviation = summary.standardDeviation.map {
        max(rounded($0, values), resolution / 12.0.squareRoot())
      }
      return (Group(count: summary.count, deviation: deviation), summary.mean)
    }
    let (first, second) = (group(candidate), group(baseline))
    var estimate: Double?
    if let a = first.mean, let b = second.mean, (a - b).isFinite { estimate = a - b }
    return Difference(
      design: .welch(candidate: first.group, baseline: second.group), estimate: estimate)
  }

  /// By pairs where every seed of the smaller group is also in the other, of which at most half stays without a
  /// partner; else as unrelated groups. Which one depends on the seeds alone, never on the values.
  package init(candidate: SeededValues, baseline: SeededValues, resolution: Double = 0) {
    let pairs = candidate.pairs(with: baseline)
    let (smaller, larger) = (
      min(candidate.seeds.count, baseline.seeds.count),
      max(candidate.seeds.count, baseline.seeds.count)
    )
    if pairs.own.count == smaller && 2 * smaller >= larger {
      self = .paired(pairs.own, pairs.other, resolution: resolution)
    } else {
      self = .welch(candidate.values, baseline.values, resolution: resolution)
    }
  }

  private init(design: Design, estimate: Double?) {
    self.design = design
    self.estimate = estimate
  }

  /// The standard deviation of the estimate; nil where no spread is known.
  package var standardError: Double? { design.spread()?.standardError }

  /// Of the t distribution that the test uses; nil where no spread is known.
  package var degreesOfFreedom: Double? { design.spread()?.degreesOfFreedom }

  /// The probability of a difference at least this large, on either side, where there is none.
  ///
  /// Where there is no spread at all, 0 for any difference and 1 for none; nil where no spread is known.
  package var pValue: Double? {
    statistic(from: 0).map { $0.distribution.twoSided($0.t) }
  }

  /// Where the true difference lies at the given level; a point where there is no spread at all.
  package func interval(level: Double = 0.95) -> Interval? {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    guard let estimate, let (error, degrees) = design.spread() else { return nil }
    let t = StudentT(degreesOfFreedom: degrees).criticalValue(level: level)
    return Interval(estimate - t * error, estimate + t * error)
  }

  /// One-sided: the probability of an estimate at least this high where the true difference is `bound` or less.
  ///
  /// Small where the true difference is above the bound, beyond doubt.
  package func pValue(above bound: Double) -> Double? {
    statistic(from: bound).map { $0.distribution.survival($0.t) }
  }

  /// One-sided: the probability of an estimate at most this high where the true difference is `bound` or more.
  package func pValue(below bound: Double) -> Double? {
    statistic(from: bound).map { $0.distribution.cdf($0.t) }
  }

  /// The p-value of equivalence: small where the true difference is within the margin on both sides, beyond doubt.
  ///
  /// - Source: two one-sided tests, Schuirmann 1987; the larger of both p-values.
  package func equivalencePValue(margin: Double) -> Double? {
    precondition(margin >= 0, "a margin is not negative")
    guard let above = pValue(above: -margin), let below = pValue(below: margin) else { return nil }
    return max(above, below)
  }

  private func statistic(from bound: Double) -> (t: Double, distribution: StudentT)? {
    guard let estimate, let (error, degrees) = design.spread() else { return nil }
    let gap = estimate - bound
    // Exactly at the bound, without spread, speaks for neither side.
    return (gap == 0 ? 0 : gap / error, StudentT(degreesOfFreedom: degrees))
  }

  /// A deviation, or 0 where it is what rounding in the last bits makes of equal numbers.
  private static func rounded(_ deviation: Double, _ values: [Double]) -> Double {
    let largest = values.reduce(0) { max($0, abs($1)) }
    return deviation <= 4 * largest * Double.ulpOfOne ? 0 : deviation
  }
}

extension Difference.Design {
  /// The standard error of the estimate and its degrees of freedom, also if each group had more seeds of the same
  /// spread; nil where no spread is known.
  func spread(more: Int = 0) -> (standardError: Double, degreesOfFreedom: Double)? {
    switch self {
    case .paired(let count, let deviation?):
      let n = Double(count + more)
      return (deviation / n.squareRoot(), n - 1)
    case .welch(let candidate, let baseline):
      guard let s = candidate.deviation, let r = baseline.deviation else { return nil }
      let (n, m) = (Double(candidate.count + more), Double(baseline.count + more))
      // In units of the larger deviation, whose square may otherwise be too small for a number.
      let unit = max(s, r)
      guard unit > 0 else { return (0, n + m - 2) }
      let (a, b) = (s / unit * (s / unit) / n, r / unit * (r / unit) / m)
      return (
        unit * (a + b).squareRoot(), (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1))
      )
    default: return nil
    }
  }
}
