import Statistics
import Tensors
import XCTest

final class OutcomeTests: XCTestCase {
  private struct Case: Decodable {
    let counts: [Int]
    let p: Double
    let interval: [Double]?

    var outcomes: PairedOutcomes {
      PairedOutcomes(
        bothCorrect: counts[0], onlyFirstCorrect: counts[1], onlySecondCorrect: counts[2],
        neitherCorrect: counts[3])
    }
  }

  private func cases() throws -> [Case] {
    try Goldens.read("outcomes.json", as: [String: [Case]].self)["cases"] ?? []
  }

  func testMcNemarEqualsStatsmodels() throws {
    let cases = try cases()
    XCTAssertGreaterThanOrEqual(cases.count, 25)
    for one in cases { assertClose(one.outcomes.mcNemarPValue, one.p, "\(one.counts)") }
  }

  func testOutcomesAreCountedPictureByPicture() {
    let outcomes = PairedOutcomes(
      first: [true, true, true, false, false, true],
      second: [true, false, true, true, false, false])
    XCTAssertEqual(
      outcomes,
      PairedOutcomes(bothCorrect: 2, onlyFirstCorrect: 2, onlySecondCorrect: 1, neitherCorrect: 1))
    XCTAssertEqual(outcomes.difference, -1.0 / 6)
    XCTAssertNil(PairedOutcomes(first: [], second: []).difference)
  }

  /// The ends of the interval are drawn: they lie within what 40,000 resamples scatter of the exact points.
  func testBootstrapIntervalsAreTheMultinomialDistributions() throws {
    var count = 0
    for one in try cases() {
      guard let exact = one.interval else { continue }
      count += 1
      let outcomes = one.outcomes
      let bootstrap = try XCTUnwrap(PairedBootstrap(outcomes, resamples: 40_000, seed: 5))
      XCTAssertEqual(bootstrap.difference, outcomes.difference)
      let n = Double(outcomes.count)
      let (b, c) = (Double(outcomes.onlyFirstCorrect), Double(outcomes.onlySecondCorrect))
      let deviation = (b + c - (c - b) * (c - b) / n).squareRoot() / n
      // A quantile's standard error, sqrt(p q / R) / density, four times; and the step of one picture.
      let allowed = 4 * (0.025 * 0.975 / 40_000).squareRoot() / 0.0584 * deviation + 1.001 / n
      XCTAssertEqual(bootstrap.interval.lower, exact[0], accuracy: allowed, "\(one.counts)")
      XCTAssertEqual(bootstrap.interval.upper, exact[1], accuracy: allowed, "\(one.counts)")
    }
    XCTAssertGreaterThanOrEqual(count, 18)
  }

  func testBothWaysToBootstrapAgree() throws {
    let first = (0..<400).map { $0 % 10 < 7 }
    let second = (0..<400).map { $0 % 9 < 7 }
    let counted = try XCTUnwrap(PairedBootstrap(PairedOutcomes(first: first, second: second)))
    let drawn = try XCTUnwrap(
      PairedBootstrap(
        first: first.map { $0 ? 1 : 0 }, second: second.map { $0 ? 1 : 0 }))
    XCTAssertEqual(counted.difference, drawn.difference, accuracy: 1e-12)
    XCTAssertEqual(counted.interval.lower, drawn.interval.lower, accuracy: 1.01 / 400)
    XCTAssertEqual(counted.interval.upper, drawn.interval.upper, accuracy: 1.01 / 400)
  }

  func testBootstrapsRepeatAndMirror() throws {
    let outcomes = PairedOutcomes(
      bothCorrect: 60, onlyFirstCorrect: 11, onlySecondCorrect: 19, neitherCorrect: 10)
    let mirrored = PairedOutcomes(
      bothCorrect: 60, onlyFirstCorrect: 19, onlySecondCorrect: 11, neitherCorrect: 10)
    let there = try XCTUnwrap(PairedBootstrap(outcomes, seed: 3))
    XCTAssertEqual(there, PairedBootstrap(outcomes, seed: 3))
    let back = try XCTUnwrap(PairedBootstrap(mirrored, seed: 3))
    XCTAssertEqual(there.interval, Interval(-back.interval.upper, -back.interval.lower))
    XCTAssertEqual(there.difference, -back.difference)
    let (a, b) = ([0.1, 0.9, 0.3, 0.7, 0.2], [0.2, 0.4, 0.8, 0.6, 0.1])
    let values = try XCTUnwrap(PairedBootstrap(first: a, second: b, resamples: 500))
    let exchanged = try XCTUnwrap(PairedBootstrap(first: b, second: a, resamples: 500))
    XCTAssertEqual(
      values.interval, Interval(-exchanged.interval.upper, -exchanged.interval.lower))
  }

  func testBootstrapsWithoutDifference() throws {
    let same = PairedOutcomes(
      bothCorrect: 5, onlyFirstCorrect: 0, onlySecondCorrect: 0, neitherCorrect: 2)
    XCTAssertEqual(PairedBootstrap(same)?.interval, Interval(0, 0))
    let all = PairedOutcomes(
      bothCorrect: 0, onlyFirstCorrect: 0, onlySecondCorrect: 9, neitherCorrect: 0)
    XCTAssertEqual(PairedBootstrap(all)?.interval, Interval(1, 1))
    XCTAssertNil(PairedBootstrap(PairedOutcomes(first: [], second: [])))
    XCTAssertNil(PairedBootstrap(first: [], second: []))
    XCTAssertNil(PairedBootstrap(first: [1, .nan], second: [1, 2]))
    XCTAssertNotNil(PairedBootstrap(same, resamples: 1))
    // Of two pictures a resample may hold either one twice.
    let two = PairedBootstrap(first: [0, 0], second: [1, 0], resamples: 1000)
    XCTAssertEqual(two?.interval, Interval(0, 1))
  }

  func testAHundredThousandPicturesTakeNoTime() throws {
    let outcomes = PairedOutcomes(
      bothCorrect: 40_000, onlyFirstCorrect: 20_000, onlySecondCorrect: 20_500,
      neitherCorrect: 19_500)
    let clock = ContinuousClock()
    let time = clock.measure { _ = PairedBootstrap(outcomes, resamples: 10_000) }
    // 12 ms where nothing else runs.
    XCTAssertLessThan(time, .seconds(1))
  }

  private struct ProportionCase: Decodable {
    let successes: Int
    let count: Int
    let intervals: [[Double]]
    let bounds: [Double]
    let above: [Double]
    let below: [Double]
  }

  func testProportionsEqualScipyAndStatsmodels() throws {
    let cases =
      try Goldens.read("proportions.json", as: [String: [ProportionCase]].self)["cases"] ?? []
    XCTAssertGreaterThanOrEqual(cases.count, 7)
    for one in cases {
      let proportion = Proportion(successes: one.successes, count: one.count)
      for (level, ends) in zip([0.9, 0.95, 0.99], one.intervals) {
        let interval = proportion.interval(level: level)
        assertClose(interval?.lower, ends[0], scale: 1e-6, "\(one)")
        assertClose(interval?.upper, ends[1], "\(one)")
      }
      for (index, bound) in one.bounds.enumerated() {
        assertClose(proportion.pValue(above: bound), one.above[index], "\(one), above \(bound)")
        assertClose(proportion.pValue(below: bound), one.below[index], "\(one), below \(bound)")
      }
    }
    XCTAssertNil(Proportion(successes: 0, count: 0).interval())
    XCTAssertNil(Proportion(successes: 0, count: 0).value)
    XCTAssertEqual(Proportion(successes: 0, count: 0).pValue(above: 0.5), 1)
    XCTAssertEqual(Proportion(successes: 3, count: 3).interval()?.upper, 1)
    XCTAssertEqual(Proportion(successes: 0, count: 3).interval()?.lower, 0)
    XCTAssertEqual(Proportion(successes: 3, count: 3).pValue(below: 1), 1)
    XCTAssertEqual(Proportion(successes: 3, count: 3).pValue(above: 0), 0)
  }

  private struct CalibrationCase: Decodable {
    struct Row: Decodable {
      let count: Int
      let confidence: Double?
      let accuracy: Double?
    }
    let bins: Int
    let confidences: [Double]
    let correct: [Bool]
    let rows: [Row]
    let error: Double?
  }

  func testCalibrationEqualsNumpy() throws {
    let cases =
      try Goldens.read("calibration.json", as: [String: [CalibrationCase]].self)["cases"] ?? []
    XCTAssertGreaterThanOrEqual(cases.count, 7)
    for one in cases {
      let calibration = try XCTUnwrap(
        Calibration(confidences: one.confidences, correct: one.correct, bins: one.bins))
      XCTAssertEqual(calibration.bins.map(\.count), one.rows.map(\.count))
      for (bin, row) in zip(calibration.bins, one.rows) {
        assertClose(bin.meanConfidence, row.confidence, "confidence")
        assertClose(bin.accuracy, row.accuracy, "accuracy")
      }
      assertClose(calibration.expectedError, one.error, "error")
    }
    XCTAssertNil(Calibration(confidences: [0.5, .nan], correct: [true, true]))
    XCTAssertNil(Calibration(confidences: [1.01], correct: [true]))
    XCTAssertNil(Calibration(confidences: [], correct: [])?.maximumError)
    let sure = Calibration(confidences: [0, 1, 1], correct: [false, true, false])
    XCTAssertEqual(sure?.maximumError, 0.5)
    XCTAssertEqual(sure?.bins.first?.count, 1)
    XCTAssertEqual(sure?.bins.last?.count, 2)
  }
}
