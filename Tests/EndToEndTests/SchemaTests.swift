import Foundation
import XCTest

/// `xrun schema` as users call it.
final class SchemaTests: XCTestCase {
  private func read(_ program: Program, _ name: String) throws -> String {
    try String(contentsOfFile: program.folder(name), encoding: .utf8)
  }

  func testInstallingTwiceIsInstallingOnce() throws {
    let program = try Program()
    let printed = try program.run(["schema"])
    XCTAssertEqual(printed.status, 0)
    XCTAssertTrue(printed.output.hasPrefix("{\n  \"$schema\": "))
    XCTAssertTrue(printed.output.hasSuffix("}\n"))

    try FileManager.default.createDirectory(
      atPath: program.folder("experiments"), withIntermediateDirectories: false)
    try program.experiment("experiments/a.yaml")
    let before = try read(program, "experiments/a.yaml")
    let first = try program.run(["schema", "--install", "experiments/a.yaml"])
    XCTAssertEqual(first.status, 0, first.errors)
    XCTAssertEqual(
      first.output,
      """
      .vscode/xrun.schema.json: written
      .vscode/settings.json: written
      experiments/a.yaml: written

      """)
    XCTAssertEqual(try read(program, ".vscode/xrun.schema.json"), printed.output)
    XCTAssertTrue(
      try read(program, ".vscode/settings.json").contains("\"./.vscode/xrun.schema.json\""))
    let after = try read(program, "experiments/a.yaml")
    XCTAssertEqual(
      after, "# yaml-language-server: $schema=../.vscode/xrun.schema.json\n" + before)

    let second = try program.run(["schema", "--install", ".", "experiments/a.yaml"])
    XCTAssertEqual(second.status, 0, second.errors)
    XCTAssertEqual(second.output, first.output.replacing("written", with: "up to date"))
    XCTAssertEqual(try read(program, "experiments/a.yaml"), after)
    // A folder of its own, named from elsewhere.
    let other = try program.run(["schema", "--install", "experiments"])
    XCTAssertEqual(other.status, 0, other.errors)
    XCTAssertEqual(try read(program, "experiments/.vscode/xrun.schema.json"), printed.output)
  }

  func testWhatCannotBeMergedIsLeftAsItIs() throws {
    let program = try Program()
    try program.experiment("a.yaml")
    let experiment = try read(program, "a.yaml")
    try FileManager.default.createDirectory(
      atPath: program.folder(".vscode"), withIntermediateDirectories: false)
    let settings = "{\n  // mine\n  \"a\": 1\n}\n"
    try settings.write(
      toFile: program.folder(".vscode/settings.json"), atomically: true, encoding: .utf8)
    let result = try program.run(["schema", "--install", "a.yaml"])
    XCTAssertEqual(result.status, 2)
    XCTAssertTrue(
      result.errors.contains(
        "add this to it by hand: \"yaml.schemas\": {\"./.vscode/xrun.schema.json\": ["),
      result.errors)
    // Nothing is half done.
    XCTAssertEqual(try read(program, ".vscode/settings.json"), settings)
    XCTAssertEqual(try read(program, "a.yaml"), experiment)
    XCTAssertFalse(
      FileManager.default.fileExists(atPath: program.folder(".vscode/xrun.schema.json")))
  }

  func testExitCodes() throws {
    let program = try Program()
    XCTAssertEqual(try program.run(["schema", "a.yaml"]).status, 64)
    XCTAssertEqual(try program.run(["schema", "--install", ".", "pictures"]).status, 64)
    XCTAssertEqual(try program.run(["schema", "--install", "nowhere.yaml"]).status, 2)
    XCTAssertEqual(try program.run(["schema", "--install", "notes.txt"]).status, 2)
    // The schema's place is a folder: the machine, not the input.
    try FileManager.default.createDirectory(
      atPath: program.folder("full"), withIntermediateDirectories: false)
    try "".write(toFile: program.folder("full/.vscode"), atomically: true, encoding: .utf8)
    let result = try program.run(["schema", "--install", "full"])
    XCTAssertEqual(result.status, 3, result.errors)
  }
}
