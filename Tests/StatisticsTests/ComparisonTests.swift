import Statistics
import XCTest

final class ComparisonTests: XCTestCase {
  private struct Case: Decodable {
    let name: String
    let candidate: [Double]
    let baseline: [Double]
    let margin: Double
    let summaries: [SummaryCase]
    let paired: TestCase?
    let welch: TestCase?
  }

  private struct SummaryCase: Decodable {
    let mean: Double?
    let std: Double?
    let sem: Double?
    let intervals: [[Double]]?
  }

  private struct TestCase: Decodable {
    let p: GoldenNumber
    let df: GoldenNumber
    let interval: [GoldenNumber]
    let greater: GoldenNumber
    let tost: GoldenNumber
  }

  private func cases() throws -> [Case] {
    try Goldens.read("comparisons.json", as: [String: [Case]].self)["cases"] ?? []
  }

  func testSummariesEqualScipy() throws {
    for one in try cases() {
      for (values, golden) in zip([one.candidate, one.baseline], one.summaries) {
        let summary = Summary(values)
        XCTAssertEqual(summary.count, values.count)
        assertClose(summary.mean, golden.mean, one.name)
        assertClose(summary.standardDeviation, golden.std, one.name)
        assertClose(summary.standardError, golden.sem, one.name)
        for (level, ends) in zip([0.9, 0.95, 0.99], golden.intervals ?? []) {
          let interval = summary.interval(level: level)
          let scale = abs(golden.mean ?? 0)
          assertClose(interval?.lower, ends[0], scale: scale, one.name)
          assertClose(interval?.upper, ends[1], scale: scale, one.name)
        }
        if golden.intervals == nil { XCTAssertNil(summary.interval(), one.name) }
      }
    }
  }

  func testPairedTestsEqualScipyAndStatsmodels() throws {
    var count = 0
    for one in try cases() where one.candidate.count == one.baseline.count {
      check(.paired(one.candidate, one.baseline), one.paired, one)
      count += 1
    }
    XCTAssertGreaterThanOrEqual(count, 35)
  }

  func testWelchTestsEqualScipyAndStatsmodels() throws {
    let cases = try cases()
    XCTAssertGreaterThanOrEqual(cases.count, 70)
    for one in cases { check(.welch(one.candidate, one.baseline), one.welch, one) }
  }

  private func check(_ difference: Difference, _ golden: TestCase?, _ one: Case) {
    guard let golden else {
      XCTAssertNil(difference.pValue, one.name)
      XCTAssertNil(difference.interval(), one.name)
      XCTAssertNil(difference.equivalencePValue(margin: one.margin), one.name)
      return
    }
    if difference.standardError == 0 {
      // Where the library divides by zero: nothing of nothing is NaN, which says no difference here.
      let isApart = difference.estimate != 0
      XCTAssertEqual(golden.p.value, isApart ? 0 : nil, one.name)
      XCTAssertEqual(difference.pValue, isApart ? 0 : 1, one.name)
      let estimate = difference.estimate ?? .nan
      XCTAssertEqual(difference.interval(), Interval(estimate, estimate), one.name)
      let equivalence = difference.equivalencePValue(margin: one.margin)
      XCTAssertEqual(equivalence, abs(estimate) < one.margin ? 0 : 0.5, one.name)
      if let tost = golden.tost.value { XCTAssertEqual(equivalence, tost, one.name) }
      return
    }
    assertClose(difference.pValue, golden.p.value, one.name)
    assertClose(difference.degreesOfFreedom, golden.df.value, one.name)
    assertClose(difference.pValue(above: 0), golden.greater.value, one.name)
    // An end near zero is the difference of numbers as large as the interval.
    let ends = golden.interval.compactMap(\.value)
    XCTAssertEqual(ends.count, 2, one.name)
    let scale = ends.map { abs($0) }.max() ?? 0
    assertClose(difference.interval()?.lower, ends[0], scale: scale, one.name)
    assertClose(difference.interval()?.upper, ends[1], scale: scale, one.name)
    assertClose(
      difference.equivalencePValue(margin: one.margin), golden.tost.value, one.name)
  }

  func testWhatOneValueNoneOrAnInfiniteOneSays() {
    XCTAssertNil(Summary([]).mean)
    XCTAssertNil(Summary([]).standardDeviation)
    XCTAssertEqual(Summary([0.25]).mean, 0.25)
    XCTAssertNil(Summary([0.25]).standardError)
    XCTAssertNil(Summary([0.25]).interval())
    XCTAssertEqual(Summary([.nan, 1]).count, 2)
    for bad in [Double.nan, .infinity, -.infinity] {
      XCTAssertNil(Summary([bad]).mean)
      XCTAssertNil(Summary([1, bad, 2]).mean)
      XCTAssertNil(Summary([1, bad, 2]).interval())
      for difference in [
        Difference.paired([1, bad], [1, 2]), .paired([1, 2], [bad, 3]), .welch([1, bad], [1, 2]),
        .welch([1, 2], [1, 2, bad]),
      ] {
        XCTAssertNil(difference.estimate)
        XCTAssertNil(difference.pValue)
        XCTAssertNil(difference.interval())
        XCTAssertNil(difference.equivalencePValue(margin: 1))
      }
    }
    XCTAssertNil(Summary([.greatestFiniteMagnitude, -.greatestFiniteMagnitude]).standardDeviation)
    XCTAssertEqual(Difference.paired([0.75], [0.5]).estimate, 0.25)
    XCTAssertNil(Difference.paired([0.75], [0.5]).pValue)
    XCTAssertNil(Difference.welch([0.75], [0.5, 0.625, 0.5]).pValue)
  }

  func testEqualValuesHaveNoSpreadAndTheirOwnMean() {
    for value in [0.1, 0.7, 1 / 3.0, 1e-9, 12345.678] {
      for count in 2...11 {
        let summary = Summary(Array(repeating: value, count: count))
        XCTAssertEqual(summary.mean, value)
        XCTAssertEqual(summary.standardDeviation, 0)
        XCTAssertEqual(summary.interval(), Interval(value, value))
      }
    }
    // The distances differ in the last bit alone.
    let difference = Difference.paired([0.8, 0.7, 0.4], [0.7, 0.6, 0.3])
    XCTAssertEqual(difference.standardError, 0)
  }

  func testAGroupAgainstItselfIsNoDifference() {
    let values = [0.81, 0.83, 0.7999]
    XCTAssertEqual(Difference.paired(values, values).pValue, 1)
    XCTAssertEqual(Difference.welch(values, values).pValue, 1)
  }

  func testExchangingBothMirrors() throws {
    for one in try cases() {
      let designs: [([Double], [Double]) -> Difference] =
        one.candidate.count == one.baseline.count
        ? [{ .paired($0, $1) }, { .welch($0, $1) }] : [{ .welch($0, $1) }]
      for design in designs {
        let there = design(one.candidate, one.baseline)
        let back = design(one.baseline, one.candidate)
        assertClose(there.pValue, back.pValue, one.name)
        assertClose(
          there.interval()?.lower, back.interval().map { -$0.upper },
          scale: abs(there.estimate ?? 0), one.name)
        assertClose(there.pValue(above: 0.1), back.pValue(below: -0.1), one.name)
      }
    }
  }

  func testAStepOfTheMetricIsASpread() {
    // Two seeds, each one of 80 pictures better: by chance the same distance.
    let step = 1.0 / 80
    let candidate = [0.8 + step, 0.9 + step]
    XCTAssertEqual(Difference.paired(candidate, [0.8, 0.9]).pValue, 0)
    let careful = Difference.paired(candidate, [0.8, 0.9], resolution: step)
    XCTAssertGreaterThan(careful.pValue ?? 0, 0.15)
    // A larger spread is what it is.
    let wide = Difference.paired([0.8, 0.9, 0.7], [0.6, 0.8, 0.7])
    XCTAssertEqual(wide, .paired([0.8, 0.9, 0.7], [0.6, 0.8, 0.7], resolution: step))
    let groups = Difference.welch([0.5, 0.5], [0.25, 0.25], resolution: 0.25)
    assertClose(groups.standardError, 0.25 / 12.0.squareRoot(), "two groups of two")
  }

  func testSeedsDecideWhetherValuesArePairs() {
    func values(_ seeds: [UInt64]) -> SeededValues {
      SeededValues(seeds.map { (seed: $0, value: Double($0 * $0 % 7)) })
    }
    func isPaired(_ a: [UInt64], _ b: [UInt64]) -> Bool {
      if case .paired = Difference(candidate: values(a), baseline: values(b)).design {
        return true
      }
      return false
    }
    XCTAssertTrue(isPaired([1, 2, 3], [3, 1, 2]))
    XCTAssertTrue(isPaired([1, 2, 3], [3, 1, 2, 9]))
    XCTAssertTrue(isPaired([1], [1]))
    XCTAssertFalse(isPaired([1, 2, 3], [1, 2, 4]))
    XCTAssertFalse(isPaired([1, 2], [1, 2, 3, 4, 5]))
    XCTAssertFalse(isPaired([1, 2], []))
    let shuffled = Difference(
      candidate: SeededValues([(3, 0.3), (1, 0.1), (2, 0.25)]),
      baseline: SeededValues([(1, 0.0), (2, 0.2), (3, 0.1)]))
    XCTAssertEqual(shuffled, .paired([0.1, 0.25, 0.3], [0, 0.2, 0.1]))
    // A run that was repeated with its seed is one draw.
    let repeated = SeededValues([(1, 0.5), (1, 0.5), (2, 0.75)])
    XCTAssertEqual(repeated.seeds, [1, 2])
    XCTAssertEqual(repeated.values, [0.5, 0.75])
    XCTAssertEqual(SeededValues([(1, 0.5), (1, 1)]).values, [0.75])
  }
}
