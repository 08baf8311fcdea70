import Diagnostics
import Experiments
import Foundation
import TestSupport
import XCTest

/// Gates as they are written, in a file and on the command line.
final class GateLanguageTests: XCTestCase {
  private func load(_ text: String, _ overrides: [String] = []) throws -> Experiment {
    let (experiment, diagnostics) = Examples.load(
      Examples.small("gates", text), overrides: overrides)
    XCTAssertEqual(diagnostics.map(\.message), [], text)
    return try XCTUnwrap(experiment, text)
  }

  private static let all = """
    gates:
      - test/acc1 >= 0.85
      - "val/loss<1.2"
      - seconds <= 600
      - train/acc1 > 5e-1
      - {metric: val/acc_per_class, at_least: 0.5, confidence: 0.99, inconclusive: fail}
      - metric: test/acc1
        max_drop: 0.01
        baseline: runs/good
      - {condition: val/acc5 >= 0.9, confidence: 0.9}
    """

  func testFormsMeanWhatTheySay() throws {
    let gates = try load(Self.all).gates
    XCTAssertEqual(
      gates.map(\.text),
      [
        "test/acc1 >= 0.85", "val/loss < 1.2", "seconds <= 600", "train/acc1 > 0.5",
        "val/acc_per_class >= 0.5", "test/acc1 max_drop 0.01 below good", "val/acc5 >= 0.9",
      ])
    XCTAssertEqual(gates.map(\.confidence), [nil, nil, nil, nil, 0.99, 0.95, 0.9])
    XCTAssertEqual(
      gates.map(\.failsInconclusive), [false, false, false, false, true, false, false])
    // `runs/` is the experiment's folder of runs, as for weights.
    let runs = try load(Self.all, ["runs=elsewhere"])
    guard case .maxDrop(_, let baseline) = runs.gates[5].rule else { return XCTFail() }
    XCTAssertEqual(baseline, "/nowhere/elsewhere/good")
    XCTAssertEqual(try load("gates: []").gates.count, 0)
    XCTAssertEqual(try load("gates: null").gates.count, 0)
  }

  func testEachStandsAtItsOwnPlace() throws {
    let gates = try load(Self.all).gates
    let written = gates.map { gate -> String in
      guard let span = gate.span else { return "nowhere" }
      return String(decoding: span.source.bytes[span.range], as: UTF8.self)
    }
    XCTAssertEqual(written[0], "test/acc1 >= 0.85")
    XCTAssertEqual(written[1], "\"val/loss<1.2\"")
    XCTAssertTrue(written[4].hasPrefix("metric: val/acc_per_class"), written[4])
    XCTAssertTrue(written[4].hasSuffix("fail"), written[4])
    XCTAssertTrue(written[5].hasSuffix("baseline: runs/good"), written[5])
    let first = try XCTUnwrap(gates[0].span?.line)
    XCTAssertEqual(gates.map { $0.span?.line }, [0, 1, 2, 3, 4, 5, 8].map { first + $0 })
  }

  func testTheyAreKeptAndAreNoPartOfTheConfiguration() throws {
    let gated = try load(Self.all)
    let plain = try load("notes: nothing")
    XCTAssertEqual(gated.configurationHash, plain.configurationHash)
    let resolved = gated.resolvedYAML()
    XCTAssertTrue(
      resolved.contains("  - condition: \"test/acc1 >= 0.85\"  # experiment.yaml:"), resolved)
    XCTAssertFalse(plain.resolvedYAML().contains("gates"))
    // What is resolved is the same again.
    let (again, diagnostics) = ExperimentLoader.load(
      SourceText(name: "resolved.yaml", text: resolved), in: "/elsewhere", checksFiles: false)
    XCTAssertEqual(diagnostics.map(\.message), [])
    XCTAssertEqual(again?.gates.map(\.text), gated.gates.map(\.text))
    XCTAssertEqual(again?.gates.map(\.rule), gated.gates.map(\.rule))
    XCTAssertEqual(again?.gates.map(\.confidence), gated.gates.map(\.confidence))
    XCTAssertEqual(again?.gates.map(\.failsInconclusive), gated.gates.map(\.failsInconclusive))
  }

  func testTheyCanBeSetFromTheCommandLine() throws {
    XCTAssertEqual(
      try load(Self.all, ["gates=[val/acc1 > 0.1]"]).gates.map(\.text), ["val/acc1 > 0.1"])
    // What stands for its condition alone becomes a mapping.
    let sure = try load(Self.all, ["gates[0].confidence=0.9"]).gates[0]
    XCTAssertEqual(sure.text, "test/acc1 >= 0.85")
    XCTAssertEqual(sure.confidence, 0.9)
  }

  /// What is no gate at all does not hide what is wrong with the others.
  func testMistakesAreFoundBesideWhatIsNoGate() {
    for nonsense in ["5", "null", "[test/acc1 >= 0.5]", "true"] {
      let (experiment, diagnostics) = Examples.load(
        Examples.small(
          "gates",
          """
          gates:
            - \(nonsense)
            - tst/acc1 >= 0.85
            - {metric: val/acc1, at_least: 2}
            - val/acc1 >= 0.5
            - {metric: val/acc1}
          """))
      XCTAssertNil(experiment)
      XCTAssertEqual(
        diagnostics.map(\.code.rawValue), ["wrong-kind", "bad-gate", "bad-gate", "missing-key"],
        nonsense)
    }
  }

  /// The same of phases, which are sections of a list too; and nothing is said of them that is only so for want of one.
  func testMistakesAreFoundBesideWhatIsNoPhase() {
    let text = Examples.small(
      "phases", "phases:\n  - 5\n  - {name: all, start_from: best, epochs: many}"
    )
    .replacing("epochs: 3\n", with: "")
    let (experiment, diagnostics) = Examples.load(text)
    XCTAssertNil(experiment)
    XCTAssertEqual(
      diagnostics.map { "\($0.code.rawValue): \($0.message)" },
      [
        "wrong-kind: each of 'phases' must be a mapping, not 5",
        "wrong-kind: 'epochs' must be an integer, not the string 'many'",
      ])
  }

  // MARK: Arguments

  private func columns(_ text: String) -> [String] {
    let (gate, diagnostics) = Gate.parse(argument: text, in: "/here")
    XCTAssertNil(gate, text)
    return diagnostics.map { found in
      XCTAssertEqual(found.primary?.span.source.name, "<argument --gate>")
      XCTAssertFalse(found.help?.isEmpty ?? true, text)
      return "\(found.code.rawValue) \(found.primary?.span.column ?? 0)"
    }
  }

  func testArgumentsAreGates() throws {
    let (plain, none) = Gate.parse(argument: "test/acc1 >= 0.85", in: "/here")
    XCTAssertEqual(plain?.text, "test/acc1 >= 0.85")
    XCTAssertEqual(none.count, 0)
    let (drop, nothing) = Gate.parse(
      argument: " {metric: val/acc1, max_drop: 0, baseline: runs/good}", in: "/here")
    XCTAssertEqual(nothing.map(\.message), [])
    // Below the working directory, whatever an experiment says.
    XCTAssertEqual(drop?.rule, .maxDrop(0, baseline: "/here/runs/good"))
  }

  func testMistakesInArgumentsArePointedAt() {
    XCTAssertEqual(columns("tst/acc1 >= 0.85"), ["bad-gate 1"])
    XCTAssertEqual(columns("test/acc1 = 0.85"), ["bad-gate 11"])
    XCTAssertEqual(columns("test/acc1 >= x"), ["bad-gate 14"])
    XCTAssertEqual(columns(""), ["bad-gate 1"])
    XCTAssertEqual(columns("{metric: val/acc1, at_least: 2}"), ["bad-gate 30"])
    XCTAssertEqual(columns("{metric: val/ac1, at_least: 0.2}"), ["unknown-choice 10"])
    XCTAssertFalse(columns("{metric: val/acc1").isEmpty)
    XCTAssertEqual(columns("{val/acc1: 3}").first, "unknown-key 2")
  }

  // MARK: What is not there

  func testWhatCannotBeCheckedIsFoundBeforeTraining() throws {
    let folder = try TemporaryFolder()
    for split in ["train", "val"] {
      try FileManager.default.createDirectory(
        atPath: folder("data/\(split)/a"), withIntermediateDirectories: true)
    }
    func codes(_ gates: String, data: String = "{folder: data}") -> [String] {
      let text = Examples.small("data", "data: \(data)") + "gates: \(gates)\n"
      return ExperimentLoader.load(
        SourceText(name: "experiment.yaml", text: text), in: folder.path
      ).diagnostics.map { "\($0.code.rawValue) \($0.primary?.span.line ?? 0)" }
    }
    let line = Examples.small().split(separator: "\n").count + 1
    XCTAssertEqual(codes("[val/acc1 > 0.5, train/loss < 1]"), [])
    XCTAssertEqual(codes("[test/acc1 > 0.5]"), ["no-test-split \(line)"])
    XCTAssertEqual(
      codes("[test/acc1 > 0.5]", data: "{builtin: petals, splits: {test: null}}"),
      ["no-test-split \(line)"])
    XCTAssertEqual(codes("[test/acc1 > 0.5]", data: "{builtin: petals}"), [])
    XCTAssertEqual(
      codes("[{metric: val/acc1, max_drop: 0, baseline: good}]"), ["missing-run \(line)"])
    try FileManager.default.createDirectory(
      atPath: folder("good"), withIntermediateDirectories: true)
    XCTAssertEqual(
      codes("[{metric: val/acc1, max_drop: 0, baseline: good}]"), ["missing-run \(line)"])
    try "{}".write(toFile: folder("good/run.json"), atomically: true, encoding: .utf8)
    XCTAssertEqual(codes("[{metric: val/acc1, max_drop: 0, baseline: good}]"), [])
    try FileManager.default.createDirectory(
      atPath: folder("data/test/a"), withIntermediateDirectories: true)
    XCTAssertEqual(codes("[test/acc1 > 0.5]"), [])
  }
}
