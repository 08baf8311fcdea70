import Foundation
import TestSupport
import XCTest

/// Wrong input ends with the right code and words that name the place, and never with a crash.
final class WrongInputTests: XCTestCase {
  private func assertRefused(
    _ program: Program, _ arguments: [String], code: Int32 = 2, _ words: String...,
    file: StaticString = #filePath, line: UInt = #line
  ) throws {
    let result = try program.run(arguments)
    XCTAssertFalse(result.wasSignalled, "a crash: \(result.errors)", file: file, line: line)
    XCTAssertEqual(result.status, code, result.errors, file: file, line: line)
    for word in words {
      XCTAssertTrue(
        (result.errors + result.output).contains(word), "'\(word)' in: \(result.errors)",
        file: file, line: line)
    }
    XCTAssertFalse(
      FileManager.default.fileExists(atPath: program.folder("runs")), "a run was begun",
      file: file, line: line)
  }

  func testMistakesInTheFileAreLocated() throws {
    let program = try Program()
    let cases: [(old: String, new: String, words: [String])] = [
      ("RandomRotation: 20", "RandomRotatoin: 20", ["small.yaml:8:7", "'RandomRotation'"]),
      ("lr: 1e-3", "lr: fast", ["small.yaml:22:24", "'lr'"]),
      ("lr: 1e-3", "lr: -1.0", ["small.yaml:22:24", "at least 0"]),
      ("lr: 1e-3", "lr: 1e-3, mometum: 0.9", ["mometum"]),
      ("epochs: 2", "epochs: 2\nepochs: 3", ["small.yaml:25:1"]),
      ("epochs: 2", "epoch: 2", ["'epochs'"]),
      ("backbone: resnet18", "backbone: resnet81", ["small.yaml:19:19", "'resnet18'"]),
      ("Normalize: imagenet\n  eval", "Normalize: imagenett\n  eval", ["imagenett"]),
      ("CenterCrop: 32", "CenterCrop: 0", ["'size' must be"]),
      ("freeze: none", "freeze: {until: layer9}", ["layer9", "layer4"]),
      ("freeze: none", "freeze: {only: [conv99.*]}", ["conv99"]),
      ("weights: none", "weights: nowhere.safetensors", ["nowhere.safetensors", "small.yaml:19"]),
      ("weights: none", "weights: IMAGENET1K_V1", ["resnet18-IMAGENET1K_V1.safetensors"]),
      ("folder: pictures", "folder: nowhere", ["small.yaml:3:11", program.folder("nowhere")]),
      ("class_names: names.json", "class_names: none.json", ["none.json"]),
    ]
    for (old, new, words) in cases {
      try program.experiment("small.yaml", [old: new])
      let result = try program.run(["small.yaml"])
      XCTAssertEqual(result.status, 2, "\(new): \(result.errors)")
      XCTAssertFalse(result.wasSignalled)
      for word in words {
        XCTAssertTrue(result.errors.contains(word), "'\(word)' for '\(new)': \(result.errors)")
      }
    }
    XCTAssertFalse(FileManager.default.fileExists(atPath: program.folder("runs")))
  }

  func testPicturesThatAreTooSmallForTheNetworkAreRefusedAtBothPlaces() throws {
    let program = try Program()
    try program.experiment(
      "small.yaml", ["CenterCrop: 32": "CenterCrop: 8", "resnet18": "squeezenet1_0"])
    try assertRefused(
      program, ["check", "small.yaml"], "error[shape-mismatch]", "small.yaml:19:19",
      "the pictures' size is decided here", "use larger pictures")
  }

  func testABatchLargerThanTheSetIsCutToItAndNoBatchAtAllIsRefused() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let result = try program.run(["small.yaml", "train.batch_size=65536", "runs=elsewhere"])
    XCTAssertEqual(result.status, 0, result.errors)
    let none = try program.run(
      ["small.yaml", "train.batch_size=500", "train.drop_last=true", "runs=elsewhere"])
    XCTAssertEqual(none.status, 2, none.errors)
    XCTAssertTrue(none.errors.contains("error[no-batches]"), none.errors)
    XCTAssertEqual(
      try FileManager.default.contentsOfDirectory(atPath: program.folder("elsewhere")).count, 1)
  }

  func testFreezeSelectorsAreBlamedOneByOne() throws {
    let program = try Program()
    try program.experiment(
      "small.yaml", ["freeze: none": "freeze: {all_but: [layer4.*, nothing.*]}"])
    try assertRefused(
      program, ["check", "small.yaml"], "small.yaml:21:30", "'nothing.*' matches no parameter")
  }

  func testRunsThatAreNotThereAreNamed() throws {
    let program = try Program()
    XCTAssertEqual(try program.run(["ls"]).status, 0)
    XCTAssertEqual(try program.run(["compare"]).status, 0)
    try program.experiment()
    for verb in ["ls", "compare"] {
      try assertRefused(program, [verb, "gone"], "'gone' cannot be read: No such file")
      try assertRefused(program, [verb, "small.yaml"], "'small.yaml' cannot be read: Not a dir")
    }
    try assertRefused(program, ["eval", "gone"], "there is no run folder 'gone'")
    try FileManager.default.createDirectory(
      atPath: program.folder("empty"), withIntermediateDirectories: true)
    try assertRefused(program, ["eval", "empty"], "resolved.yaml")
  }

  func testAllMistakesComeAtOnce() throws {
    let program = try Program()
    try program.experiment(
      "small.yaml",
      [
        "lr: 1e-3": "lr: -1", "RandomHorizontalFlip": "RandomHorizontalFlop",
        "epochs: 2": "epochs: 0",
      ])
    let result = try program.run(["check", "small.yaml"])
    XCTAssertEqual(result.status, 2)
    XCTAssertEqual(result.errors.components(separatedBy: "error[").count - 1, 3, result.errors)
  }

  func testCheckHasFormsForMachinesAndASumForPeople() throws {
    let program = try Program()
    try program.experiment("small.yaml")
    try program.experiment("wrong.yaml", ["lr: 1e-3": "lr: -1", "epochs: 2": "epochs: 0"])
    let text = try program.run(["check", "small.yaml", "wrong.yaml"])
    XCTAssertEqual(text.status, 2)
    XCTAssertTrue(text.errors.contains("2 errors"), text.errors)
    XCTAssertTrue(text.errors.contains(" of 2 files\n"), text.errors)
    XCTAssertTrue(text.output.contains("small.yaml: ok\n"), text.output)

    let github = try program.run(["check", "wrong.yaml", "--format", "github"])
    XCTAssertEqual(github.status, 2)
    XCTAssertTrue(
      github.output.hasPrefix("::error file=wrong.yaml,line=22,col=24,"), github.output)
    XCTAssertEqual(github.errors, "")

    let sarif = try program.run(["check", "wrong.yaml", "--format", "sarif"])
    let log = try XCTUnwrap(
      JSONSerialization.jsonObject(with: Data(sarif.output.utf8)) as? [String: Any])
    XCTAssertEqual(log["version"] as? String, "2.1.0")
    let json = try program.run(["check", "wrong.yaml", "--json"])
    XCTAssertEqual(
      json.output, try program.run(["check", "wrong.yaml", "--format", "json"]).output)
    try assertRefused(program, ["check", "wrong.yaml", "--format", "xml"], code: 64, "xml")
    try assertRefused(
      program, ["check", "small.yaml", "--json", "--format", "sarif"], code: 64, "exclude")
  }

  func testWrongUsageIsNamedBeforeWhatIsMissing() throws {
    let program = try Program()
    try assertRefused(program, ["--bogus"], code: 64, "Unknown option '--bogus'")
    try assertRefused(program, [], code: 64, "name an experiment file")
    try assertRefused(program, ["seed=1"], code: 64, "before 'seed=1'")
    try assertRefused(program, ["chekc", "x.yaml"], code: 64, "did you mean 'xrun check'?")
    try program.experiment("small.yaml")
    try assertRefused(program, ["smal.yaml"], "did you mean 'small.yaml'?")
  }

  func testOverridesAreBlamedWhereTheyStand() throws {
    let program = try Program()
    try program.experiment()
    try assertRefused(program, ["small.yaml", "optimizer.lrr=1"], "<argument 1>", "'lr'")
    try assertRefused(program, ["small.yaml", "seed=0", "epochs=none"], "<argument 2>")
  }

  func testMissingFilesAndWrongUsage() throws {
    let program = try Program()
    try assertRefused(program, ["nowhere.yaml"], "'nowhere.yaml'")
    try assertRefused(program, [], code: 64)
    try assertRefused(program, ["check", "--nonsense"], code: 64)
    try assertRefused(program, ["eval", "nowhere"], code: 2, "nowhere")
    try assertRefused(program, ["compare", "nowhere"], code: 2, "nowhere")
    try program.experiment()
    try assertRefused(program, ["small.yaml", "--threads", "0"], code: 64)
  }

  func testAFileWhereRunsAreToBeIsBlamedOnItsKey() throws {
    let program = try Program()
    try program.experiment()
    try write("a file", "taken", program)
    for runs in ["taken", "taken/below/it"] {
      for verb in [[], ["check"]] {
        try assertRefused(
          program, verb + ["small.yaml", "runs=\(runs)"], "error[missing-folder]",
          "'\(program.folder("taken"))' is a file", "<argument 1>:1:6")
      }
    }
  }

  func testAPlaceToExportToIsNamedBeforeTheRunIsRead() throws {
    let program = try Program()
    try write("a file", "taken", program)
    for (path, words) in [
      ("/nodir/x.safetensors", "there is no folder '/nodir'"),
      ("taken/x.safetensors", "taken' is no folder"),
    ] { try assertRefused(program, ["export", "runs/none", path], "missing-folder", words) }
  }

  func testWrongArgumentsShowTheUsageOfTheirVerb() throws {
    let program = try Program()
    for (arguments, usage) in [
      (["export", "runs/a", "out.pt"], "xrun export"),
      (["predict", "runs/a", "a.jpg", "--top", "0"], "xrun predict"),
      (["eval", "runs/a", "--threads", "0"], "xrun eval"),
    ] { try assertRefused(program, arguments, code: 64, "Usage: " + usage) }
  }

  func testCodesToAllowMayStandWithCommas() throws {
    let program = try Program()
    try program.experiment()
    let result = try program.run(["check", "small.yaml", "--allow", "eval-scale,eval-size"])
    XCTAssertEqual(result.status, 0, result.errors)
    try assertRefused(
      program, ["check", "small.yaml", "--allow", "eval-scale,eval-sise"], code: 64,
      "there is no warning 'eval-sise'")
  }

  func testAnOverrideWithoutItsKeyIsNoFile() throws {
    let program = try Program()
    try program.experiment()
    try assertRefused(
      program, ["check", "small.yaml", "=3"], "error[bad-override]",
      "a key is missing before '='", "<argument 1>:1:1")
  }

  func testWhatAReplacedMappingLacksIsBlamedOnTheArgument() throws {
    let program = try Program()
    try program.experiment()
    for (argument, words) in [
      ("model={weights: none}", "'model' needs 'backbone'"),
      ("data={class_names: names.json}", "'data' needs 'folder' or 'builtin'"),
    ] {
      try assertRefused(
        program, ["check", "small.yaml", argument], "error[missing-key]: " + words,
        "<argument 1>:1:1")
    }
  }

  func testEveryWrongFormOfFreezeShowsTheRightOnes() throws {
    let program = try Program()
    try program.experiment()
    for form in ["all", "{all_but: layer4.*}", "[layer4.*]", "{}", "{only: layer4.*}"] {
      try assertRefused(
        program, ["check", "small.yaml", "freeze=" + form], "write 'none', or one of",
        "the head is never frozen")
    }
    try assertRefused(
      program, ["check", "small.yaml", "freeze={all_but: [head, layer4.*]}"],
      "the head is trained in any case: leave it out of the list")
  }

  func testWeightsOfARunAreLookedForWhereTheHelpSays() throws {
    let program = try Program()
    try program.experiment()
    try assertRefused(
      program, ["check", "small.yaml", "model.weights=runs/none", "runs=elsewhere"],
      "there is no folder '\(program.folder("elsewhere/none"))'",
      "'runs/' is the folder that the key 'runs' names, here '\(program.folder("elsewhere"))'")
  }

  func testAFolderForRunsThatMayNotBeWrittenIsTheMachinesFailure() throws {
    try XCTSkipIf(geteuid() == 0, "root may write everywhere")
    let program = try Program()
    try program.experiment()
    try FileManager.default.createDirectory(
      atPath: program.folder("locked"), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o555])
    try assertRefused(
      program, ["small.yaml", "runs=locked"], code: 3, "error[machine-failure]",
      program.folder("locked"))
  }

  // MARK: Pictures

  private func write(_ text: String, _ path: String, _ program: Program) throws {
    try text.write(toFile: program.folder(path), atomically: true, encoding: .utf8)
  }

  func testAnEmptyClassFolderIsNamed() throws {
    let program = try Program()
    try program.experiment()
    try FileManager.default.createDirectory(
      atPath: program.folder("pictures/train/tulip"), withIntermediateDirectories: true)
    try assertRefused(program, ["small.yaml"], "error[empty-class]", "pictures/train/tulip")
  }

  func testAClassThatOnlyValHasIsAnErrorAndOneThatItLacksAWarning() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let (val, train) = (program.folder("pictures/val"), program.folder("pictures/train"))
    try FileManager.default.moveItem(atPath: val + "/rose", toPath: val + "/roses")
    try assertRefused(
      program, ["small.yaml"], "error[unknown-class]", val + "/roses", "did you mean 'rose'")
    try FileManager.default.removeItem(atPath: val + "/roses")
    XCTAssertTrue(FileManager.default.fileExists(atPath: train + "/rose"))
    let result = try program.run(["small.yaml"])
    XCTAssertEqual(result.status, 0, result.errors)
    XCTAssertTrue(result.errors.contains("warning[class-missing-in-split]"), result.errors)
    XCTAssertTrue(result.errors.contains("'rose'"), result.errors)
  }

  func testATruncatedJPEGIsNamedBeforeTraining() throws {
    let program = try Program()
    try program.experiment()
    let path = program.folder("pictures/train/iris/3.jpg")
    let whole = try program.bytes(path)
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
    try Data().write(to: URL(fileURLWithPath: program.folder("pictures/val/lily/1.jpg")))
    try write("text", "pictures/test/rose/0.jpg", program)
    // All of them at once, each with what is wrong.
    try assertRefused(
      program, ["small.yaml"], "pictures/train/iris/3.jpg' is a truncated JPEG",
      "pictures/val/lily/1.jpg' is empty", "pictures/test/rose/0.jpg' is not a picture")
  }

  func testAPNGNamedJPEGIsReadAndReported() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    // A 1 x 1 grey PNG.
    let png = try XCTUnwrap(
      Data(
        base64Encoded:
          "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=="
      ))
    try png.write(to: URL(fileURLWithPath: program.folder("pictures/train/iris/3.jpg")))
    let result = try program.run(["small.yaml"])
    XCTAssertEqual(result.status, 0, result.errors)
    XCTAssertTrue(result.errors.contains("warning[misnamed-picture]"), result.errors)
    XCTAssertTrue(result.errors.contains("3.jpg' is a PNG file by its content"), result.errors)
  }

  func testAClassNameFileThatIsNoObjectIsNamed() throws {
    let program = try Program()
    try program.experiment()
    try write("[1, 2", "pictures/names.json", program)
    try assertRefused(
      program, ["small.yaml"], "error[bad-class-names]", "names.json", "small.yaml:4")
  }

  func testWeightsOfAnotherNetworkAreRefused() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let run = try program.run(["small.yaml", "runs=elsewhere"]).lastLine
    try assertRefused(
      program, ["small.yaml", "model.backbone=resnet34", "model.weights=\(run)"],
      "'resnet18'", "'resnet34'")
    try program.bytes(run + "/best.safetensors").prefix(1000).write(
      to: URL(fileURLWithPath: program.folder("cut.safetensors")))
    try assertRefused(
      program, ["small.yaml", "model.weights=\(program.folder("cut.safetensors"))"],
      "cut.safetensors' is damaged at byte")
  }
}
