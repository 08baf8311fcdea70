import Experiments
import Foundation
import Gates
import Runs
import Statistics
import TestSupport
import XCTest

/// Drops against a baseline: what is claimed of known pairs, and how often of generated ones.
final class GateDropTests: XCTestCase {
  private func gate(_ most: Double, _ baseline: String, _ more: String = "") -> String {
    "{metric: test/acc1, max_drop: \(most), baseline: \(baseline)\(more)}"
  }

  /// Two runs on the same pictures, of which the second lost and gained some.
  private func pair(
    lost: Int, gained: Int, of count: Int, in folder: TemporaryFolder
  ) throws -> (baseline: RunReader, run: RunReader) {
    let names = (0..<count).map { "a/\($0).jpg" }
    let first = names.enumerated().map { index, path in
      (path, "a", index < gained ? "b" : "a")
    }
    let second = names.enumerated().map { index, path in
      (path, "a", index >= gained && index < gained + lost ? "b" : "a")
    }
    return (
      try GatedRun(name: "good", predictions: first).write(in: folder),
      try GatedRun(name: "new", predictions: second).write(in: folder)
    )
  }

  func testARunGatedAgainstItselfPassesAlways() throws {
    let folder = try TemporaryFolder()
    for (name, predictions) in [
      ("one", [("a", "a", "b")]), ("none", []),
      ("many", GatedRun.pictures([("a", right: 400, of: 818)])),
    ] {
      for hasPredictions in [true, false] {
        let run = try GatedRun(
          name: name, predictions: predictions, hasPredictions: hasPredictions
        ).write(in: folder)
        // By another way to the same folder, too.
        let link = folder("link-\(name)-\(hasPredictions)")
        try FileManager.default.createSymbolicLink(
          atPath: link, withDestinationPath: run.folder.path)
        for path in [run.folder.path, run.folder.path + "/", link] {
          for confidence in [0.501, 0.95, 0.9999] {
            let gate = gate(0, path, ", confidence: \(confidence), inconclusive: fail")
            XCTAssertEqual(try GatedRun.result(gate, run).outcome, .passed, gate)
          }
        }
      }
    }
  }

  /// Another run of the same bytes is no more different than itself.
  func testTheSameAnswersPassAlways() throws {
    let folder = try TemporaryFolder()
    for count in [1, 10, 818] {
      let pictures = GatedRun.pictures([("a", right: count / 2, of: count)])
      let first = try GatedRun(name: "a\(count)", predictions: pictures).write(in: folder)
      let second = try GatedRun(name: "b\(count)", predictions: pictures.reversed()).write(
        in: folder)
      let result = try GatedRun.result(gate(0, first.folder.path, ", confidence: 0.999"), second)
      XCTAssertEqual(result.outcome, .passed, result.sentence)
    }
  }

  func testTheSamePicturesAreComparedOneByOne() throws {
    let folder = try TemporaryFolder()
    let (baseline, run) = try pair(lost: 60, gained: 10, of: 1000, in: folder)
    let path = baseline.folder.path
    let drop = PairedDrop(
      PairedOutcomes(
        bothCorrect: 930, onlyFirstCorrect: 60, onlySecondCorrect: 10, neitherCorrect: 0))
    let bounds = drop.bounds(level: 0.95)
    XCTAssertEqual(try GatedRun.result(gate(bounds.lower - 0.001, path), run).outcome, .failed)
    XCTAssertEqual(
      try GatedRun.result(gate(bounds.lower + 0.001, path), run).outcome, .inconclusive)
    XCTAssertEqual(
      try GatedRun.result(gate(bounds.upper - 0.001, path), run).outcome, .inconclusive)
    XCTAssertEqual(try GatedRun.result(gate(bounds.upper + 0.001, path), run).outcome, .passed)
    let failed = try GatedRun.result(gate(0.01, path), run)
    XCTAssertEqual(
      failed.sentence,
      "test/acc1 fell by 0.0500 (0.9900 to 0.9400) from \(baseline.folder.name), and may fall by "
        + "0.01: it fell by more than \(String(format: "%.4f", bounds.lower)) at 95 %; the same 1000 "
        + "pictures, 60 lost and 10 gained")
    // A gain is no drop.
    XCTAssertEqual(try GatedRun.result(gate(0, run.folder.path), baseline).outcome, .passed)
  }

  func testOtherPicturesAreComparedAsShares() throws {
    let folder = try TemporaryFolder()
    let (baseline, run) = try pair(lost: 60, gained: 10, of: 1000, in: folder)
    let paired = try GatedRun.result(gate(0.02, baseline.folder.path), run)
    XCTAssertEqual(paired.outcome, .failed)
    // One picture more, one with another label, or predictions that are lost.
    for change in 0..<3 {
      var rows = try PredictionsReader.read(run.folder.predictions("test")).map {
        ($0.path, $0.label, $0.predicted)
      }
      if change == 0 { rows.append(("a/more.jpg", "a", "a")) }
      if change == 1 { rows[5].1 = "c" }
      let other = try GatedRun(
        name: "other\(change)", predictions: rows, hasPredictions: change < 2
      ).write(in: folder)
      let result = try GatedRun.result(gate(0.02, baseline.folder.path), other)
      XCTAssertTrue(result.sentence.contains("shares are compared"), result.sentence)
      let shares = ProportionDifference(
        Proportion(successes: 990, count: 1000),
        Proportion(successes: rows.count { $0.1 == $0.2 }, count: rows.count))
      let bounds = try XCTUnwrap(shares.bounds(level: 0.95))
      XCTAssertEqual(result.outcome, bounds.lower > 0.02 ? .failed : .inconclusive)
      XCTAssertEqual(
        try GatedRun.result(gate(0.045, baseline.folder.path), other).outcome, .inconclusive)
      XCTAssertEqual(try GatedRun.result(gate(0.1, baseline.folder.path), other).outcome, .passed)
      XCTAssertEqual(try GatedRun.result(gate(0.02, other.folder.path), baseline).outcome, .passed)
    }
  }

  func testABaselineThatIsDamagedIsNotChecked() throws {
    let folder = try TemporaryFolder()
    let run = try pair(lost: 1, gained: 1, of: 10, in: folder).run
    try "{}".write(toFile: folder("run.json"), atomically: true, encoding: .utf8)
    let result = try GatedRun.result(gate(0.02, folder.path), run)
    XCTAssertEqual(result.outcome, .notChecked)
    XCTAssertTrue(result.isBroken)
  }

  // MARK: How often

  /// Answers of two classifiers to so many pictures, drawn from shares that are known.
  private func rate(
    count: Int, lost: Double, gained: Double, most: Double, trials: Int, seed: UInt64
  ) throws -> (failed: Double, passed: Double) {
    var generator = SplitMix64(state: seed)
    let gate = try XCTUnwrap(
      Gate.parse(argument: gate(most, "nowhere", ", confidence: 0.95")).gate)
    let paths = (0..<count).map { "a/\($0).jpg" }
    var (failed, passed) = (0, 0)
    for _ in 0..<trials {
      var rows: (first: [(String, String, String)], second: [(String, String, String)]) = ([], [])
      for path in paths {
        let draw = Double.random(in: 0..<1, using: &generator)
        // Of the others, eight in ten are right in both.
        let isBoth = draw < lost + gained + (1 - lost - gained) * 0.8
        let first = draw < lost || draw >= lost + gained && isBoth
        let second = draw >= lost && draw < lost + gained || draw >= lost + gained && isBoth
        rows.first.append((path, "a", first ? "a" : "b"))
        rows.second.append((path, "a", second ? "a" : "b"))
      }
      func subject(_ name: String, _ rows: [(String, String, String)]) -> GateSubject {
        GateSubject(
          evaluationOf: name, split: "test", values: [],
          rows: GatedRun.written(rows).map { PredictionsReader.Row($0) })
      }
      let result = GateCheck.result(
        gate, subject("new", rows.second), baseline: subject("good", rows.first))
      if result.outcome == .failed { failed += 1 }
      if result.outcome == .passed { passed += 1 }
    }
    return (Double(failed) / Double(trials), Double(passed) / Double(trials))
  }

  /// The planted drop of three points is caught as often as the exact formula says, within the simulation's own
  /// standard error.
  func testAPlantedDropOfThreePointsIsCaughtAtTheStatedPower() throws {
    let trials = 300
    for (index, (count, flips, most)) in [
      (818, 0.1, 0.0), (818, 0.05, 0.01), (2000, 0.1, 0.01), (6000, 0.1, 0.02), (6000, 0.2, 0.01),
    ].enumerated() {
      let (lost, gained) = ((flips + 0.03) / 2, (flips - 0.03) / 2)
      let power = Power.ofDrop(lost: lost, gained: gained, count: count, bound: most, alpha: 0.05)
      let rate = try rate(
        count: count, lost: lost, gained: gained, most: most, trials: trials,
        seed: UInt64(100 + index))
      let error = (power * (1 - power) / Double(trials)).squareRoot()
      print(
        "\(count) pictures, \(flips) flips, \(most) allowed: power \(power), caught \(rate.failed), standard error \(error)"
      )
      XCTAssertEqual(rate.failed, power, accuracy: 2 * error + 1e-3)
      XCTAssertLessThan(rate.passed, 0.05)
    }
  }

  func testNoiseAloneFailsNoMoreThanStated() throws {
    let trials = 300
    for (index, (count, flips, drop)) in [
      (818, 0.1, 0.0), (818, 0.2, 0.01), (2000, 0.1, 0.01), (6000, 0.1, 0.0), (6000, 0.2, 0.02),
    ].enumerated() {
      // The true drop is exactly what is allowed, which is the hardest case.
      let rate = try rate(
        count: count, lost: (flips + drop) / 2, gained: (flips - drop) / 2, most: drop,
        trials: trials, seed: UInt64(200 + index))
      let error = (0.05 * 0.95 / Double(trials)).squareRoot()
      print(
        "\(count) pictures, \(flips) flips, a drop of \(drop) that is allowed: failed \(rate.failed), passed \(rate.passed)"
      )
      XCTAssertLessThanOrEqual(rate.failed, 0.05 + 2 * error)
      XCTAssertLessThanOrEqual(rate.passed, 0.05 + 2 * error)
    }
  }

  /// The guide's table of what is caught, digit by digit.
  func testTheGuideStatesThePower() throws {
    let guide = try String(
      contentsOfFile: Places.repository + "/docs/guide/gates.md", encoding: .utf8)
    var rows = 0
    for line in guide.split(separator: "\n") {
      let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard cells.count == 5, let count = Int(cells[0].replacing(",", with: "")),
        cells[1].hasSuffix(" %"), let flips = Double(cells[1].dropLast(2))
      else { continue }
      rows += 1
      for (cell, most) in zip(cells[2...], [0, 0.01, 0.02]) {
        let power = Power.ofDrop(
          lost: (flips / 100 + 0.03) / 2, gained: (flips / 100 - 0.03) / 2, count: count,
          bound: most, alpha: 0.05)
        XCTAssertEqual(cell, "\(Int((power * 100).rounded())) %", "\(line): \(most)")
      }
    }
    XCTAssertGreaterThanOrEqual(rows, 6)
  }
}
