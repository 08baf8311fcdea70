import Foundation
import TestSupport
import XCTest

/// `xrun fetch`, and weights by name and of `torch.save` in experiments.
final class FetchTests: XCTestCase {
  func testWhatIsNotPublishedIsRefusedWithWhatIs() throws {
    let program = try Program()
    for (arguments, words) in [
      (["resnet81"], ["error[unknown-backbone]", "did you mean 'resnet18'?"]),
      (["resnet18", "IMAGENET1K_V9"], ["error[unknown-weights]", "it has 'IMAGENET1K_V1'"]),
    ] {
      let result = try program.run(["fetch"] + arguments)
      XCTAssertEqual(result.status, 2, result.errors)
      for word in words { XCTAssertTrue(result.errors.contains(word), result.errors) }
      XCTAssertEqual(result.output, "")
    }
  }

  func testWithoutANetworkTheMessageSaysWhichFileBelongsWhere() throws {
    guard Places.exists("/usr/bin/curl") else { throw XCTSkip("no /usr/bin/curl") }
    let program = try Program()
    // Port 9 of this machine: nothing listens there.
    let result = try program.run(
      ["fetch", "resnet18"],
      environment: [
        "XRUN_MIRROR": "http://127.0.0.1:9/mirror/", "XRUN_WEIGHTS_DIR": program.folder("w"),
      ])
    XCTAssertEqual(result.status, 3, result.errors)
    for words in [
      "error[failed-download]",
      "'http://127.0.0.1:9/mirror/resnet18-f37072fd.pth' cannot be fetched",
      "put 'resnet18-f37072fd.pth' from elsewhere at '\(program.folder("w"))/resnet18-f37072fd.pth'",
    ] { XCTAssertTrue(result.errors.contains(words), "'\(words)' in \(result.errors)") }
    // Without curl too.
    let without = try program.run(
      ["fetch", "resnet18"],
      environment: ["PATH": program.folder.path, "XRUN_WEIGHTS_DIR": program.folder("w")])
    XCTAssertEqual(without.status, 3, without.errors)
    XCTAssertTrue(without.errors.contains("there is no program 'curl'"), without.errors)
  }

  func testAFileUnderAPublishedNameIsHeldAgainstIt() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["weights: none": "weights: IMAGENET1K_V1"])
    let environment = ["XRUN_WEIGHTS_DIR": program.folder("w"), "HOME": program.folder.path]
    let missing = try program.run(["check", "small.yaml"], environment: environment)
    XCTAssertEqual(missing.status, 2)
    XCTAssertTrue(missing.errors.contains("run `xrun fetch resnet18`"), missing.errors)
    try FileManager.default.createDirectory(
      atPath: program.folder("w"), withIntermediateDirectories: false)
    try Data("other".utf8).write(
      to: URL(fileURLWithPath: program.folder("w/resnet18-f37072fd.pth")))
    for verb in [[], ["check"]] {
      let wrong = try program.run(verb + ["small.yaml"], environment: environment)
      XCTAssertEqual(wrong.status, 2)
      XCTAssertTrue(wrong.errors.contains("not f37072fd… as its name says"), wrong.errors)
      XCTAssertTrue(wrong.errors.contains("small.yaml:19:"), wrong.errors)
    }
  }

  func testHostileFilesAreErrorsAtTheirPlaceAndNothingRuns() throws {
    let program = try Program()
    let goldens = Places.repository + "/Tests/ModelsTests/Goldens/TorchFiles"
    try program.experiment(
      "small.yaml", ["weights: none": "weights: \(goldens)/system.pth"])
    let result = try program.run(["small.yaml"])
    XCTAssertEqual(result.status, 2, result.errors)
    for words in [
      "error[unusable-weights]", "'os.system'", "nothing was executed", "small.yaml:19:",
    ] {
      XCTAssertTrue(result.errors.contains(words), "'\(words)' in \(result.errors)")
    }
    XCTAssertFalse(Places.exists(program.folder("hostile")))
  }

  /// A run's weights through torch: loaded there, saved as a checkpoint of a wrapped model, used in another run.
  func testWeightsGoToTorchAndComeBackAsACheckpoint() throws {
    let python = try Places.python()
    let program = try Program()
    let run = try program.run([try program.experiment("a.yaml", ["epochs: 2": "epochs: 1"])])
    XCTAssertEqual(run.status, 0, run.errors)
    let script = """
      import sys, torch
      from safetensors.torch import load_file
      state = load_file(sys.argv[1])
      torch.save({"epoch": 1, "model_state_dict": {"module." + k: v for k, v in state.items()}}, sys.argv[2])
      """
    let path = run.lastLine + "/best.safetensors"
    let made = try Command(python, ["-c", script, path, program.folder("back.pth.tar")])
    XCTAssertEqual(made.status, 0, made.output)
    try program.experiment(
      "b.yaml", ["weights: none": "weights: back.pth.tar", "epochs: 2": "epochs: 1"])
    let again = try program.run(["b.yaml"])
    XCTAssertEqual(again.status, 0, again.errors)
    for words in ["from 'model_state_dict'", "'module.' removed from names", "tensors loaded"] {
      XCTAssertTrue(again.errors.contains(words), "'\(words)' in \(again.errors)")
    }
  }
}
