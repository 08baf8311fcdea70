import Diagnostics
import Foundation
import TestSupport
import XCTest

/// What terminals are sent: colours where they are wanted, and no name that looks like another one.
final class TerminalTests: XCTestCase {
  private static let escape: Character = "\u{1B}"

  func testColoursAreForTerminalsThatShowThem() throws {
    let program = try Program()
    try "name: a\nnothing: 1\n".write(
      toFile: program.folder("bad.yaml"), atomically: true, encoding: .utf8)
    let coloured = try program.onTerminal(["check", "bad.yaml"])
    XCTAssertEqual(coloured.status, 2)
    XCTAssertTrue(coloured.text.contains("\u{1B}[1;31merror[unknown-key]"), coloured.text)
    XCTAssertTrue(
      try program.onTerminal(["check", "bad.yaml"], environment: ["NO_COLOR": ""]).text
        .contains(Self.escape), "empty is as not set")
    for environment in [["TERM": "dumb"], ["NO_COLOR": "1"]] {
      let plain = try program.onTerminal(["check", "bad.yaml"], environment: environment)
      XCTAssertTrue(plain.text.contains("error[unknown-key]"), plain.text)
      XCTAssertFalse(plain.text.contains(Self.escape), "\(environment): \(plain.text)")
    }
  }

  /// The live line of a training, which is drawn again and again.
  func testNothingMovesOnADumbTerminal() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let gate = ["--gate", "val/acc1 > 1"]
    let live = try program.onTerminal(["small.yaml"] + gate)
    XCTAssertEqual(live.status, 1, live.text)
    XCTAssertTrue(live.text.contains("\r\u{1B}[K"), live.text)
    XCTAssertTrue(live.text.contains("\u{1B}[31m"), live.text)
    let dumb = try program.onTerminal(["small.yaml"] + gate, environment: ["TERM": "dumb"])
    XCTAssertEqual(dumb.status, 1, dumb.text)
    XCTAssertFalse(dumb.text.contains(Self.escape), dumb.text)
    XCTAssertFalse(dumb.text.replacing("\r\n", with: "\n").contains("\r"), dumb.text)
    XCTAssertTrue(dumb.text.contains("val loss"), dumb.text)
  }

  /// Everything that marks of writing's direction can be in, read by every command that names it.
  func testNoNameTurnsRoundWhatIsBesideIt() throws {
    let program = try Program()
    let classes = ["a\u{202E}b", "c\u{2066}d", "e\u{200F}f", "g\u{061C}h"]
    try PictureFolder.write(to: program.folder("pictures"), classes: classes)
    // The folder has these classes alone.
    for split in ["train", "val", "test"] {
      for name in ["daisy", "iris", "lily", "rose"] {
        try FileManager.default.removeItem(atPath: program.folder("pictures/\(split)/\(name)"))
      }
    }
    let file = "small\u{202E}.yaml"
    try program.experiment(file, ["epochs: 2": "epochs: 1", "name: small": "name: 'x\u{2067}y'"])
    func isClean(_ text: String, _ what: String) {
      let hidden = text.unicodeScalars.filter { !"\n\t".unicodeScalars.contains($0) }
        .filter(VisibleText.hides)
      XCTAssertEqual(hidden.map { String($0.value, radix: 16) }, [], what)
    }
    // 1. Training: what it says, its log, its page.
    let trained = try program.run([file])
    XCTAssertEqual(trained.status, 0, trained.errors)
    let run = trained.lastLine
    isClean(trained.errors, "messages")
    isClean(try String(contentsOfFile: run + "/log.txt", encoding: .utf8), "log.txt")
    isClean(try String(contentsOfFile: run + "/report.html", encoding: .utf8), "report.html")
    // 2. A folder that somebody has called otherwise, beside a broken one.
    let runs = program.folder("runs")
    try FileManager.default.moveItem(atPath: run, toPath: runs + "/p\u{202E}q")
    try FileManager.default.copyItem(atPath: runs + "/p\u{202E}q", toPath: runs + "/r\u{2069}s")
    try FileManager.default.createDirectory(
      atPath: runs + "/t\u{200E}u", withIntermediateDirectories: true)
    try "{".write(
      toFile: runs + "/t\u{200E}u/run.json", atomically: true, encoding: .utf8)
    let (first, second) = ("runs/p\u{202E}q", "runs/r\u{2069}s")
    let picture = "pictures/val/\(classes[0])/0.jpg"
    for (arguments, status) in [
      (["check", file], 0), (["plan", file], 0), (["ls"], 0), (["compare"], 0),
      (["compare", "--format", "md"], 0), (["compare", "--format", "html"], 0),
      (["compare", "--baseline", "v\u{202E}"], 2), (["diff", first, second], 0),
      (["report", first, "--output", "-"], 0), (["eval", first, "--split", "test"], 0),
      (["predict", first, picture, "no\u{202E}thing.jpg"], 2),
      (["predict", first, picture, "--format", "html"], 0), (["report", "no\u{2066}thing"], 2),
      (["ls", "runs", "no\u{2066}thing"], 64), (["check", "no\u{202B}thing.yaml"], 2),
    ] as [([String], Int32)] {
      let result = try program.run(arguments)
      XCTAssertEqual(result.status, status, "\(arguments): \(result.errors)")
      isClean(result.output + result.errors, "\(arguments)")
    }
    // 3. Programs get what is there.
    for arguments in [
      ["ls", "--json"], ["compare", "--json"],
      ["predict", first, picture, "--json"], ["predict", first, picture, "--format", "csv"],
    ] {
      XCTAssertTrue(
        try program.run(arguments).output.contains("\u{202E}"), "\(arguments)")
    }
    let path = first + "/report.html"
    XCTAssertEqual(try program.run(["report", first]).output, path + "\n", "a path for scripts")
    isClean(
      try program.onTerminal(["report", first]).text.replacing("\r\n", with: "\n"), "for people")
  }
}
