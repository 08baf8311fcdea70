import Foundation
import TestSupport
import XCTest

/// A run's weights on other folders, and what is said where these do not fit.
final class OtherDataTests: XCTestCase {
  private func trained(_ program: Program, _ changes: [String: String] = [:]) throws -> String {
    let changes = changes.merging(["epochs: 2": "epochs: 1"]) { a, _ in a }
    let result = try program.run([try program.experiment("small.yaml", changes)])
    XCTAssertEqual(result.status, 0, result.errors)
    return result.lastLine
  }

  /// The output but for the line that names the folder.
  private func numbers(_ result: Program.Result) -> [Substring] {
    result.output.split(separator: "\n").filter { !$0.hasPrefix("data ") }
  }

  func testOnlyTheSplitThatIsEvaluatedIsNeeded() throws {
    let program = try Program()
    let run = try trained(program)
    try FileManager.default.createDirectory(
      atPath: program.folder("other"), withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: program.folder("pictures/test"), toPath: program.folder("other/test"))
    let own = try program.run(["eval", run, "--split", "test"])
    let other = try program.run(["eval", run, "--split", "test", "--data", "other"])
    XCTAssertEqual(other.status, 0, other.errors)
    XCTAssertEqual(other.errors, "")
    XCTAssertEqual(numbers(own), numbers(other))
    XCTAssertEqual(numbers(own).count, 6)

    let none = try program.run(["eval", run, "--data", "other"])
    XCTAssertEqual(none.status, 2)
    XCTAssertTrue(none.errors.contains("other' has no split 'val'"), none.errors)

    // A folder that is not there is one mistake, of the argument alone.
    let missing = try program.run(["eval", run, "--data", "othr"])
    XCTAssertEqual(missing.status, 2)
    for words in ["error[missing-folder]: there is no folder", "<argument --data>:1:1", "'other'"] {
      XCTAssertTrue(missing.errors.contains(words), "'\(words)' in \(missing.errors)")
    }
    for words in ["resolved.yaml", "leads back", "unreadable-folder"] {
      XCTAssertFalse(missing.errors.contains(words), "'\(words)' in \(missing.errors)")
    }

    // A class that the weights do not know.
    try FileManager.default.copyItem(
      atPath: program.folder("other/test/iris"), toPath: program.folder("other/test/orchid"))
    let unknown = try program.run(["eval", run, "--split", "test", "--data", "other"])
    XCTAssertEqual(unknown.status, 2)
    XCTAssertTrue(unknown.errors.contains("the weights do not know: 'orchid'"), unknown.errors)
    // One that is missing is no mistake, but said.
    try FileManager.default.removeItem(atPath: program.folder("other/test/orchid"))
    try FileManager.default.removeItem(atPath: program.folder("other/test/rose"))
    let fewer = try program.run(["eval", run, "--split", "test", "--data", "other"])
    XCTAssertEqual(fewer.status, 0, fewer.errors)
    XCTAssertTrue(fewer.errors.contains("lacks 1 of the 4 classes: 'rose'"), fewer.errors)

    // A picture to predict that is not there.
    let predicted = try program.run(["predict", run, "nosuch.jpg"])
    XCTAssertEqual(predicted.status, 2)
    XCTAssertTrue(
      predicted.errors.contains("error[missing-file]: there is no file 'nosuch.jpg'"),
      predicted.errors)
    XCTAssertFalse(predicted.errors.contains("undecodable-picture"), predicted.errors)
  }

  func testClassesThatTheExperimentLeftOutAreSaid() throws {
    let program = try Program()
    let run = try trained(
      program, ["class_names: names.json": "class_names: names.json\n  classes: [rose, iris]"])
    let own = try program.run(["eval", run])
    XCTAssertEqual(own.errors, "")
    let other = try program.run(["eval", run, "--data", "pictures"])
    XCTAssertEqual(other.status, 0, other.errors)
    XCTAssertEqual(numbers(own), numbers(other))
    XCTAssertEqual(numbers(own).count, 6)
    XCTAssertTrue(
      other.errors.contains(
        "warning[unknown-class]: pictures of 2 classes are left out: 'daisy' and 'lily'"),
      other.errors)
  }

  func testFractionsEvaluateAsTheyDidInTheRun() throws {
    let program = try Program()
    let run = try trained(
      program, ["class_names: names.json": "splits: {val: {fraction: 0.3}, test: val}"])
    let metrics = try String(
      contentsOfFile: "\(run)/metrics.jsonl", encoding: .utf8)
    let eval = try program.run(["eval", run])
    XCTAssertEqual(eval.status, 0, eval.errors)
    let loss = try XCTUnwrap(
      eval.output.split(separator: "\n").first { $0.hasPrefix("val/loss") }?
        .split(separator: " ").last)
    XCTAssertTrue(metrics.contains("\"val/loss\":\(loss)"), "\(loss) in \(metrics)")
  }

  func testAValidationFolderThatIsTheTestSplitIsUsed() throws {
    let program = try Program()
    for (splits, isUnused) in [
      ("{val: {fraction: 0.3}, test: val}", false), ("{val: {fraction: 0.3}}", true),
    ] {
      try program.experiment("small.yaml", ["class_names: names.json": "splits: \(splits)"])
      let result = try program.run(["plan", "small.yaml"])
      XCTAssertEqual(result.status, 0, result.errors)
      XCTAssertEqual(
        (result.errors + result.output).contains("unused-split"), isUnused, result.errors)
    }
  }

  func testExtendedFilesCannotTakeTheRunsOwnNames() throws {
    let program = try Program()
    try program.experiment("resolved.yaml", ["epochs: 2": "epochs: 1"])
    try FileManager.default.createDirectory(
      atPath: program.folder("sub"), withIntermediateDirectories: true)
    try "notes: from here\n".write(
      toFile: program.folder("sub/resolved.yaml"), atomically: true, encoding: .utf8)
    try "extends: [resolved.yaml, sub/resolved.yaml]\n".write(
      toFile: program.folder("top.yaml"), atomically: true, encoding: .utf8)
    let run = try program.run(["top.yaml"])
    XCTAssertEqual(run.status, 0, run.errors)
    let kept = "\(run.lastLine)/extended/"
    XCTAssertEqual(
      try program.bytes(kept + "1-resolved.yaml"),
      try program.bytes(program.folder("resolved.yaml")))
    XCTAssertEqual(
      try program.bytes(kept + "2-resolved.yaml"),
      try program.bytes(program.folder("sub/resolved.yaml")))
    let again = try program.run(["check", "\(run.lastLine)/resolved.yaml"])
    XCTAssertEqual(again.status, 0, again.errors)
  }
}
