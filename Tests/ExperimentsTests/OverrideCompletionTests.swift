import Diagnostics
import Experiments
import TestSupport
import XCTest

/// What completion offers is accepted, and what can be set is offered.
final class OverrideCompletionTests: XCTestCase {
  private var folder: TemporaryFolder?

  override func setUpWithError() throws { folder = try TemporaryFolder() }

  private func completion(_ text: String) throws -> OverrideCompletion {
    let path = try XCTUnwrap(folder)("x.yaml")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return OverrideCompletion(file: path)
  }

  /// All arguments up to `=` that can be reached step by step.
  private func keys(_ completion: OverrideCompletion, from start: String = "") -> [String] {
    completion.candidates(start).flatMap { found -> [String] in
      XCTAssertTrue(found.text.count > start.count, "'\(start)' does not go on to '\(found.text)'")
      return found.text.hasSuffix(".") ? keys(completion, from: found.text) : [found.text]
    }
  }

  func testEveryOfferIsAcceptedWhereItStands() throws {
    var count = 0
    for text in [Examples.flowers, Examples.small()] {
      let completion = try completion(text)
      for key in keys(completion) {
        for value in ["null"]
          + completion.candidates(key).map({ String($0.text.dropFirst(key.count)) })
        {
          let (_, diagnostics) = Examples.load(text, overrides: [key + value])
          let codes = diagnostics.map(\.code.rawValue)
          for code in codes {
            let isRefusal =
              code == "bad-override" || code.hasPrefix("unknown-")
              || value != "null" && code == "wrong-kind"
            XCTAssertFalse(isRefusal, "\(key)\(value): \(diagnostics.map(\.message))")
          }
          count += 1
        }
      }
    }
    XCTAssertGreaterThan(count, 150)
  }

  func testTheFileDecidesWhatIsOffered() throws {
    let flowers = try completion(Examples.flowers)
    let found = keys(flowers)
    for key in [
      "seed=", "transforms.train.ColorJitter.hue=", "phases.head.optimizer.lr=",
      "phases.all.freeze=", "phases.head.freeze.bn=", "model.backbone=",
      "loss.label_smoothing=", "transforms.eval.Normalize.mean=", "train.batch_size=",
    ] { XCTAssertTrue(found.contains(key), key) }
    // Refused, so not offered: they stand in the phases.
    for key in ["optimizer.lr=", "epochs=", "extends=", "freeze="] {
      XCTAssertFalse(found.contains(key), key)
    }
    let small = keys(try completion(Examples.small()))
    XCTAssertTrue(small.contains("optimizer.lr="))
    XCTAssertFalse(small.contains("optimizer.momentum="), "it has Adam")
    XCTAssertTrue(small.contains("scheduler.StepLR.step_size="), "it has no scheduler yet")
    XCTAssertFalse(small.contains { $0.hasPrefix("phases") })
    XCTAssertEqual(
      flowers.candidates("phases[1].optimizer.l").map(\.text),
      ["lr", "betas", "eps", "weight_decay", "amsgrad"].map { "phases[1].optimizer.\($0)=" })
    // A name that stands twice is reached by its position.
    let twice = try completion(
      Examples.small(
        "transforms",
        "transforms: {train: [Resize: 9, Resize: [8, 8], ToTensor], eval: [ToTensor]}"))
    XCTAssertEqual(
      twice.candidates("transforms.train.").map(\.text),
      ["transforms.train[0].", "transforms.train[1]."])
    XCTAssertTrue(
      twice.candidates("transforms.train[1].").map(\.text).contains("transforms.train[1].size="))
  }

  func testWithoutAFileTheDeclarationsDo() {
    let none = OverrideCompletion(file: "/nowhere/x.yaml")
    let optimizers = none.candidates("optimizer.").map(\.text)
    XCTAssertTrue(optimizers.contains("optimizer.lr="))
    XCTAssertTrue(optimizers.contains("optimizer.momentum="))
    XCTAssertEqual(optimizers.count, Set(optimizers).count)
    XCTAssertEqual(
      none.candidates("transforms.train.ColorJitter.").map(\.text),
      ["brightness", "contrast", "saturation", "hue"].map { "transforms.train.ColorJitter.\($0)=" })
    XCTAssertEqual(
      none.candidates("freeze.bn=").map(\.text), ["freeze.bn=eval", "freeze.bn=train"])
    XCTAssertEqual(none.candidates("nonsense.x").map(\.text), [])
    XCTAssertEqual(
      none.candidates("optimizer=").map(\.text),
      ["SGD", "Adam", "AdamW", "null"].map { "optimizer=" + $0 })
  }
}
