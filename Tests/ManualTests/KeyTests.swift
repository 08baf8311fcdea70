import Diagnostics
import Experiments
import Manual
import TestSupport
import XCTest

/// What holds for every key of the language.
final class KeyTests: XCTestCase {
  func testEveryKeyIsThereOnceAndSaysWhatItIs() {
    let paths = LanguageKey.all.map(\.path)
    XCTAssertEqual(Set(paths).count, paths.count)
    for path in ["name", "train.batch_size", "data.splits.val.fraction", "phases.start_from"] {
      XCTAssertTrue(paths.contains(path), path)
    }
    XCTAssertFalse(paths.contains("phases.epochs"), "said once, at the top level")
    for key in LanguageKey.all {
      XCTAssertFalse(key.parameter.doc.isEmpty, key.path)
      XCTAssertFalse(key.parameter.example.isEmpty, key.path)
      XCTAssertFalse(ValueText.of(key.parameter).isEmpty, key.path)
    }
  }

  /// Each example is laid over an experiment that has what the key needs beside it.
  func testExamplesAreAccepted() throws {
    let beside: [String: [String]] = [
      "data": [], "data.folder": ["data.builtin=null"],
      "freeze.bn": ["freeze={all_but: head}"],
      "early_stopping.min_delta": ["early_stopping={patience: 3}"],
      "gates.condition": ["gates=[test/acc1 >= 0.5]"],
      "gates.metric": ["gates=[{metric: val/acc1, at_least: 0.5}]"],
      "gates.at_least": ["gates=[{metric: val/acc1, at_least: 0.5}]"],
      "gates.at_most": ["gates=[{metric: val/loss, at_most: 0.5}]"],
      "gates.max_drop": ["gates=[{metric: val/acc1, max_drop: 0.5, baseline: runs/good}]"],
      "gates.baseline": ["gates=[{metric: val/acc1, max_drop: 0.5, baseline: runs/good}]"],
      "gates.confidence": ["gates=[val/acc1 >= 0.5]"],
      "gates.inconclusive": ["gates=[{metric: val/acc1, at_least: 0.5, confidence: 0.9}]"],
    ]
    for key in LanguageKey.all where key.path != "extends" {
      let isOfPhases = key.path.hasPrefix("phases.")
      let text = isOfPhases ? Self.phased : key.path == "phases" ? Self.endless : Self.small
      let path = key.path.replacing("phases.", with: "phases[1].").replacing(
        "gates.", with: "gates[0].")
      let overrides = (beside[key.path] ?? []) + ["\(path)=\(key.parameter.example)"]
      let (experiment, diagnostics) = ExperimentLoader.load(
        SourceText(name: "experiment.yaml", text: text), in: "/nowhere", overrides: overrides,
        checksFiles: false)
      XCTAssertEqual(diagnostics.map(\.message), [], "\(key.path)=\(key.parameter.example)")
      XCTAssertNotNil(experiment, key.path)
    }
  }

  func testTheExampleOfExtendsIsAccepted() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let key = try XCTUnwrap(LanguageKey.all.first { $0.path == "extends" })
    try Self.small.write(
      to: folder.appendingPathComponent(key.parameter.example), atomically: true, encoding: .utf8)
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: key.yaml + "\nname: other\n"), in: folder.path)
    XCTAssertEqual(diagnostics.map(\.message), [])
    XCTAssertEqual(experiment?.name, "other")
  }

  /// The example in a file gives the same experiment as on the command line.
  func testExamplesInAFileAreThoseOfTheCommandLine() throws {
    for key in LanguageKey.all where key.path.hasPrefix("train.") {
      let file = ExampleRun.load(.init("train", key.yaml)).experiment
      let argument = ExampleRun.load(
        Self.small, overrides: ["\(key.path)=\(key.parameter.example)"]
      ).experiment
      XCTAssertEqual(file?.configurationHash, argument?.configurationHash)
      XCTAssertNotNil(file, key.yaml)
    }
  }

  func testWhatIsCalledRequiredIs() throws {
    for key in LanguageKey.all
    where key.defaultText.hasPrefix("required") && !key.path.contains(".") {
      let (experiment, diagnostics) = ExampleRun.load(.init(key.path, ""))
      XCTAssertNil(experiment, key.path)
      XCTAssertEqual(
        Set(diagnostics.map(\.code.rawValue)), ["missing-key"], "\(key.path) \(diagnostics)")
    }
    // And nothing else is.
    let written = Set(SmallExperiment.blocks.map(\.key))
    for key in LanguageKey.all where !key.path.contains(".") && !written.contains(key.path) {
      XCTAssertFalse(key.defaultText.hasPrefix("required"), key.path)
    }
  }

  private static let small = SmallExperiment.text(with: .init("epochs", "epochs: 5"))
  /// Without epochs, which belong to phases.
  private static let endless = SmallExperiment.text(with: .init("epochs", ""))
  private static let phased = SmallExperiment.text(
    with: .init(
      "epochs",
      """
      phases:
        - {name: first, epochs: 1}
        - {name: second, epochs: 1}
      """))
}
