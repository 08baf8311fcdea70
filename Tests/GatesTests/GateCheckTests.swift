import Experiments
import Gates
import Runs
import Statistics
import TestSupport
import XCTest

/// What gates come to on runs whose numbers are known.
final class GateCheckTests: XCTestCase {
  private func run(_ right: Int, of all: Int, in folder: TemporaryFolder) throws -> RunReader {
    try GatedRun(predictions: GatedRun.pictures([("a", right: right, of: all)])).write(in: folder)
  }

  // MARK: Values

  func testValuesAreComparedAsTheyAre() throws {
    let folder = try TemporaryFolder()
    let run = try run(81, of: 100, in: folder)
    for (gate, outcome) in [
      ("test/acc1 >= 0.81", GateResult.Outcome.passed), ("test/acc1 > 0.81", .failed),
      ("test/acc1 >= 0.85", .failed), ("val/acc1 <= 0.81", .passed), ("val/acc1 < 0.81", .failed),
      ("val/loss < 1.2", .passed), ("val/loss < 0.4", .failed), ("train/acc1 > 0.5", .passed),
      ("seconds <= 600", .passed), ("seconds <= 499", .failed),
      ("images_per_second > 100", .failed),
      ("resident_mib <= 200", .passed), ("test/acc_per_class_mean >= 0.9", .failed),
    ] {
      XCTAssertEqual(try GatedRun.result(gate, run).outcome, outcome, gate)
    }
    let failed = try GatedRun.result("test/acc1 >= 0.85", run)
    XCTAssertEqual(failed.value, 0.81)
    XCTAssertEqual(
      failed.line(),
      "--gate 'test/acc1 >= 0.85': gate failed: test/acc1 is 0.8100, and must be >= 0.85")
  }

  func testAValueThatMissesByAHairIsShownWhole() throws {
    let folder = try TemporaryFolder()
    let run = try GatedRun(predictions: [("a", "a", "a")], accuracy: 0.849999).write(in: folder)
    let result = try GatedRun.result("test/acc1 >= 0.85", run)
    XCTAssertEqual(result.outcome, .failed)
    XCTAssertTrue(result.sentence.contains("is 0.849999,"), result.sentence)
  }

  func testWhatIsNoNumberFails() throws {
    let folder = try TemporaryFolder()
    let run = try GatedRun(predictions: [("a", "a", "a")], loss: .nan).write(in: folder)
    for gate in ["val/loss < 1.2", "val/loss >= 0"] {
      let result = try GatedRun.result(gate, run)
      XCTAssertEqual(result.outcome, .failed, gate)
      XCTAssertTrue(result.sentence.contains("is nan"), result.sentence)
    }
  }

  func testWhatIsNotThereIsNotChecked() throws {
    let folder = try TemporaryFolder()
    let run = try GatedRun(predictions: [("a", "a", "a")], hasPredictions: false).write(in: folder)
    let result = try GatedRun.result("test/acc_per_class >= 0.5", run)
    XCTAssertEqual(result.outcome, .notChecked)
    XCTAssertTrue(result.isBroken)
    XCTAssertTrue(result.sentence.contains("predictions/test.csv"), result.sentence)
    XCTAssertEqual(
      try GatedRun.result("seconds < 9", RunReader(folder("nowhere"))).outcome, .notChecked)
  }

  // MARK: Confidence

  func testConfidenceDecidesByTheExactTest() throws {
    let folder = try TemporaryFolder()
    for (right, all) in [(81, 100), (60, 100), (99, 100), (790, 1000), (850, 1000)] {
      let run = try run(right, of: all, in: folder)
      for limit in [0.75, 0.8, 0.85] {
        for confidence in [0.9, 0.99] {
          let share = Proportion(successes: right, count: all)
          let expected: GateResult.Outcome =
            share.pValue(below: limit) <= 1 - confidence
            ? .failed : share.pValue(above: limit) <= 1 - confidence ? .passed : .inconclusive
          let floor = "{metric: test/acc1, at_least: \(limit), confidence: \(confidence)}"
          XCTAssertEqual(try GatedRun.result(floor, run).outcome, expected, floor)
          // The other way round it is the other way round.
          let ceiling = "{metric: test/acc1, at_most: \(limit), confidence: \(confidence)}"
          let turned: GateResult.Outcome =
            expected == .passed ? .failed : expected == .failed ? .passed : .inconclusive
          XCTAssertEqual(try GatedRun.result(ceiling, run).outcome, turned, ceiling)
        }
      }
    }
  }

  func testInconclusiveFailsOnlyWhereTheGateSaysSo() throws {
    let folder = try TemporaryFolder()
    let run = try run(81, of: 100, in: folder)
    let lenient = try GatedRun.result("{metric: test/acc1, at_least: 0.8, confidence: 0.95}", run)
    XCTAssertEqual(lenient.outcome, .inconclusive)
    XCTAssertFalse(lenient.isFailure)
    XCTAssertEqual(lenient.diagnostic()?.severity, .warning)
    let strict = try GatedRun.result(
      "{metric: test/acc1, at_least: 0.8, confidence: 0.95, inconclusive: fail}", run)
    XCTAssertEqual(strict.outcome, .inconclusive)
    XCTAssertTrue(strict.isFailure)
    XCTAssertEqual(strict.diagnostic()?.severity, .error)
  }

  // MARK: Classes

  func testClassesBelowTheFloorAreNamedTheWorstFirst() throws {
    let folder = try TemporaryFolder()
    let run = try GatedRun(
      predictions: GatedRun.pictures([
        ("daisy", right: 9, of: 10), ("iris", right: 4, of: 10), ("rose", right: 1, of: 10),
        ("tulip", right: 5, of: 10),
      ])
    ).write(in: folder)
    let failed = try GatedRun.result("test/acc_per_class >= 0.5", run)
    XCTAssertEqual(failed.outcome, .failed)
    XCTAssertEqual(
      failed.sentence,
      "test/acc_per_class is below the limit for 2 of 4 classes, and each must be >= 0.5: "
        + "'rose' 0.1000 (1 of 10), 'iris' 0.4000 (4 of 10)")
    let passed = try GatedRun.result("val/acc_per_class >= 0.1", run)
    XCTAssertEqual(passed.outcome, .passed)
    XCTAssertEqual(passed.value, 0.1)
    // Surely only the rose; for the others ten pictures say little.
    let sure = try GatedRun.result(
      "{metric: test/acc_per_class, at_least: 0.5, confidence: 0.9}", run)
    XCTAssertEqual(sure.outcome, .failed)
    XCTAssertTrue(sure.sentence.contains("for 1 of 4 classes"), sure.sentence)
    XCTAssertEqual(
      try GatedRun.result("{metric: test/acc_per_class, at_least: 0.5, confidence: 0.99}", run)
        .outcome, .inconclusive)
  }

  /// A hundred classes that are all as good as they must be: noise alone must not make some of them fail.
  func testManyClassesDoNotMakeNoiseFail() {
    var generator = SplitMix64(state: 3)
    let gate = Gate.parse(argument: "{metric: test/acc_per_class, at_least: 0.7, confidence: 0.9}")
    guard let gate = gate.gate else { return XCTFail("no gate") }
    var failures = 0
    let trials = 300
    for _ in 0..<trials {
      let pictures = GatedRun.pictures(
        (0..<100).map { name in
          let right = (0..<30).count { _ in Double.random(in: 0..<1, using: &generator) < 0.7 }
          return ("class\(name)", right: right, of: 30)
        })
      let subject = GateSubject(
        evaluationOf: "run", split: "test", values: [],
        rows: GatedRun.written(pictures).map { PredictionsReader.Row($0) })
      if GateCheck.result(gate, subject).outcome == .failed { failures += 1 }
    }
    XCTAssertLessThanOrEqual(Double(failures) / Double(trials), 0.1)
  }

  // MARK: Suites

  func testSeveralRunsEachSayWhichItIs() throws {
    let folder = try TemporaryFolder()
    let runs = [try run(81, of: 100, in: folder), try run(60, of: 100, in: folder)]
    let suites = try runs.map { run in
      GateSuite(run, [try GatedRun.result("test/acc1 >= 0.7", run)])
    }
    XCTAssertTrue(suites.hasFailed)
    XCTAssertEqual(suites.summary, "1 gate failed, 1 passed")
    XCTAssertEqual(suites.diagnostics.count, 1)
    XCTAssertTrue(
      suites.diagnostics[0].message.hasSuffix("(\(runs[1].folder.name))"),
      suites.diagnostics[0].message)
  }
}
