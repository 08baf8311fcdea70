import Diagnostics
import Experiments
import Foundation
import Models
import TestSupport
import Training
import XCTest

/// What a lint calls without effect has none: the weights are the same to the byte without it. And
/// where the lint is silent, the same key matters.
final class NoEffectTests: XCTestCase {
  private struct Outcome {
    /// Codes of the lints without effect that fire.
    let codes: [String]
    /// Every tensor's bytes at the end of the run.
    let weights: [UInt8]
  }

  /// An experiment on a small folder: `transforms` and `model` where the rest does not state them.
  private func run(_ rest: String, in folder: TemporaryFolder) throws -> Outcome {
    var text = """
      name: small
      data: {folder: pictures}
      runs: runs

      """
    if !rest.contains("transforms:") {
      text += """
        transforms:
          train: [Resize: [32, 32], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
          eval: [Resize: [32, 32], ToTensor, Normalize: imagenet]

        """
    }
    if !rest.contains("model:") { text += "model: {backbone: resnet18}\n" }
    text += rest + "\n"
    let (experiment, diagnostics) = ExperimentLoader.load(
      SourceText(name: "small.yaml", text: text), in: folder.path)
    let loaded = try XCTUnwrap(experiment, diagnostics.map(\.message).joined(separator: "; "))
    let data = try XCTUnwrap(
      ExperimentData.find(loaded.data, seed: loaded.seed, scans: true, threads: 2).data)
    let plan = try XCTUnwrap(ExperimentPlan.make(loaded, classes: data.classes.count).plan)
    let weights = try StartingWeights.make(
      loaded.model, network: plan.network, classes: data.classes, seed: loaded.seed)
    let session = try Session(
      plan, data: data, weights: weights, source: Array(text.utf8),
      options: TrainerOptions(threads: 2, workers: 2),
      invocation: Session.Invocation(command: ["test"], version: "0", commit: nil),
      observer: SilentObserver())
    guard case .completed = session.run() else {
      XCTFail("the run did not complete")
      return Outcome(codes: [], weights: [])
    }
    let file = try Data(
      contentsOf: URL(fileURLWithPath: session.folder.path + "/last.safetensors"))
    // The header's metadata has the settings; the tensors stand behind it.
    let header = file.prefix(8).enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    let codes = LintCatalogue.findings(in: LintSubject(plan, data: data.facts))
      .map(\.code.rawValue).filter { $0.hasPrefix("no-effect") }
    return Outcome(codes: codes, weights: Array(file.dropFirst(8 + header)))
  }

  /// - Parameters:
  ///   - idle: the experiment with the setting, and without it.
  ///   - working: the same where the setting matters.
  private func assert(
    _ code: String, idle: (with: String, without: String),
    working: (with: String, without: String), line: UInt = #line
  ) throws {
    let folder = try TemporaryFolder()
    try PictureFolder.write(to: folder.path + "/pictures")
    let idleWith = try run(idle.with, in: folder)
    let idleWithout = try run(idle.without, in: folder)
    XCTAssertEqual(idleWith.codes, [code], line: line)
    XCTAssertEqual(idleWithout.codes, [], line: line)
    XCTAssertFalse(idleWith.weights.isEmpty, line: line)
    XCTAssertTrue(idleWith.weights == idleWithout.weights, "\(code) has an effect", line: line)
    let workingWith = try run(working.with, in: folder)
    let workingWithout = try run(working.without, in: folder)
    XCTAssertEqual(workingWith.codes, [], line: line)
    XCTAssertFalse(workingWith.weights == workingWithout.weights, "no effect either", line: line)
    codesSeen.insert(code)
  }

  private var codesSeen = Set<String>()

  func testEveryLintOfThisKind() throws {
    let end = "train: {batch_size: 16}\nepochs: 2"
    func optimizer(_ arguments: String) -> String { "optimizer: {\(arguments)}\n\(end)" }
    try assert(
      "no-effect-dampening",
      idle: (optimizer("SGD: {lr: 0.01, dampening: 0.5}"), optimizer("SGD: {lr: 0.01}")),
      working: (
        optimizer("SGD: {lr: 0.01, momentum: 0.9, dampening: 0.5}"),
        optimizer("SGD: {lr: 0.01, momentum: 0.9}")
      ))
    // Not written it would be 0.01, so the key is set to nothing instead of deleted.
    try assert(
      "no-effect-weight-decay",
      idle: (
        optimizer("AdamW: {lr: 1e-4, weight_decay: 1e-4}"),
        optimizer("AdamW: {lr: 1e-4, weight_decay: 0}")
      ),
      working: (
        optimizer("AdamW: {lr: 1e-3, weight_decay: 1e-3}"),
        optimizer("AdamW: {lr: 1e-3, weight_decay: 0}")
      ))
    let adam = "optimizer: {Adam: {lr: 1e-3}}\ntrain: {batch_size: 16}\n"
    try assert(
      "no-effect-scheduler",
      idle: (adam + "scheduler: {StepLR: {step_size: 2}}\nepochs: 2", adam + "epochs: 2"),
      working: (adam + "scheduler: {StepLR: {step_size: 1}}\nepochs: 2", adam + "epochs: 2"))
    // At this rate weights move and no prediction does, so the first epoch stays the best.
    let slow = "optimizer: {Adam: {lr: 1e-7}}\ntrain: {batch_size: 16}\nfreeze: {all_but: head}\n"
    try assert(
      "no-effect-early-stopping",
      idle: (slow + "early_stopping: {patience: 1}\nepochs: 2", slow + "epochs: 2"),
      working: (slow + "early_stopping: {patience: 1}\nepochs: 4", slow + "epochs: 4"))
    let squeeze = "model: {backbone: squeezenet1_1}\n" + adam + "epochs: 1\n"
    let resnet = adam + "epochs: 1\n"
    try assert(
      "no-effect-bn",
      idle: (
        squeeze.replacing32() + "freeze: {all_but: head, bn: train}",
        squeeze.replacing32() + "freeze: {all_but: head}"
      ),
      working: (
        resnet + "freeze: {all_but: head, bn: train}", resnet + "freeze: {all_but: head}"
      ))
    func flipping(_ step: String) -> String {
      """
      transforms:
        train: [Resize: [32, 32], \(step)ToTensor, Normalize: imagenet]
        eval: [Resize: [32, 32], ToTensor, Normalize: imagenet]
      \(adam)epochs: 1
      """
    }
    try assert(
      "no-effect-transform",
      idle: (flipping("RandomHorizontalFlip: 0, "), flipping("")),
      working: (flipping("RandomHorizontalFlip: 0.5, "), flipping("")))
    func phases(_ top: String, second: String) -> String {
      """
      train: {batch_size: 16}
      \(top)
      phases:
        - {name: a, optimizer: {Adam: {lr: 1e-3}}, epochs: 1}
        - {name: b, \(second)epochs: 1}
      """
    }
    let own = "optimizer: SGD, "
    try assert(
      "no-effect-key",
      idle: (
        phases("optimizer: {Adam: {lr: 1e-4}}", second: own), phases("", second: own)
      ),
      working: (
        phases("freeze: {all_but: head}", second: own), phases("", second: own)
      ))
    func starting(_ start: String, epochs: Int) -> String {
      """
      train: {batch_size: 16}
      freeze: {all_but: head}
      optimizer: {Adam: {lr: 1e-7}}
      phases:
        - {name: a, epochs: \(epochs)}
        - {name: b, \(start)epochs: 1}
      """
    }
    try assert(
      "no-effect-start-from",
      idle: (starting("start_from: best, ", epochs: 1), starting("", epochs: 1)),
      working: (starting("start_from: best, ", epochs: 3), starting("", epochs: 3)))
    func dropping(_ size: Int, _ drops: Bool) -> String {
      "optimizer: Adam\nepochs: 1\ntrain: {batch_size: \(size)\(drops ? ", drop_last: true" : "")}"
    }
    try assert(
      "no-effect-drop-last",
      idle: (dropping(20, true), dropping(20, false)),
      working: (dropping(36, true), dropping(36, false)))
    XCTAssertEqual(
      codesSeen,
      Set(LintCatalogue.pages.map(\.code.rawValue).filter { $0.hasPrefix("no-effect") }),
      "each lint of this kind is tried")
  }
}

extension String {
  /// SqueezeNet needs a little more than the others.
  fileprivate func replacing32() -> String {
    """
    transforms:
      train: [Resize: [48, 48], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
      eval: [Resize: [48, 48], ToTensor, Normalize: imagenet]
    \(self)
    """
  }
}
