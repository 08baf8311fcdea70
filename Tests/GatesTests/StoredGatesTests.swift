import Experiments
import Foundation
import Gates
import Runs
import TestSupport
import XCTest

/// Where the gates of a stored run are pointed at.
final class StoredGatesTests: XCTestCase {
  private static let rest = """
    data: {builtin: petals}
    transforms:
      train: [Resize: [64, 64], ToTensor]
      eval: [Resize: [64, 64], ToTensor]
    model: {backbone: resnet18, weights: none}
    optimizer: {Adam: {lr: 1e-2}}
    epochs: 3

    """

  /// A run folder as training leaves it: the files as they were, and what came of them.
  private func run(
    _ text: String, base: String? = nil, _ overrides: [String] = [], arguments: [String] = [],
    in folder: TemporaryFolder
  ) throws -> RunFolder {
    func write(_ text: String, _ path: String) throws {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    let run = RunFolder(existing: folder("run"))
    try RunFolder.makeFolders(run.extended)
    try write(text, folder("x.yaml"))
    try write(text, run.experiment)
    if let base {
      try write(base, folder("base.yaml"))
      try write(base, run.extended + "/1-base.yaml")
    }
    let (experiment, diagnostics) = ExperimentLoader.load(
      path: folder("x.yaml"), overrides: overrides, checksFiles: false,
      environment: { $0 == "LEAST" ? "0.25" : nil })
    XCTAssertEqual(diagnostics.map(\.message), [])
    var resolved = try XCTUnwrap(experiment)
    resolved.gates += try arguments.map { try XCTUnwrap(Gate.parse(argument: $0).gate) }
    try write(resolved.resolvedYAML(), run.resolved)
    return run
  }

  /// `experiment.yaml:3:5`, and what is said beside it.
  private func places(_ run: RunFolder) throws -> [String] {
    let (gates, diagnostics) = StoredGates.of(run)
    XCTAssertEqual(diagnostics.map(\.message), [])
    return try XCTUnwrap(gates).map { gate in
      let span = try XCTUnwrap(gate.span)
      let name = span.source.name.replacing(run.path + "/", with: "")
      return "\(name):\(span.line):\(span.column)" + (gate.remark.map { " \($0)" } ?? "")
    }
  }

  private static let gates = """
    gates:
      - test/acc1 >= 0.85
      - "val/loss<1.2"  # why
      - {metric: val/acc_per_class, at_least: 0.5, confidence: 0.99}
      - metric: test/acc1
        max_drop: 0.01
        baseline: runs/good
      - {metric: val/acc5, at_least: "${env:LEAST}"}

    """

  func testAGateIsWhereItWasWritten() throws {
    let folder = try TemporaryFolder()
    let run = try run("name: x\n" + Self.gates + Self.rest, in: folder)
    let expected = [
      "experiment.yaml:3:5", "experiment.yaml:4:5", "experiment.yaml:5:6", "experiment.yaml:6:5",
      "experiment.yaml:9:6",
    ]
    XCTAssertEqual(try places(run), expected)
    // As it was when it was trained.
    let trained = ExperimentLoader.load(path: folder("x.yaml"), checksFiles: false) {
      $0 == "LEAST" ? "0.25" : nil
    }.experiment
    XCTAssertEqual(
      trained?.gates.map { "experiment.yaml:\($0.span?.line ?? 0):\($0.span?.column ?? 0)" },
      expected)
    // A run of what is resolved has that as its experiment.
    try FileManager.default.removeItem(atPath: run.experiment)
    try FileManager.default.copyItem(atPath: run.resolved, toPath: run.experiment)
    XCTAssertEqual(
      try places(run).map { $0.prefix { $0 != ":" } }, Array(repeating: "resolved.yaml", count: 5))
  }

  func testAnExtendedFileIsPointedAtInItsCopy() throws {
    let folder = try TemporaryFolder()
    let run = try run(
      "extends: base.yaml\nname: x\n\n\n", base: "notes: base\n" + Self.gates + Self.rest,
      in: folder)
    XCTAssertEqual(
      try places(run),
      [3, 4, 5, 6, 9].map { "extended/1-base.yaml:\($0):\([5, 9].contains($0) ? 6 : 5)" })
  }

  func testWhatStandsInNoFileSaysWhereItIsFrom() throws {
    let folder = try TemporaryFolder()
    let text = "name: x\ngates:\n  - test/acc1 >= 0.85\n  - val/loss < 1\n" + Self.rest
    let run = try run(
      text, ["gates[1].condition=val/loss < 2"], arguments: ["seconds <= 60"], in: folder)
    let lines = try String(contentsOfFile: run.resolved, encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let line = 1 + (try XCTUnwrap(lines.firstIndex { $0.contains("val/loss < 2") }))
    let commandLine = [line, line + 1].map { "resolved.yaml:\($0):5 from the command line" }
    XCTAssertEqual(try places(run), ["experiment.yaml:3:5"] + commandLine)

    // A copy that was edited, or is gone, is not pointed at.
    let origin = "resolved.yaml:\(line - 1):5 from \(folder("x.yaml")):3:5"
    try text.replacing("0.85", with: "0.95").write(
      toFile: run.experiment, atomically: true, encoding: .utf8)
    XCTAssertEqual(try places(run), [origin] + commandLine)
    try FileManager.default.removeItem(atPath: run.experiment)
    XCTAssertEqual(try places(run), [origin] + commandLine)

    // It stands in the line that people read.
    let gate = try XCTUnwrap(StoredGates.of(run).gates?.last)
    let result = GateResult(gate, .failed, "seconds is 70, and must be <= 60")
    XCTAssertEqual(
      result.line(of: "x-s0"),
      "\(run.resolved):\(line + 1):5: gate failed: seconds is 70, and must be <= 60 "
        + "(from the command line; x-s0)")
  }
}
