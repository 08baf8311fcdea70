import Glibc
import Statistics
import TestSupport
import XCTest

final class PowerTests: XCTestCase {
  private struct Content: Decodable {
    struct Case: Decodable {
      let n: Int
      let effect: Double
      let alpha: Double
      let power: Double
    }
    struct Equivalence: Decodable {
      let n: Int
      let effect: Double
      let margin: Double
      let alpha: Double
      let power: Double
    }
    struct Size: Decodable {
      let effect: Double
      let n: Int
    }
    let paired: [Case]
    let welch: [Case]
    let equivalence: [Equivalence]
    let sizes: [Size]
  }

  private func content() throws -> Content {
    try Goldens.read("power.json", as: Content.self)
  }

  func testPowerOfTheTTestEqualsStatsmodels() throws {
    let content = try content()
    XCTAssertEqual(content.paired.count + content.welch.count, 140)
    for one in content.paired {
      let n = Double(one.n)
      assertClose(
        Power.ofDifference(
          one.effect, standardError: 1 / n.squareRoot(), degreesOfFreedom: n - 1,
          alpha: one.alpha), one.power, "paired, \(one)")
    }
    for one in content.welch {
      let n = Double(one.n)
      assertClose(
        Power.ofDifference(
          one.effect, standardError: (2 / n).squareRoot(), degreesOfFreedom: 2 * n - 2,
          alpha: one.alpha), one.power, "welch, \(one)")
    }
  }

  func testPowerOfEquivalenceIsTheIntegral() throws {
    let cases = try content().equivalence
    XCTAssertEqual(cases.count, 45)
    for one in cases {
      let n = Double(one.n)
      assertClose(
        Power.ofEquivalence(
          one.effect, margin: one.margin, standardError: 1 / n.squareRoot(),
          degreesOfFreedom: n - 1, alpha: one.alpha), one.power, scale: 1e-10, "\(one)")
    }
  }

  func testWithoutSpreadPowerIsAllOrNothing() {
    func difference(_ difference: Double) -> Double {
      Power.ofDifference(difference, standardError: 0, degreesOfFreedom: 3, alpha: 0.05)
    }
    func equivalence(_ difference: Double) -> Double {
      Power.ofEquivalence(
        difference, margin: 0.1, standardError: 0, degreesOfFreedom: 3, alpha: 0.05)
    }
    XCTAssertEqual(difference(0), 0)
    XCTAssertEqual(difference(-0.1), 1)
    XCTAssertEqual(equivalence(0.05), 1)
    XCTAssertEqual(equivalence(0.1), 0)
    XCTAssertEqual(
      Power.ofEquivalence(0, margin: 0, standardError: 1, degreesOfFreedom: 3, alpha: 0.05), 0)
  }

  func testTheSignOfADifferenceDoesNotMatter() {
    for (difference, alpha) in [(0.01, 0.05), (0.4, 0.05), (2.0, 0.001), (9.0, 1e-8)] {
      func power(_ difference: Double) -> Double {
        Power.ofDifference(difference, standardError: 0.3, degreesOfFreedom: 4.5, alpha: alpha)
      }
      XCTAssertEqual(power(difference), power(-difference))
    }
    // Where nothing differs, half of the claims are of either sign.
    assertClose(
      Power.ofDifference(0, standardError: 1, degreesOfFreedom: 7, alpha: 0.05), 0.05, "nothing")
  }

  /// Pairs whose mean and deviation are 1 and 1 / effect.
  private func pairs(effect: Double, _ count: Int) -> Difference {
    let half = (Double(count - 1) / Double(count)).squareRoot() / effect
    let values = (0..<count).map { 1 + ($0 % 2 == 0 ? half : -half) }
    return .paired(values, Array(repeating: 0, count: count))
  }

  func testSeedsAskedForAreTheFewestThatStatsmodelsFinds() throws {
    for size in try content().sizes {
      let difference = pairs(effect: size.effect, 2)
      let judgement = VerdictRule(.higherIsBetter).judge(difference)
      XCTAssertEqual(
        judgement.verdict, .inconclusive(moreSeeds: .about(max(1, size.n - 2))), "\(size)")
    }
  }

  func testSeedsAskedForAreTheFewestThatDecide() {
    let rule = VerdictRule(.higherIsBetter, margin: 1.5)
    for (first, second) in [
      ([1.0, 3], [0.5, 1.5, 2.5]), ([0, 4], [0, 3]), ([1, 1.5], [1, 1.75]),
    ] {
      let difference = Difference.welch(first, second)
      guard case .inconclusive(moreSeeds: .about(let seeds)) = rule.judge(difference).verdict
      else {
        XCTFail("\(first), \(second) is decided")
        continue
      }
      func decides(_ more: Int) -> Bool {
        let (n, m) = (Double(first.count + more), Double(second.count + more))
        let s = Summary(first).standardDeviation ?? .nan
        let r = Summary(second).standardDeviation ?? .nan
        let (a, b) = (s * s / n, r * r / m)
        let degrees = (a + b) * (a + b) / (a * a / (n - 1) + b * b / (m - 1))
        let estimate = difference.estimate ?? .nan
        let error = (a + b).squareRoot()
        let powers = [
          Power.ofDifference(
            estimate, standardError: error, degreesOfFreedom: degrees, alpha: 0.05),
          abs(estimate) < 1.5
            ? Power.ofEquivalence(
              estimate, margin: 1.5, standardError: error, degreesOfFreedom: degrees, alpha: 0.05)
            : 0,
        ]
        return powers.contains { $0 >= 0.8 }
      }
      XCTAssertTrue(decides(seeds))
      for fewer in 1..<seeds { XCTAssertFalse(decides(fewer), "\(fewer) of \(seeds)") }
    }
  }

  /// Among as many comparisons as thousands of runs make, where rough formulas are at their worst.
  func testSeedsAskedForAreTheFewestInFamiliesOfAnySize() throws {
    var generator = SplitMix64(state: 16)
    var (numbers, many) = (0, 0)
    for _ in 0..<300 {
      let count = Int.random(in: 2...5, using: &generator)
      let effect = exp(Double.random(in: -3.5...2.5, using: &generator))
      let unseen = Int(exp(Double.random(in: 0...16, using: &generator)))
      let margin = Bool.random(using: &generator) ? 2.0 : nil
      let difference = pairs(effect: effect, count)
      let estimate = try XCTUnwrap(difference.estimate)
      let deviation = try XCTUnwrap(difference.standardError) * Double(count).squareRoot()
      let verdict = VerdictRule(.higherIsBetter, margin: margin).judge(
        [difference], unseen: unseen
      )[0].verdict
      let alpha = (1 - 0.95) / Double(1 + unseen)
      func decides(_ more: Int) -> Bool {
        let n = Double(count + more)
        let error = deviation / n.squareRoot()
        if Power.ofDifference(estimate, standardError: error, degreesOfFreedom: n - 1, alpha: alpha)
          >= 0.8
        {
          return true
        }
        guard let margin, abs(estimate) < margin else { return false }
        return Power.ofEquivalence(
          estimate, margin: margin, standardError: error, degreesOfFreedom: n - 1, alpha: alpha)
          >= 0.8
      }
      switch verdict {
      case .inconclusive(moreSeeds: .about(let seeds)):
        numbers += 1
        XCTAssertTrue(decides(seeds), "\(effect), \(count), \(unseen): \(seeds)")
        if seeds > 1 {
          XCTAssertFalse(decides(seeds - 1), "\(effect), \(count), \(unseen): \(seeds)")
        }
      case .inconclusive(moreSeeds: .many):
        many += 1
        XCTAssertFalse(decides(1000), "\(effect), \(count), \(unseen)")
      default: break
      }
    }
    XCTAssertGreaterThan(numbers, 100)
    XCTAssertGreaterThan(many, 10)
  }
}
