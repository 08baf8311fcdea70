import Foundation
import Runs
import TestSupport
import XCTest

/// `xrun eval` on folders of either layout.
final class EvaluationTests: XCTestCase {
  private func trained(_ program: Program) throws -> String {
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let result = try program.run(["small.yaml"])
    XCTAssertEqual(result.status, 0, result.errors)
    return result.lastLine
  }

  private func object(_ result: Program.Result) throws -> [String: Any] {
    XCTAssertEqual(result.status, 0, result.errors)
    return try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
  }

  func testBothLayoutsGiveTheRunsNumbersAndSayWhatWasTaken() throws {
    let program = try Program()
    let run = try trained(program)
    let own = try object(program.run(["eval", run, "--json", "--predictions", "own.csv"]))
    let best = try XCTUnwrap(RunReader(run).best)
    for (arguments, prefix, split) in [
      (["--data", "pictures"], "val", "val"), (["--data", "pictures/val"], "data", nil),
      (["--data", "pictures/val/"], "data", nil),
    ] as [([String], String, String?)] {
      let other = try object(
        program.run(["eval", run, "--json", "--predictions", "other.csv"] + arguments))
      for metric in ["loss", "acc1", "acc5", "acc_per_class_mean"] {
        let value = try XCTUnwrap(other["\(prefix)/\(metric)"] as? Double, "\(other)")
        XCTAssertEqual(value, own["val/\(metric)"] as? Double)
        XCTAssertEqual(value, best.numbers["val/\(metric)"])
      }
      XCTAssertEqual(other["split"] as? String, split)
      XCTAssertEqual(other["pictures"] as? Int, 16)
      XCTAssertEqual(
        (other["folder"] as? String).map { $0.hasSuffix("/pictures/val") }, true, "\(other)")
      // As the run wrote them, byte for byte.
      for file in ["own.csv", "other.csv"] {
        XCTAssertEqual(
          try program.bytes(program.folder(file)), try program.bytes(run + "/predictions/val.csv"))
      }
    }
    let text = try program.run(["eval", run, "--data", "pictures/val"])
    XCTAssertTrue(text.output.contains("/pictures/val (class folders, no splits)"), text.output)
    let split = try program.run(["eval", run, "--split", "test"])
    XCTAssertTrue(split.output.contains("/pictures/test (split 'test')"), split.output)
    XCTAssertTrue(split.output.contains("weights  best, epoch 1"), split.output)
  }

  /// Who mends one picture after the other would evaluate as often as there are bad ones.
  func testAllPicturesThatCannotBeReadAreNamedAtOnce() throws {
    let program = try Program()
    let run = try trained(program)
    let val = program.folder("pictures/val")
    let bad = ["daisy/1.jpg", "iris/0.jpg", "rose/3.jpg"]
    for name in bad {
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(val)/\(name)"))
    }
    for arguments in [[], ["--data", "pictures/val"]] {
      let result = try program.run(["eval", run, "--predictions", "p.csv"] + arguments)
      XCTAssertEqual(result.status, 2, result.errors)
      XCTAssertEqual(result.output, "")
      XCTAssertFalse(FileManager.default.fileExists(atPath: program.folder("p.csv")))
      let lines = result.errors.split(separator: "\n").filter { $0.hasPrefix("error[") }
      XCTAssertEqual(
        lines.map(String.init),
        bad.map { "error[undecodable-picture]: '\(val)/\($0)' is not a picture" } + [
          "error[unusable-run]: 3 of 16 pictures cannot be used: nothing was evaluated"
        ])
      XCTAssertTrue(result.errors.contains("remove the file, or get it again"), result.errors)
    }
    // Of very many some are named.
    for number in 0..<40 {
      try Data("no picture".utf8).write(to: URL(fileURLWithPath: "\(val)/lily/x\(number).jpg"))
    }
    let many = try program.run(["eval", run])
    XCTAssertEqual(many.status, 2, many.errors)
    XCTAssertEqual(many.errors.components(separatedBy: "error[undecodable-picture]").count, 21)
    XCTAssertTrue(
      many.errors.contains(
        "error[unusable-run]: 43 of 56 pictures cannot be used, 20 of them named above and 23 more: "
          + "nothing was evaluated"), many.errors)
  }

  func testWrongFoldersAreSaid() throws {
    let program = try Program()
    let run = try trained(program)
    let manager = FileManager.default
    for folder in ["nothing", "strange/orchid", "only", "other/val"] {
      try manager.createDirectory(
        atPath: program.folder(folder), withIntermediateDirectories: true)
    }
    try manager.copyItem(
      atPath: program.folder("pictures/test"), toPath: program.folder("only/test"))
    try manager.copyItem(
      atPath: program.folder("pictures/val"), toPath: program.folder("more"))
    try manager.moveItem(atPath: program.folder("more/iris"), toPath: program.folder("more/irris"))
    try manager.copyItem(
      atPath: program.folder("pictures/val/iris"), toPath: program.folder("other/val/orchid"))
    try manager.createDirectory(
      atPath: program.folder("void/iris"), withIntermediateDirectories: true)
    for (arguments, words) in [
      (["--data", "nowhere"], ["there is no folder", "relative to the working directory"]),
      (["--data", "small.yaml"], ["is no folder"]),
      (
        ["--data", "nothing"],
        ["has no split 'val'", "nor does it hold folders of the run's classes"]
      ),
      (["--data", "strange"], ["has no split 'val'", "such as 'daisy'"]),
      (["--data", "only"], ["has no split 'val'", "it has 'test': try --split"]),
      (
        ["--data", "pictures/val", "--split", "test"],
        ["has no split 'test'", "it holds class folders itself"]
      ),
      (
        ["--data", "more"],
        ["that the weights do not know: 'irris'", "is 'irris' meant to be 'iris'?"]
      ),
      (["--data", "other"], ["other/val' has 1 class that the weights do not know: 'orchid'"]),
      (["--data", "void"], ["error[empty-class]", "void/iris' has no pictures"]),
      (["--predictions", "no/such/file.csv"], ["error[missing-folder]", "to write"]),
    ] {
      let result = try program.run(["eval", run] + arguments)
      XCTAssertEqual(result.status, 2, "\(arguments)")
      XCTAssertEqual(result.output, "")
      for words in words {
        XCTAssertTrue(
          result.errors.contains(words), "\(arguments): '\(words)' in \(result.errors)")
      }
    }
    // Missing classes are fine, and said.
    try manager.removeItem(atPath: program.folder("more/irris"))
    let fewer = try program.run(["eval", run, "--data", "more"])
    XCTAssertEqual(fewer.status, 0, fewer.errors)
    XCTAssertTrue(fewer.errors.contains("lacks 1 of the 4 classes: 'iris'"), fewer.errors)
    XCTAssertTrue(fewer.output.contains("pictures  12"), fewer.output)
  }
}
