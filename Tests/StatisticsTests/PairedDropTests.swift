import Foundation
import Statistics
import TestSupport
import XCTest

/// The test of a drop on the same pictures, against other ways to the same numbers.
final class PairedDropTests: XCTestCase {
  private func drop(lost: Int, gained: Int, count: Int) -> PairedDrop {
    let same = count - lost - gained
    return PairedDrop(
      PairedOutcomes(
        bothCorrect: same / 2, onlyFirstCorrect: lost, onlySecondCorrect: gained,
        neitherCorrect: same - same / 2))
  }

  /// The deviation under the likeliest rates with a drop of exactly `bound`, found by search instead of a formula.
  private func searched(lost: Int, gained: Int, count: Int, bound: Double) -> Double {
    let (b, c) = (Double(lost), Double(gained))
    let rest = Double(count) - b - c
    func log(_ count: Double, _ rate: Double) -> Double {
      count == 0 ? 0 : rate <= 0 ? -.infinity : count * Foundation.log(rate)
    }
    func likelihood(_ gainRate: Double) -> Double {
      log(b, gainRate + bound) + log(c, gainRate) + log(rest, 1 - 2 * gainRate - bound)
    }
    var (low, high) = (max(0, -bound), (1 - bound) / 2)
    for _ in 0..<200 {
      let (first, second) = (low + (high - low) / 3, high - (high - low) / 3)
      if likelihood(first) < likelihood(second) { low = first } else { high = second }
    }
    let rate = (low + high) / 2
    return (Double(count) * (2 * rate + bound - bound * bound)).squareRoot()
  }

  func testPValuesAreThoseOfTheLikeliestRates() {
    var generator = SplitMix64(state: 5)
    for _ in 0..<300 {
      let count = Int.random(in: 20...3000, using: &generator)
      let lost = Int.random(in: 0...count / 4, using: &generator)
      let gained = Int.random(in: 1...count / 4, using: &generator)
      let bound = Double.random(in: -0.1...0.1, using: &generator)
      let drop = drop(lost: lost, gained: gained, count: count)
      let deviation = searched(lost: lost, gained: gained, count: count, bound: bound)
      let gap = Double(lost - gained) - Double(count) * bound
      // Flips one way only, on either side of the bound.
      let flips = Binomial(count: count, probability: abs(bound))
      let (atLeast, atMost) =
        bound >= 0
        ? (flips.survival(lost - gained - 1), flips.cdf(lost - gained))
        : (flips.cdf(gained - lost), flips.survival(gained - lost - 1))
      XCTAssertEqual(
        drop.pValue(above: bound), max(atLeast, Normal.cdf(-(gap - 1) / deviation)), accuracy: 1e-6,
        "\(lost) \(gained) \(count) \(bound)")
      XCTAssertEqual(
        drop.pValue(below: bound), max(atMost, Normal.cdf((gap + 1) / deviation)), accuracy: 1e-6,
        "\(lost) \(gained) \(count) \(bound)")
    }
  }

  func testAtNoDropItIsMcNemarsCorrectedTest() {
    let p = drop(lost: 40, gained: 25, count: 800).pValue(above: 0)
    XCTAssertEqual(p, Normal.cdf(-14 / 65.0.squareRoot()), accuracy: 1e-15)
    // Where anything is claimed it is never more certain than the exact test.
    for flips in 1...60 {
      for lost in (flips / 2 + 1)...flips {
        let exact = Binomial(count: flips, probability: 0.5).survival(lost - 1)
        let p = drop(lost: lost, gained: flips - lost, count: 1000).pValue(above: 0)
        if exact > 0.0005, exact <= 0.1 { XCTAssertGreaterThan(p, exact, "\(lost) of \(flips)") }
      }
    }
  }

  func testExchangingBothMirrors() {
    let (a, b) = (drop(lost: 40, gained: 21, count: 900), drop(lost: 21, gained: 40, count: 900))
    for bound in [-0.05, -0.01, 0, 0.013, 0.2] {
      XCTAssertEqual(a.pValue(above: bound), b.pValue(below: -bound))
    }
    let (own, other) = (a.bounds(level: 0.95), b.bounds(level: 0.95))
    XCTAssertEqual(own.lower, -other.upper, accuracy: 1e-12)
    XCTAssertEqual(own.upper, -other.lower, accuracy: 1e-12)
  }

  func testBoundsAreWhereTheTestsTurn() {
    for (lost, gained, count) in [
      (40, 21, 900), (3, 0, 818), (0, 0, 818), (100, 100, 500), (7, 9, 16),
    ] {
      let drop = drop(lost: lost, gained: gained, count: count)
      for level in [0.9, 0.95, 0.99] {
        let bounds = drop.bounds(level: level)
        XCTAssertLessThan(bounds.lower, bounds.upper)
        XCTAssertTrue(bounds.contains(drop.estimate ?? .nan))
        XCTAssertLessThanOrEqual(drop.pValue(above: bounds.lower - 1e-9), 1 - level)
        XCTAssertGreaterThan(drop.pValue(above: bounds.lower + 1e-9), 1 - level)
        XCTAssertLessThanOrEqual(drop.pValue(below: bounds.upper + 1e-9), 1 - level)
        XCTAssertGreaterThan(drop.pValue(below: bounds.upper - 1e-9), 1 - level)
      }
    }
  }

  func testWithoutPicturesNothingIsClaimed() {
    let drop = drop(lost: 0, gained: 0, count: 0)
    XCTAssertNil(drop.estimate)
    XCTAssertEqual(drop.pValue(above: 0), 1)
    XCTAssertEqual(drop.pValue(below: 0), 1)
  }

  /// Computed over all outcomes, not simulated: at a true drop of exactly what is allowed nothing is claimed more often
  /// than stated. A bound below 0 is the other claim, that the drop is surely smaller, with both sides exchanged.
  func testTheErrorRateIsKeptWhateverTheFlips() {
    for count in [200, 818, 2000, 6000] {
      for bound in [0, 0.005, 0.01, 0.03, -0.005, -0.01, -0.03] {
        for less in [0, 0.0005, 0.002, 0.02, 0.1, 0.2] where abs(bound) + less > 0 {
          for alpha in [0.1, 0.05, 0.01] {
            let rate = Power.ofDrop(
              lost: less + max(0, bound), gained: less + max(0, -bound), count: count,
              bound: bound, alpha: alpha)
            XCTAssertLessThanOrEqual(
              rate, alpha, "\(count) pictures, \(bound) allowed, \(less) the other way")
          }
        }
      }
    }
  }

  func testThePowerIsThatOfEveryOutcomeCounted() {
    // Few pictures: each outcome of the three kinds, with its probability.
    let (count, lost, gained) = (30, 0.3, 0.1)
    for bound in [0, 0.05] {
      var expected = 0.0
      for onlyFirst in 0...count {
        for onlySecond in 0...(count - onlyFirst) {
          let drop = drop(lost: onlyFirst, gained: onlySecond, count: count)
          guard drop.pValue(above: bound) <= 0.05 else { continue }
          expected +=
            Binomial(count: count, probability: lost).pmf(onlyFirst)
            * Binomial(count: count - onlyFirst, probability: gained / (1 - lost)).pmf(onlySecond)
        }
      }
      XCTAssertEqual(
        Power.ofDrop(lost: lost, gained: gained, count: count, bound: bound, alpha: 0.05),
        expected, accuracy: 1e-10)
    }
    XCTAssertEqual(Power.ofDrop(lost: 0, gained: 0, count: 100, bound: 0, alpha: 0.05), 0)
  }

  /// Newcombe 1998, "Interval estimation for the difference between independent proportions", table II, method 10.
  func testUnrelatedSharesHaveTheIntervalOfThePaper() throws {
    for (a, n, b, m, lower, upper) in [
      (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090),
      (6, 7, 2, 7, 0.0582, 0.8062),
    ] {
      let difference = ProportionDifference(
        Proportion(successes: a, count: n), Proportion(successes: b, count: m))
      let bounds = try XCTUnwrap(difference.bounds(level: 0.975))
      XCTAssertEqual(bounds.lower, lower, accuracy: 0.00005)
      XCTAssertEqual(bounds.upper, upper, accuracy: 0.00005)
      let mirrored = try XCTUnwrap(
        ProportionDifference(difference.second, difference.first).bounds(level: 0.975))
      XCTAssertEqual(mirrored.lower, -bounds.upper, accuracy: 1e-12)
      XCTAssertEqual(mirrored.upper, -bounds.lower, accuracy: 1e-12)
    }
    let empty = Proportion(successes: 0, count: 0)
    XCTAssertNil(ProportionDifference(empty, empty).bounds(level: 0.95))
  }
}
