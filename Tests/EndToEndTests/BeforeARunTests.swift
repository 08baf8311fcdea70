import Foundation
import Images
import TestSupport
import XCTest

/// What is wrong is found before there is a run folder, at its place in the file, by train, check and plan alike.
final class BeforeARunTests: XCTestCase {
  private func hasRuns(_ program: Program) -> Bool {
    FileManager.default.fileExists(atPath: program.folder("runs"))
  }

  // MARK: Batches

  func testALastBatchThatCannotBeNormalisedIsRefused() throws {
    let program = try Program()
    // 40 pictures: one is left, and its map of one pixel has no variance.
    try program.experiment("small.yaml", ["batch_size: 16": "batch_size: 39"])
    for verb in [[], ["plan"]] {
      let result = try program.run(verb + ["small.yaml"])
      XCTAssertEqual(result.status, 2, result.errors)
      for words in [
        "error[shape-mismatch]: the last batch of phase 'main' has 1 picture: ", "small.yaml:20:21",
        "40 training pictures in batches of 39", "drop_last: true",
      ] { XCTAssertTrue(result.errors.contains(words), "'\(words)' in \(result.errors)") }
      XCTAssertFalse(hasRuns(program))
    }
    // As many as there are, or the rest left out, is right.
    for right in ["train.batch_size=38", "train.drop_last=true"] {
      let result = try program.run(["plan", "small.yaml", right])
      XCTAssertEqual(result.status, 0, result.errors)
    }
  }

  func testFewerPicturesThanABatchAreRefused() throws {
    let program = try Program()
    try program.experiment(
      "small.yaml", ["batch_size: 16": "batch_size: 41, drop_last: true"])
    for verb in [[], ["plan"]] {
      let result = try program.run(verb + ["small.yaml"])
      XCTAssertEqual(result.status, 2, result.errors)
      for words in [
        "error[no-batches]", "there are 40 training pictures", "small.yaml:20:36",
        "a batch is of 41",
      ] { XCTAssertTrue(result.errors.contains(words), "'\(words)' in \(result.errors)") }
      XCTAssertFalse(hasRuns(program))
    }
  }

  // MARK: Weights

  func testWeightsThatCannotBeLoadedAreTheSameErrorEverywhere() throws {
    let program = try Program()
    let run = try program.run([
      try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"]), "runs=elsewhere",
    ]).lastLine
    try Data("no weights".utf8).write(to: URL(fileURLWithPath: program.folder("no.safetensors")))
    let cases: [(model: String, words: [String])] = [
      (
        "{backbone: resnet18, weights: IMAGENET1K_V1}",
        ["resnet18-IMAGENET1K_V1.safetensors", "small.yaml:19:38"]
      ),
      ("{backbone: resnet18, weights: no.safetensors}", ["no.safetensors", "small.yaml:19:38"]),
      ("{backbone: resnet34, weights: \(run)}", ["state 'backbone: resnet18'"]),
    ]
    for (model, words) in cases {
      try program.experiment("small.yaml", ["{backbone: resnet18, weights: none}": model])
      var errors: [String] = []
      for verb in [[], ["check"], ["plan"]] {
        let result = try program.run(
          verb + ["small.yaml"], environment: ["XRUN_WEIGHTS_DIR": program.folder("weights")])
        XCTAssertEqual(result.status, 2, "\(verb) \(model): \(result.errors)")
        for word in words + ["error[unusable-weights]"] {
          XCTAssertTrue(result.errors.contains(word), "'\(word)' in \(result.errors)")
        }
        // The error with its excerpt and its help, to the empty line behind.
        let start = try XCTUnwrap(result.errors.range(of: "error[unusable-weights]"))
        let text = result.errors[start.lowerBound...]
        errors.append(
          String(text.prefix(upTo: text.range(of: "\n\n")?.lowerBound ?? text.endIndex)))
      }
      XCTAssertEqual(Set(errors.map { $0.trimmingCharacters(in: .newlines) }).count, 1, "\(errors)")
    }
    XCTAssertFalse(hasRuns(program))
  }

  // MARK: Signals

  func testASignalDuringTheScanEndsAtOnceAndNothingWasStarted() throws {
    let program = try Program()
    try program.experiment()
    // Pictures that take long to decode.
    let side = 3000
    let picture = Picture(
      width: side, height: side,
      bytes: (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) })
    try Data(picture.jpeg(quality: 90)).write(to: URL(fileURLWithPath: program.folder("big")))
    for number in 0..<300 {
      try FileManager.default.createSymbolicLink(
        atPath: program.folder("pictures/train/iris/big\(number).jpg"),
        withDestinationPath: program.folder("big"))
    }
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      let start = ContinuousClock.now
      let result = try program.run(["small.yaml"]) { process, _ in
        Thread.sleep(forTimeInterval: 1)
        kill(process.processIdentifier, signal)
      }
      XCTAssertEqual(result.status, 75, result.errors)
      XCTAssertFalse(result.wasSignalled)
      XCTAssertTrue(result.errors.contains("nothing was started"), result.errors)
      XCTAssertLessThan(ContinuousClock.now - start, .seconds(5))
      XCTAssertFalse(hasRuns(program))
    }
  }

  func testAPipeAmongThePicturesIsNamed() throws {
    let program = try Program()
    try program.experiment()
    XCTAssertEqual(mkfifo(program.folder("pictures/train/iris/pipe.jpg"), 0o644), 0)
    let result = try program.run(["small.yaml"])
    XCTAssertEqual(result.status, 2, result.errors)
    XCTAssertTrue(
      result.errors.contains("pipe.jpg' is a named pipe, not a regular file"), result.errors)
  }
}
