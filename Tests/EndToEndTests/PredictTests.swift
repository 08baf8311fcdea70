import Foundation
import TestSupport
import XCTest

/// `xrun predict` on files, folders and lists, good and bad.
final class PredictTests: XCTestCase {
  private func trained(_ program: Program, _ changes: [String: String] = [:]) throws -> String {
    let changes = changes.merging(["epochs: 2": "epochs: 1"]) { a, _ in a }
    let result = try program.run([try program.experiment("small.yaml", changes)])
    XCTAssertEqual(result.status, 0, result.errors)
    return result.lastLine
  }

  /// A command line of the shell in the program's folder, with the program as `$XRUN`.
  private func shell(_ program: Program, _ line: String) throws -> Command {
    try Command(
      "/bin/bash",
      [
        "-c", "cd \"$1\" && XRUN=\"$2\" && export XRUN_CACHE=\"$1/cache\" && \(line)", "bash",
        program.folder.path, try Program.path(),
      ])
  }

  private func csv(_ text: String) -> [[String]] {
    text.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// The embedded set: what is said of a picture is what the run said, to the digit, whatever shares its batch.
  func testAnswersAreThoseOfTheRunToTheDigit() throws {
    let program = try Program()
    let run = try trained(
      program,
      [
        "folder: pictures\n  class_names: names.json": "builtin: petals",
        "weights: none": "weights: builtin", "freeze: none": "freeze: {all_but: head}",
        "batch_size: 16": "batch_size: 23",
      ])
    let stored = csv(try String(contentsOfFile: run + "/predictions/val.csv", encoding: .utf8))
    // path, label, predicted, label_probability, predicted_probability, top1, …
    let expected = stored.dropFirst().map { [$0[0], $0[2], $0[4]] + $0[5...] }
    let log = try program.run(["eval", run, "--json"])
    let value = try JSONSerialization.jsonObject(with: Data(log.output.utf8))
    let folder = try XCTUnwrap((value as? [String: Any])?["folder"] as? String)
    XCTAssertTrue(folder.hasSuffix("/val"), folder)
    let root = String(folder.dropLast(3))

    /// In the columns of `expected`.
    func answers(_ result: String) -> [[String]] {
      csv(result).dropFirst().map { row in
        XCTAssertEqual(row.last, "")
        return [String(row[0].dropFirst(root.count)), row[1], row[3]] + row[4..<row.count - 1]
      }
    }
    // 1. The whole folder, in the same order.
    let whole = try program.run(["predict", run, folder, "--format", "csv"])
    XCTAssertEqual(whole.status, 0, whole.errors)
    XCTAssertEqual(whole.errors, "")
    XCTAssertGreaterThan(expected.count, 64)
    XCTAssertEqual(answers(whole.output), Array(expected))
    // 2. Every seventh, from a list; and one alone.
    let some = stride(from: 3, to: expected.count, by: 7).map { expected[$0] }
    try some.map { root + $0[0] + "\n" }.joined().write(
      toFile: program.folder("list.txt"), atomically: true, encoding: .utf8)
    let listed = try shell(program, "\"$XRUN\" predict \(run) - --format csv < list.txt")
    XCTAssertEqual(listed.status, 0, listed.output)
    XCTAssertEqual(answers(listed.output), some)
    let alone = try program.run(["predict", run, root + some[2][0], "--format", "csv"])
    XCTAssertEqual(answers(alone.output), [some[2]])
    // 3. With a machine that is used otherwise.
    let other = try program.run(
      ["predict", run, folder, "--format", "csv", "--threads", "1"])
    XCTAssertEqual(other.output, whole.output)
  }

  func testWhatCannotBeReadIsSaidAndTheRestIsNamed() throws {
    let program = try Program()
    let run = try trained(program)
    let whole = try program.bytes(program.folder("pictures/val/iris/0.jpg"))
    for folder in ["mixed/sub", "empty"] {
      try FileManager.default.createDirectory(
        atPath: program.folder(folder), withIntermediateDirectories: true)
    }
    let files: [(String, Data)] = [
      ("mixed/1.jpg", whole), ("mixed/2.jpg", whole.prefix(whole.count / 2)),
      ("mixed/3.png", Data("text".utf8)), ("mixed/notes.txt", Data("text".utf8)),
      ("mixed/sub/4.JPEG", whole), ("named", whole),
    ]
    for (path, data) in files { try data.write(to: URL(fileURLWithPath: program.folder(path))) }
    try FileManager.default.createSymbolicLink(
      atPath: program.folder("mixed/sub/back"), withDestinationPath: "..")

    let paths = ["gone.jpg", "mixed", "empty", "named"]
    let result = try program.run(["predict", run] + paths + ["--json", "--top", "1"])
    XCTAssertEqual(result.status, 2)
    let objects = try result.output.split(separator: "\n").map { line in
      try XCTUnwrap(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    XCTAssertEqual(
      objects.map { $0["path"] as? String },
      [
        "gone.jpg", "mixed/1.jpg", "mixed/2.jpg", "mixed/3.png", "mixed/sub/4.JPEG", "empty",
        "named",
      ])
    XCTAssertEqual(
      objects.map { $0["error"] != nil }, [true, false, true, true, false, true, false])
    for index in [1, 4, 6] {
      let top = try XCTUnwrap(objects[index]["top"] as? [[String: Any]])
      XCTAssertEqual(top.count, 1)
      XCTAssertEqual(top[0]["name"] as? String, "the \(try XCTUnwrap(top[0]["class"] as? String))")
    }
    for words in [
      "error[missing-file]: there is no file 'gone.jpg'",
      "error[undecodable-picture]: 'mixed/2.jpg' is a truncated JPEG file",
      "error[undecodable-picture]: 'mixed/3.png' is not a picture",
      "error[no-pictures]: 'empty' is a folder without pictures",
      "4 of 7 paths could not be read",
    ] {
      XCTAssertTrue(result.errors.contains(words), "'\(words)' in \(result.errors)")
    }
    // The reason stands in the table too.
    let table = try program.run(["predict", run] + paths + ["--format", "csv"])
    let rows = csv(table.output)
    XCTAssertEqual(Set(rows.map(\.count)), [4 + 2 * 4 + 1])
    XCTAssertEqual(rows[1], ["gone.jpg"] + [String](repeating: "", count: 11) + ["is not there"])
    XCTAssertEqual(table.status, 2)
    // One page: a card for each path in the order of the answers, with the picture where there is one.
    let page = try program.run(["predict", run] + paths + ["--format", "html"])
    XCTAssertEqual(page.status, 2)
    XCTAssertTrue(page.output.hasPrefix("<!DOCTYPE html>"))
    XCTAssertTrue(page.output.hasSuffix("</html>\n"))
    let cards = page.output.components(separatedBy: "<figure").dropFirst()
    XCTAssertEqual(cards.count, objects.count)
    for (card, object) in zip(cards, objects) {
      XCTAssertTrue(card.contains("title=\"\(try XCTUnwrap(object["path"] as? String))\""), card)
      if let error = object["error"] as? String {
        XCTAssertTrue(card.contains(error), card)
        XCTAssertFalse(card.contains("<img"), card)
      } else {
        let top = try XCTUnwrap((object["top"] as? [[String: Any]])?.first)
        XCTAssertTrue(card.contains(">\(try XCTUnwrap(top["name"] as? String))</bdi> "), card)
        XCTAssertTrue(card.contains("src=\"data:image/jpeg;base64,"), card)
      }
    }
    // The weights of the last epoch are there as well.
    let last = try program.run(["predict", run, "named", "--weights", "last"])
    XCTAssertEqual(last.status, 0, last.errors)
  }

  func testAListMayBeSeparatedByNull() throws {
    let program = try Program()
    let run = try trained(program)
    try FileManager.default.copyItem(
      atPath: program.folder("pictures/val/iris/0.jpg"), toPath: program.folder("a\nb.jpg"))
    let found = try shell(
      program, "find . -maxdepth 1 -name '*b.jpg' -print0 | \"$XRUN\" predict \(run) - -0 --json")
    XCTAssertEqual(found.status, 0, found.output)
    XCTAssertTrue(found.output.hasPrefix(#"{"path":"./a\nb.jpg","top""#), found.output)
    // By lines it is two names, of which neither is there; empty lines are none.
    let lines = try shell(
      program, "printf 'a\\nb.jpg\\n\\npictures/val/iris/1.jpg' | \"$XRUN\" predict \(run) - --json"
    )
    XCTAssertEqual(lines.status, 2, lines.output)
    XCTAssertEqual(lines.output.components(separatedBy: "\"error\"").count - 1, 2, lines.output)
    XCTAssertTrue(lines.output.contains("2 of 3 paths"), lines.output)
    // An empty list has no answers.
    let none = try shell(program, "\"$XRUN\" predict \(run) - --format csv < /dev/null")
    XCTAssertEqual(none.status, 0)
    XCTAssertTrue(none.output.hasPrefix("path,predicted,name,"), none.output)
  }

  func testAClosedPipeEndsItQuietly() throws {
    let program = try Program()
    let run = try trained(program)
    // Far more than a pipe holds.
    let many = String(repeating: " pictures/train", count: 200)
    for trap in ["", "trap '' PIPE; "] {
      let result = try shell(
        program,
        "(\(trap)\"$XRUN\" predict \(run)\(many); echo \"status $?\" >&2) 2>errors | head -n 1;"
          + " cat errors")
      let expected = trap.isEmpty ? "status 141" : "status 0"
      XCTAssertEqual(
        result.output, "pictures/train/daisy/0.jpg\n\(expected)\n", "'\(trap)' \(result.output)")
    }
  }

  func testWrongUsageIsSaid() throws {
    let program = try Program()
    for (arguments, words) in [
      (["a.jpg", "--null"], "name '-' as a path"), (["-", "-"], "once is enough"),
      (["a.jpg", "--json", "--format", "csv"], "exclude each other"), ([], "<path>"),
      (["a.jpg", "--top", "0"], "'--top' must be from 1 to 1000"),
      (["a.jpg", "--format", "xml"], "xml"),
    ] {
      let result = try program.run(["predict", "runs/a"] + arguments)
      XCTAssertEqual(result.status, 64, "\(arguments) \(result.errors)")
      XCTAssertTrue(result.errors.contains(words), "'\(words)' in \(result.errors)")
    }
  }
}
