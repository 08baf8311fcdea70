import Foundation
import TestSupport
import XCTest

/// Names that are nearly right: one error at the very word, with what was meant, and no echo of it.
final class NearMissTests: XCTestCase {
  private func refused(
    _ program: Program, _ verb: String, _ changes: [String: String], _ words: String...,
    not unwanted: [String] = [], line: UInt = #line
  ) throws {
    try program.experiment("small.yaml", changes)
    let result = try program.run(
      [verb, "small.yaml"], environment: ["XRUN_WEIGHTS_DIR": program.folder("weights")])
    XCTAssertEqual(result.status, 2, result.errors, line: line)
    let text = result.errors + result.output
    for word in words { XCTAssertTrue(text.contains(word), "'\(word)' in \(text)", line: line) }
    XCTAssertEqual(text.components(separatedBy: "error[").count, 2, text, line: line)
    for word in unwanted {
      XCTAssertFalse(text.contains(word), "'\(word)' in \(text)", line: line)
    }
  }

  func testAClassThatTheDataLacksIsNamedWhereItIsWritten() throws {
    let program = try Program()
    for verb in ["plan", "train"] {
      try refused(
        program, verb,
        ["class_names: names.json": "class_names: names.json\n  classes: [lily, irish, iris]"],
        "error[unknown-class]", "train' has no class 'irish'", "small.yaml:5:19",
        "did you mean 'iris'?", not: ["unreadable-folder", "class-missing-in-split"])
      // A part of another word is not the word.
      try refused(
        program, verb,
        ["class_names: names.json": "class_names: names.json\n  classes: [lily, 'li']"],
        "has no class 'li'", "small.yaml:5:20")
    }
  }

  func testAnEmbeddedSetHasItsOwnClassesAndSplits() throws {
    let program = try Program()
    let data = "folder: pictures\n  class_names: names.json"
    try refused(
      program, "check", [data: "builtin: petals\n  splits: {train: training}"],
      "error[missing-folder]: the embedded set 'petals' has no split 'training'",
      "small.yaml:4:19", "it has 'train', 'val' and 'test'")
    try refused(
      program, "check", [data: "builtin: petals\n  classes: ['01', '99']"],
      "error[unknown-class]: the embedded set 'petals' has no class '99'", "small.yaml:4:20")
    try program.experiment("small.yaml", [data: "builtin: petals\n  splits: {test: null}"])
    let result = try program.run(["check", "small.yaml"])
    XCTAssertEqual(result.status, 0, result.errors)
  }

  func testWeightsThatAreNearlyThere() throws {
    let program = try Program()
    try FileManager.default.createDirectory(
      atPath: program.folder("runs/x"), withIntermediateDirectories: true)
    try Data().write(to: URL(fileURLWithPath: program.folder("runs/x/best.safetensors")))
    try refused(
      program, "check", ["weights: none": "weights: runs/x/bst"],
      "error[missing-folder]", "small.yaml:19:38", "did you mean 'runs/x/best'?")
    try refused(
      program, "check", ["weights: none": "weights: model.safetensor"],
      "error[unknown-weights]", "small.yaml:19:38", "did you mean 'model.safetensors'?")
    try refused(
      program, "check", ["weights: none": "weights: ./model.safetensor"],
      "did you mean './model.safetensors'?")
  }

  func testNamesOfWeightsThatTheBackboneDoesNotHave() throws {
    let program = try Program()
    for name in ["DEFAULT", "IMAGENET1K_V2"] {
      try refused(
        program, "check", ["weights: none": "weights: \(name)"],
        "error[unusable-weights]: 'resnet18' has no weights '\(name)'", "small.yaml:19:38",
        "write 'IMAGENET1K_V1'")
    }
  }
}
