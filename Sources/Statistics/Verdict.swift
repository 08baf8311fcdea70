import Tensors

/// What a comparison with a baseline comes to.
package enum Verdict: Sendable, Equatable {
  case better
  case worse
  /// The true difference is within the stated margin.
  case equivalent
  /// Neither a difference nor its absence is shown.
  case inconclusive(moreSeeds: MoreSeeds)

  /// How many more seeds each configuration would need.
  package enum MoreSeeds: Sendable, Equatable {
    /// The fewest that decide with the rule's power, if difference and spread are as observed. The observed
    /// difference is itself uncertain, so this is an order of magnitude.
    case about(Int)
    /// More than the rule looks for.
    case many
    /// No spread is known yet: at least two seeds of each, then it can be said.
    case unknown
    /// Nobody asked.
    case notSought
  }
}

/// When a difference is called better, worse or equivalent.
///
/// A comparison has two p-values: of a difference (two-sided t test) and, with a margin, of equivalence (two
/// one-sided tests). The comparisons of a family are decided in the order of the smaller of their p-values, as Holm
/// does: the one in place k of m at the error rate `(1 - level) / (m - k + 1)`, and after the first that cannot be
/// decided none is. A comparison that is decided is
///
/// - `equivalent` where its equivalence p-value is at most that rate, even if the difference is also significant:
///   who states a margin has said that less does not matter;
/// - else `better` or `worse`, by the sign of the difference and the direction of the metric;
/// - `inconclusive` otherwise, and always where a configuration has one seed.
///
/// Of no comparison can both claims be false (the difference cannot be 0 and beyond the margin), which is why one
/// place of Holm's order serves both, and why the chance of any false claim in the family is at most `1 - level`.
package struct VerdictRule: Sendable {
  /// Which way a metric improves.
  package enum Direction: Sendable {
    case higherIsBetter
    case lowerIsBetter
  }

  package var direction: Direction
  /// The chance that no claim of a family is false.
  package var level: Double
  /// The largest difference that does not matter; nil where none is stated, and then nothing is equivalent.
  package var margin: Double?
  /// How likely a decision shall be with the seeds that are asked for.
  package var power = 0.8
  /// No more seeds than these are looked for.
  package var mostSeeds = 1000

  package init(_ direction: Direction, level: Double = 0.95, margin: Double? = nil) {
    precondition(level > 0 && level < 1, "a level is between 0 and 1")
    precondition((margin ?? 0) >= 0, "a margin is not negative")
    self.direction = direction
    self.level = level
    self.margin = margin
  }

  /// A verdict and what it rests on.
  package struct Judgement: Sendable, Equatable {
    package let verdict: Verdict
    package let difference: Difference
    /// Of the t test, for this comparison alone.
    package let differencePValue: Double?
    /// Of the two one-sided tests, for this comparison alone; nil without a margin.
    package let equivalencePValue: Double?
    /// The smaller of both after Holm's correction: a claim is made where it is at most `1 - level`.
    package let adjustedPValue: Double?
    /// That of equivalence after the same correction: equivalence is claimed where it is at most `1 - level`; nil
    /// without a margin.
    package let adjustedEquivalencePValue: Double?

    /// Whether equivalence is what `adjustedPValue` is about, as nearer to being shown than a difference.
    package var isAboutEquivalence: Bool {
      guard let equivalencePValue, let differencePValue else { return false }
      return equivalencePValue < differencePValue
    }
  }

  /// The verdict over a single comparison.
  package func judge(_ difference: Difference) -> Judgement { judge([difference])[0] }

  /// The verdicts over comparisons that are looked at together, in the order given.
  ///
  /// - Parameters:
  ///   - unseen: how many more belong to the family. Who compares all of `k` configurations with the one that came out
  ///     best has let the values choose among `k (k - 1) / 2` comparisons, and looks at `k - 1` of them.
  ///   - seeking: of how many, from the first on, the seeds that would decide are looked for, which takes longer than
  ///     everything else.
  package func judge(
    _ family: [Difference], unseen: Int = 0, seeking: Int = .max
  ) -> [Judgement] {
    precondition(unseen >= 0, "a family has at least the comparisons that are looked at")
    let tests = Threads.map(family.count) { index in
      let difference = family[index]
      return (
        difference: difference.pValue,
        equivalence: margin.flatMap { difference.equivalencePValue(margin: $0) }
      )
    }
    let decisive = tests.map { test in
      test.difference.map { min($0, test.equivalence ?? 1) }
    }
    let adjusted = Holm.adjusted(decisive, unseen: unseen)
    // How many are left when it is each one's turn: each of them counts against the rate.
    let order = Holm.ascending(decisive)
    var left = [Int](repeating: 0, count: family.count)
    for (rank, index) in order.enumerated() { left[index] = order.count - rank }
    return Threads.map(family.count) { [left] index in
      let (difference, test, rivals) = (family[index], tests[index], left[index])
      let equivalence = test.equivalence.map { min(1, $0 * Double(rivals + unseen)) }
      return Judgement(
        verdict: verdict(
          difference, equivalence: test.equivalence, adjusted: adjusted[index],
          rivals: Double(rivals + unseen), seeks: index < seeking),
        difference: difference, differencePValue: test.difference,
        equivalencePValue: test.equivalence, adjustedPValue: adjusted[index],
        adjustedEquivalencePValue: equivalence.map { max($0, adjusted[index] ?? $0) })
    }
  }

  private func verdict(
    _ difference: Difference, equivalence: Double?, adjusted: Double?, rivals: Double,
    seeks: Bool
  ) -> Verdict {
    guard let estimate = difference.estimate, let adjusted else {
      return .inconclusive(moreSeeds: .unknown)
    }
    guard adjusted <= 1 - level else {
      return .inconclusive(
        moreSeeds: seeks ? moreSeeds(for: difference, alpha: (1 - level) / rivals) : .notSought)
    }
    // The same product as in Holm's order, so that no rounding comes between: what is decided and not equivalent
    // is so by its difference.
    if let equivalence, equivalence * rivals <= 1 - level { return .equivalent }
    return (estimate > 0) == (direction == .higherIsBetter) ? .better : .worse
  }

  /// The fewest more seeds of each with which a decision at the error rate is as likely as `power` says.
  ///
  /// - Complexity: mostly two computations of power, for it rises with every seed, and rough formulas come near.
  func moreSeeds(for difference: Difference, alpha: Double) -> Verdict.MoreSeeds {
    guard let estimate = difference.estimate, difference.standardError != nil else {
      return .unknown
    }
    func decides(_ more: Int, by formulas: any PowerFormulas.Type) -> Bool {
      guard let (error, degrees) = difference.design.spread(more: more) else { return false }
      if formulas.ofDifference(
        estimate, standardError: error, degreesOfFreedom: degrees, alpha: alpha) >= power
      {
        return true
      }
      guard let margin, abs(estimate) < margin else { return false }
      return formulas.ofEquivalence(
        estimate, margin: margin, standardError: error, degreesOfFreedom: degrees, alpha: alpha)
        >= power
    }
    guard mostSeeds > 0 else { return .many }
    let guess = FirstNumber.of(1...mostSeeds, near: 1) { decides($0, by: RoughPower.self) }
    let fewest = FirstNumber.of(1...mostSeeds, near: guess ?? mostSeeds) {
      decides($0, by: Power.self)
    }
    return fewest.map { .about($0) } ?? .many
  }
}
