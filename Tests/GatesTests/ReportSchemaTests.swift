import Diagnostics
import Experiments
import Foundation
import Gates
import Runs
import TestSupport
import XCTest

/// What CI reads, held against the schemas of those who made the formats.
final class ReportSchemaTests: XCTestCase {
  private func suites(in folder: TemporaryFolder) throws -> [GateSuite] {
    let classes = GatedRun.pictures([
      ("a \"<&>'\u{1}é", right: 1, of: 10), ("b", right: 9, of: 10),
    ])
    let run = try GatedRun(name: "run-ä", predictions: classes).write(in: folder)
    let gates = [
      "test/acc1 >= 0.4", "test/acc1 >= 0.85", "test/acc_per_class >= 0.5",
      "{metric: val/acc1, at_least: 0.5, confidence: 0.95}",
      "{metric: val/acc1, at_least: 0.5, confidence: 0.95, inconclusive: fail}",
    ]
    let results = try gates.map { try GatedRun.result($0, run) }
    XCTAssertEqual(
      results.map(\.outcome), [.passed, .failed, .failed, .inconclusive, .inconclusive])
    let stopped = GateCheck.notChecked(results.map(\.gate), "stopped by SIGINT", isBroken: false)
    let broken = GateCheck.notChecked(results.map(\.gate), "no space left", isBroken: true)
    return [
      GateSuite(run, results), GateSuite("stopped", stopped), GateSuite("broken", broken),
      GateSuite("no gates", []),
      GateSuite(
        "wrong <\u{1}>.yaml",
        refusedFor: [
          .warning("a-warning", "odd", at: nil), .error("a-code", "\"<a>\" & \u{7}", at: nil),
          .error("another", "b", at: nil, help: "c"),
        ]),
    ]
  }

  func testJUnitCountsWhatItHolds() throws {
    let folder = try TemporaryFolder()
    let text = JUnitRenderer.render(try suites(in: folder))
    func count(_ pattern: String) -> Int { text.components(separatedBy: pattern).count - 1 }
    XCTAssertEqual(count("<testsuite "), 5)
    XCTAssertEqual(count("<testcase "), 16)
    XCTAssertEqual(count("<failure "), 3)
    XCTAssertEqual(count("<skipped "), 6)
    XCTAssertEqual(count("<error "), 6)
    XCTAssertTrue(
      text.contains(
        """
            <testcase name="start" classname="wrong &lt;\u{FFFD}&gt;.yaml" time="0">
              <error message="&quot;&lt;a&gt;&quot; &amp; \u{FFFD} (and 2 more)" type="a-code">warning[a-warning]: odd
        """), text)
    XCTAssertTrue(
      text.contains("tests=\"5\" failures=\"3\" errors=\"0\" skipped=\"1\" time=\"500.000\""), text)
    XCTAssertTrue(text.contains("tests=\"5\" failures=\"0\" errors=\"0\" skipped=\"5\""), text)
    XCTAssertTrue(text.contains("tests=\"5\" failures=\"0\" errors=\"5\" skipped=\"0\""), text)
    XCTAssertTrue(
      text.contains(
        "<failure message=\"test/acc1 is 0.5000, and must be &gt;= 0.85\" type=\"gate-failed\">"),
      text)
    XCTAssertTrue(text.contains("<property name=\"status\" value=\"completed\"/>"), text)
  }

  /// By the schema that pytest goes by, which is that of Jenkins' plugin.
  func testJUnitIsValid() throws {
    let python = try Places.python()
    let schema = try Places.schema("junit-10.xsd")
    let folder = try TemporaryFolder()
    let text = JUnitRenderer.render(try suites(in: folder))
    let (right, wrong) = (folder("right.xml"), folder("wrong.xml"))
    try text.write(toFile: right, atomically: true, encoding: .utf8)
    try text.replacing("<testcase name=", with: "<testcase nam=").write(
      toFile: wrong, atomically: true, encoding: .utf8)
    XCTAssertEqual(try errors(python, schema, [right, wrong]).map { $0 == nil }, [true, false])
  }

  func testSARIFIsValid() throws {
    let python = try Places.python()
    let schema = try Places.schema("sarif-schema.json")
    let folder = try TemporaryFolder()
    let text =
      "name: x\ngates:\n  - val/acc1 >= 0.99\n  - {metric: val/acc1, at_least: 0.5, confidence: 0.9}\n"
    // The gates of a file have regions of their own.
    let (experiment, _) = ExperimentLoader.load(
      SourceText(name: "experiments/a b.yaml", text: Self.experiment + text), in: "/nowhere",
      checksFiles: false)
    let run = try GatedRun(predictions: GatedRun.pictures([("a", right: 5, of: 10)])).write(
      in: folder)
    let suite = GateSuite(
      run, GateCheck.results(try XCTUnwrap(experiment).gates, GateSubject(run)))
    XCTAssertEqual(suite.results.map(\.outcome), [.failed, .inconclusive])
    let log = SARIFRenderer.render([suite].diagnostics, version: "1") {
      CodeCatalogue.page($0.rawValue)
    }
    XCTAssertTrue(log.contains("\"ruleId\": \"gate-failed\""), log)
    let refused = GateSuite("x.yaml", refusedFor: [.error("missing-file", "gone", at: nil)])
    XCTAssertEqual([suite, refused].diagnostics.last?.message, "gone")
    XCTAssertTrue(log.contains("\"uri\": \"experiments/a%20b.yaml\""), log)
    let line = Self.experiment.split(separator: "\n").count + 3
    XCTAssertTrue(
      log.contains(
        "\"startLine\": \(line), \"startColumn\": 5, \"endLine\": \(line), \"endColumn\": 21"), log)
    let (right, wrong) = (folder("right.sarif"), folder("wrong.sarif"))
    try log.write(toFile: right, atomically: true, encoding: .utf8)
    try log.replacing("\"level\": \"error\"", with: "\"level\": \"fatal\"").write(
      toFile: wrong, atomically: true, encoding: .utf8)
    XCTAssertEqual(try errors(python, schema, [right, wrong]).map { $0 == nil }, [true, false])
  }

  func testTheSummaryIsATable() throws {
    let text = GateMarkdown.render(try suites(in: try TemporaryFolder()))
    XCTAssertTrue(
      text.contains(": 3 gates failed, 1 passed, 1 inconclusive\n\n| gate | result |"), text)
    XCTAssertTrue(
      text.contains(
        "| test/acc1 &gt;= 0.85 | ❌ failed | test/acc1 is 0.5000, and must be &gt;= 0.85 |"),
      text)
    for line in text.split(separator: "\n") where line.hasPrefix("|") {
      XCTAssertEqual(line.replacing("\\|", with: "").filter { $0 == "|" }.count, 4, String(line))
    }
  }

  /// The first error of each file by a schema, nil where it is valid.
  private func errors(
    _ python: String, _ schema: String, _ files: [String]
  ) throws -> [String?] {
    let command = try Command(
      python, [Places.repository + "/Tools/python/validate_reports.py", schema] + files)
    XCTAssertEqual(command.status, 0, command.output)
    struct Line: Decodable { let error: String? }
    return try command.output.split(separator: "\n").map {
      let error = try JSONDecoder().decode(Line.self, from: Data($0.utf8)).error
      if let error { print(error) }
      return error
    }
  }

  private static let experiment = """
    data: {builtin: petals}
    transforms:
      train: [Resize: [64, 64], ToTensor]
      eval: [Resize: [64, 64], ToTensor]
    model: {backbone: resnet18, weights: builtin}
    optimizer: {Adam: {lr: 1e-2}}
    epochs: 3

    """
}
