import Statistics
import Tensors
import XCTest

/// What the tests claim of themselves, held against made-up seeds; every number is drawn from a fixed seed.
final class SimulationTests: XCTestCase {
  /// Normal values of one group in one case.
  private func values(
    _ count: Int, mean: Double = 0, deviation: Double = 1, _ experiment: Int, _ trial: Int,
    _ group: Int
  ) -> [Double] {
    var stream = RandomStream(
      seed: 16, purpose: .test, [UInt64(experiment), UInt64(trial), UInt64(group)])
    return (0..<count).map { _ in mean + deviation * stream.normal() }
  }

  /// How many of the trials a claim is made in.
  private func share(_ trials: Int, _ claims: (Int) -> Bool) -> Double {
    Double((0..<trials).count(where: claims)) / Double(trials)
  }

  /// Four standard errors of a share.
  private func allowed(_ share: Double, _ trials: Int) -> Double {
    4 * (share * (1 - share) / Double(trials)).squareRoot()
  }

  /// Without the search for seeds, which takes longer than the verdict.
  private func quickRule(margin: Double? = nil) -> VerdictRule {
    var rule = VerdictRule(.higherIsBetter, margin: margin)
    rule.mostSeeds = 1
    return rule
  }

  func testSeedsOfOneConfigurationAreCalledDifferentAtTheStatedRate() {
    let rule = quickRule()
    for count in [3, 5, 10] {
      let paired = share(1000) { trial in
        // What a seed does to both counts for neither.
        let seed = values(count, deviation: 3, count, trial, 0)
        let (a, b) = (values(count, count, trial, 1), values(count, count, trial, 2))
        let difference = Difference.paired(
          zip(seed, a).map { 0.8 + 0.01 * ($0 + $1) }, zip(seed, b).map { 0.8 + 0.01 * ($0 + $1) })
        let verdict = rule.judge(difference).verdict
        return verdict == .better || verdict == .worse
      }
      XCTAssertEqual(paired, 0.05, accuracy: 0.01, "paired, \(count) seeds")
      let welch = share(1000) { trial in
        let difference = Difference.welch(
          values(count, 100 + count, trial, 1), values(count + 2, 100 + count, trial, 2))
        let verdict = rule.judge(difference).verdict
        return verdict == .better || verdict == .worse
      }
      XCTAssertEqual(welch, 0.05, accuracy: 0.01, "Welch, \(count) seeds against \(count + 2)")
    }
  }

  func testPValuesAreUniformWhereNothingDiffers() {
    let trials = 20_000
    let tests: [(String, (Int) -> Double?)] = [
      (
        "paired",
        { Difference.paired(self.values(4, 200, $0, 1), self.values(4, 200, $0, 2)).pValue }
      ),
      (
        "Welch, unequal spreads",
        {
          Difference.welch(self.values(9, 201, $0, 1), self.values(12, deviation: 2, 201, $0, 2))
            .pValue
        }
      ),
    ]
    for (name, test) in tests {
      var counts = [Int](repeating: 0, count: 20)
      for trial in 0..<trials { counts[min(19, Int((test(trial) ?? 0) * 20))] += 1 }
      let expected = Double(trials) / 20
      let chi = counts.reduce(0) {
        $0 + (Double($1) - expected) * (Double($1) - expected) / expected
      }
      let p = SpecialFunctions.regularizedGamma(19.0 / 2, chi / 2).upper
      XCTAssertGreaterThan(p, 0.001, "\(name): \(counts)")
    }
  }

  func testIntervalsCoverAtTheirLevel() {
    for level in [0.8, 0.95] {
      let trials = 10_000
      let single = share(trials) { trial in
        Summary(values(4, mean: 5, 300, trial, 0)).interval(level: level)?.contains(5) == true
      }
      XCTAssertEqual(single, level, accuracy: allowed(level, trials))
      let paired = share(trials) { trial in
        Difference.paired(values(3, mean: 2, 301, trial, 0), values(3, 301, trial, 1))
          .interval(level: level)?.contains(2) == true
      }
      XCTAssertEqual(paired, level, accuracy: allowed(level, trials))
    }
  }

  func testDifferencesAreFoundAsOftenAsTheoryTellsAndInTheRightDirection() {
    let trials = 4000
    for (count, effect) in [(3, 1.5), (5, 1.0), (5, 2.0), (10, 1.0)] {
      let rule = quickRule()
      let n = Double(count)
      var wrong = 0
      let paired = share(trials) { trial in
        let difference = Difference.paired(
          values(count, mean: effect, 400 + count, trial, 1),
          Array(repeating: 0, count: count))
        let verdict = rule.judge(difference).verdict
        wrong += verdict == .worse ? 1 : 0
        return verdict == .better
      }
      let theory = Power.ofDifference(
        effect, standardError: 1 / n.squareRoot(), degreesOfFreedom: n - 1, alpha: 0.05)
      XCTAssertEqual(paired, theory, accuracy: allowed(theory, trials), "paired \(count) \(effect)")
      XCTAssertLessThan(wrong, trials / 200)
      // With equal groups and spreads Welch's test is a little more careful than theory's exact one.
      let welch = share(trials) { trial in
        let difference = Difference.welch(
          values(count, mean: effect, 500 + count, trial, 1), values(count, 500 + count, trial, 2))
        return rule.judge(difference).verdict == .better
      }
      let other = Power.ofDifference(
        effect, standardError: (2 / n).squareRoot(), degreesOfFreedom: 2 * n - 2, alpha: 0.05)
      XCTAssertEqual(
        welch, other, accuracy: allowed(other, trials) + (count == 3 ? 0.05 : 0.02),
        "Welch \(count) \(effect)")
    }
  }

  func testEquivalenceIsShownAsOftenAsTheoryTells() {
    let trials = 4000
    for (count, effect, margin) in [(5, 0.0, 1.5), (5, 0.5, 2.0), (10, 0.0, 1.0), (3, 0.0, 4.0)] {
      let n = Double(count)
      let rule = quickRule(margin: margin)
      let shown = share(trials) { trial in
        let difference = Difference.paired(
          values(count, mean: effect, 600 + count, trial, 1), Array(repeating: 0, count: count))
        return rule.judge(difference).verdict == .equivalent
      }
      let theory = Power.ofEquivalence(
        effect, margin: margin, standardError: 1 / n.squareRoot(), degreesOfFreedom: n - 1,
        alpha: 0.05)
      XCTAssertGreaterThan(theory, 0.3)
      XCTAssertEqual(shown, theory, accuracy: allowed(theory, trials), "\(count) \(effect)")
    }
  }

  func testADifferenceOfTheMarginIsCalledEquivalentAtMostAtTheStatedRate() {
    let trials = 4000
    for count in [4, 12] {
      let rule = quickRule(margin: 2)
      let wrong = share(trials) { trial in
        let difference = Difference.welch(
          values(count, mean: -2, 700 + count, trial, 1), values(count, 700 + count, trial, 2))
        return rule.judge(difference).verdict == .equivalent
      }
      XCTAssertLessThan(wrong, 0.05 + allowed(0.05, trials))
      if count == 12 { XCTAssertGreaterThan(wrong, 0.05 - allowed(0.05, trials)) }
    }
  }

  func testSeedsAskedForDecideAsOftenAsStated() {
    // The spread and the difference are known here, so the answer must hold.
    let effect = 1.0
    let half = 0.5.squareRoot()
    let observed = Difference.paired([effect - half, effect + half], [0, 0])
    guard
      case .inconclusive(moreSeeds: .about(let more)) =
        VerdictRule(.higherIsBetter).judge(observed).verdict
    else { return XCTFail("two seeds decided") }
    let trials = 4000
    let decided = share(trials) { trial in
      let difference = Difference.paired(
        values(2 + more, mean: effect, 800, trial, 0), Array(repeating: 0, count: 2 + more))
      return quickRule().judge(difference).verdict == .better
    }
    XCTAssertGreaterThan(decided, 0.8 - allowed(0.8, trials))
    XCTAssertLessThan(decided, 0.86)
  }

  func testAFamilyClaimsAnythingFalseAtMostAtTheStatedRate() {
    let trials = 4000
    // Six that do not differ, two that do: Holm's order must not let the latter open the door.
    let rule = quickRule()
    let false6 = share(trials) { trial in
      let family = (0..<8).map { index in
        Difference.paired(
          values(5, mean: index < 6 ? 0 : 6, 900, trial, index), Array(repeating: 0, count: 5))
      }
      let judgements = rule.judge(family)
      return judgements[..<6].contains { $0.verdict == .better || $0.verdict == .worse }
    }
    XCTAssertLessThan(false6, 0.05 + allowed(0.05, trials))
    // Not much below either: Holm's share for the six is 5 % once both others are decided.
    XCTAssertGreaterThan(false6, 0.03)

    // With a margin both kinds of claims can be false: of three equal ones a difference, of three at the margin
    // equivalence.
    let strict = quickRule(margin: 4)
    let mixed = share(trials) { trial in
      let family = (0..<6).map { index in
        Difference.paired(
          values(8, mean: index < 3 ? 0 : 4, 901, trial, index), Array(repeating: 0, count: 8))
      }
      let judgements = strict.judge(family)
      return judgements[..<3].contains { $0.verdict == .better || $0.verdict == .worse }
        || judgements[3...].contains { $0.verdict == .equivalent || $0.verdict == .worse }
    }
    XCTAssertLessThan(mixed, 0.05 + allowed(0.05, trials))
  }

  func testMcNemarClaimsAtMostAtItsRate() {
    let trials = 4000
    let wrong = share(trials) { trial in
      var stream = RandomStream(seed: 16, purpose: .test, [1000, UInt64(trial)])
      let first = (0..<200).map { _ in stream.bernoulli(0.7) }
      let second = (0..<200).map { _ in stream.bernoulli(0.7) }
      return PairedOutcomes(first: first, second: second).mcNemarPValue <= 0.05
    }
    XCTAssertLessThan(wrong, 0.05)
    XCTAssertGreaterThan(wrong, 0.02)
  }

  func testBootstrapIntervalsCoverTheTrueDifference() throws {
    let trials = 1000
    // Of all pictures of the world 12 % go right only with the first, 20 % only with the second.
    var covered = (counts: 0, values: 0)
    for trial in 0..<trials {
      var stream = RandomStream(seed: 16, purpose: .test, [1100, UInt64(trial)])
      var (first, second): ([Bool], [Bool]) = ([], [])
      for _ in 0..<300 {
        let place = stream.uniform()
        first.append(place < 0.12 || place > 0.5)
        second.append((place >= 0.12 && place < 0.32) || place > 0.5)
      }
      let outcomes = PairedOutcomes(first: first, second: second)
      let counted = try XCTUnwrap(
        PairedBootstrap(outcomes, resamples: 2000, seed: UInt64(trial)))
      covered.counts += counted.interval.contains(0.08) ? 1 : 0
      if trial < 300 {
        let drawn = try XCTUnwrap(
          PairedBootstrap(
            first: first.map { $0 ? 1 : 0 }, second: second.map { $0 ? 1 : 0 }, resamples: 500,
            seed: UInt64(trial)))
        covered.values += drawn.interval.contains(0.08) ? 1 : 0
      }
    }
    XCTAssertEqual(Double(covered.counts) / 1000, 0.95, accuracy: 0.025)
    XCTAssertEqual(Double(covered.values) / 300, 0.95, accuracy: 0.045)
  }

  func testTheSeedOfTheBootstrapHardlyMatters() throws {
    let outcomes = PairedOutcomes(
      bothCorrect: 700, onlyFirstCorrect: 60, onlySecondCorrect: 90, neitherCorrect: 150)
    let ends = try (0..<20).map {
      try XCTUnwrap(PairedBootstrap(outcomes, resamples: 2000, seed: $0)).interval
    }
    XCTAssertGreaterThan(Set(ends.map(\.lower)).count, 1, "the seed changes nothing")
    let lowers = ends.map(\.lower)
    XCTAssertLessThan((lowers.max() ?? 1) - (lowers.min() ?? 0), 0.005)
  }
}
