import Foundation
import Runs
import TestSupport
import XCTest

/// The real command on real files.
final class EndToEndTests: XCTestCase {
  private static let deterministic = [
    "experiment.yaml", "resolved.yaml", "metrics.jsonl", "best.safetensors", "last.safetensors",
    "freeze.json", "predictions/val.csv", "predictions/test.csv", "steps.csv", "data.csv",
  ]

  // MARK: Determinism

  func testTheSameFileGivesTheSameBytesWithAnyNumberOfLoaderThreads() throws {
    let program = try Program()
    try program.experiment()
    let runs = try [["data.workers=1"], ["data.workers=1"], ["data.workers=4"]].map { overrides in
      let result = try program.run(["small.yaml"] + overrides)
      XCTAssertEqual(result.status, 0, result.errors)
      return result.lastLine
    }
    XCTAssertEqual(Set(runs).count, 3, "each run has a folder of its own")
    for other in runs.dropFirst() {
      for file in Self.deterministic {
        // The resolved file says how many workers there were.
        if file == "resolved.yaml", other == runs[2] { continue }
        XCTAssertEqual(
          try program.bytes(runs[0] + "/" + file), try program.bytes(other + "/" + file), file)
      }
    }
    // Another seed gives other numbers, so that equality says something.
    let other = try program.run(["small.yaml", "seed=1"]).lastLine
    XCTAssertNotEqual(
      try program.bytes(runs[0] + "/metrics.jsonl"), try program.bytes(other + "/metrics.jsonl"))
  }

  func testTheResolvedFileRunsByItselfToTheSameNumbers() throws {
    let program = try Program()
    try program.experiment()
    let first = try program.run(["small.yaml", "optimizer.lr=3e-3"]).lastLine
    let again = try program.run([first + "/resolved.yaml"])
    XCTAssertEqual(again.status, 0, again.errors)
    XCTAssertEqual(
      try program.bytes(first + "/metrics.jsonl"),
      try program.bytes(again.lastLine + "/metrics.jsonl"))
    XCTAssertEqual(
      RunReader(first).record?.configuration, RunReader(again.lastLine).record?.configuration)
  }

  // MARK: Using a run

  func testStoredWeightsGiveTheReportedNumbersAndNames() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 3"])
    let run = try program.run(["small.yaml"]).lastLine
    let reader = RunReader(run)
    XCTAssertEqual(reader.problems, [])
    XCTAssertEqual(reader.record?.status, .completed)

    for (split, line) in [("val", reader.best), ("test", reader.test)] {
      let result = try program.run(["eval", run, "--split", split])
      XCTAssertEqual(result.status, 0, result.errors)
      for metric in ["loss", "acc1", "acc5", "acc_per_class_mean"] {
        let name = "\(split)/\(metric)"
        let value = try XCTUnwrap(line?.numbers[name])
        XCTAssertTrue(
          result.output.contains("\(name)  \(value)\n"), "\(name) \(value): \(result.output)")
      }
    }

    // Predictions: the stored ones and the command's agree.
    let rows = try String(contentsOfFile: run + "/predictions/val.csv", encoding: .utf8)
      .split(separator: "\n")
    XCTAssertEqual(rows.count, 1 + 16)
    let fields = rows[1].split(separator: ",")
    let predicted = String(fields[2])
    let result = try program.run(["predict", run, "pictures/\(fields[0])"])
    XCTAssertEqual(result.status, 0, result.errors)
    let lines = result.output.split(separator: "\n")
    XCTAssertEqual(lines.count, 1 + 4, "all four classes: \(result.output)")
    XCTAssertTrue(lines[1].hasSuffix("the \(predicted) (\(predicted))"), String(lines[1]))
  }

  func testABadPictureIsNamedAndTheOthersArePredicted() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let run = try program.run(["small.yaml"]).lastLine
    try "no picture".write(
      toFile: program.folder("bad.jpg"), atomically: true, encoding: .utf8)
    let result = try program.run(["predict", run, "bad.jpg", "pictures/val/iris/0.jpg"])
    XCTAssertEqual(result.status, 2)
    XCTAssertTrue(result.errors.contains("'bad.jpg' is not a picture"), result.errors)
    XCTAssertTrue(result.output.contains("the iris"), result.output)
  }

  func testASecondFileStartsFromTheRunOfTheFirst() throws {
    let program = try Program()
    try program.experiment("one.yaml", ["freeze: none": "freeze: {all_but: head}"])
    let first = try program.run(["one.yaml"]).lastLine
    try program.experiment(
      "two.yaml",
      [
        "weights: none": "weights: \(first)", "lr: 1e-3": "lr: 0.0",
        "freeze: none": "freeze: {all_but: head, bn: eval}",
      ])
    let second = try program.run(["two.yaml"])
    XCTAssertEqual(second.status, 0, second.errors)
    XCTAssertTrue(second.errors.contains("122 tensors loaded"), second.errors)
    // Nothing moves at a rate of zero: the second starts where the first was best.
    XCTAssertEqual(
      RunReader(second.lastLine).best?.numbers["val/loss"],
      RunReader(first).best?.numbers["val/loss"])

    // Other classes: the head is made new, and that is said.
    try FileManager.default.removeItem(atPath: program.folder("pictures/train/rose"))
    try FileManager.default.removeItem(atPath: program.folder("pictures/val/rose"))
    try FileManager.default.removeItem(atPath: program.folder("pictures/test/rose"))
    let third = try program.run(["two.yaml"])
    XCTAssertEqual(third.status, 0, third.errors)
    XCTAssertTrue(third.errors.contains("head 'fc' made new"), third.errors)
    // The weights know a class that the data has no more: labels go by name, and it is said.
    let eval = try program.run(["eval", first])
    XCTAssertEqual(eval.status, 0, eval.errors)
    XCTAssertTrue(eval.errors.contains("lacks 1 of the 4 classes: 'rose'"), eval.errors)
    // A class that the weights do not know is refused.
    try FileManager.default.moveItem(
      atPath: program.folder("pictures/val/lily"), toPath: program.folder("pictures/val/tulip"))
    let other = try program.run(["eval", first])
    XCTAssertEqual(other.status, 2)
    XCTAssertTrue(other.errors.contains("'tulip'"), other.errors)
  }

  func testLsAndCompareShowRunsAndOnlyWhatDiffers() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    for arguments in [["seed=0"], ["seed=1"], ["optimizer.lr=1e-2"]] {
      XCTAssertEqual(try program.run(["small.yaml"] + arguments).status, 0)
    }
    let ls = try program.run(["ls"])
    XCTAssertEqual(ls.output.components(separatedBy: "completed").count - 1, 3, ls.output)
    let compare = try program.run(["compare", "runs"], environment: ["COLUMNS": "160"])
    let header = compare.output.split(separator: "\n")[0]
    XCTAssertTrue(header.contains("optimizer.Adam.lr"), compare.output)
    XCTAssertFalse(header.contains("seed") || header.contains("backbone"), compare.output)
    XCTAssertTrue(compare.output.contains(" ± "), compare.output)
    XCTAssertTrue(compare.output.contains("one seed does not say"), compare.output)
    XCTAssertFalse(compare.output.contains("\u{1B}"), compare.output)
    // Paths that overlap count a run once, and two runs are compared picture by picture.
    let runs = RunReader.all(in: program.folder("runs")).map(\.folder.path)
    let twice = try program.run(["compare", "runs", "runs/"] + runs + ["--json"])
    XCTAssertEqual(twice.output, try program.run(["compare", "runs", "--format", "json"]).output)
    let pair = try program.run(["compare", runs[0], runs[1], "--metric", "test/acc1"])
    XCTAssertTrue(pair.output.contains("The same 12 test pictures"), pair.output + pair.errors)
    // What is asked wrongly.
    for (arguments, status, error) in [
      (["--top", "0"], 64, "--top must be at least 1"),
      (["--level", "95"], 64, "--level must be between 0 and 1"),
      (["--margin=-1"], 64, "--margin must be 0 or more"),
      (["--format", "xml"], 64, "xml"), (["--json", "--format", "md"], 64, "exclude each other"),
      (["--plot", "--format", "csv"], 64, "--plot draws with --format table only"),
      (["--metric", "val/acc"], 2, "did you mean 'val/acc1'?"),
      (["--filter", "n >"], 2, "<argument --filter>:1:4"),
      (["--baseline", "gone"], 2, "'gone' is none of the runs"),
      (["--filter", "n > 9"], 0, "no row fits --filter, of 2"),
    ] as [([String], Int32, String)] {
      let result = try program.run(["compare", "runs"] + arguments)
      XCTAssertEqual(result.status, status, result.errors)
      XCTAssertTrue(result.errors.contains(error), result.errors)
    }
  }

  // MARK: Signals

  private func interrupted(_ signals: [Int32]) throws -> (Program, Program.Result) {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 100000"])
    let result = try program.run(["small.yaml"]) { process, errors in
      // The first epoch's line says that training is on.
      for _ in 0..<600 {
        if try String(contentsOf: errors, encoding: .utf8).contains("main 1/") { break }
        Thread.sleep(forTimeInterval: 0.1)
      }
      for signal in signals { kill(process.processIdentifier, signal) }
    }
    return (program, result)
  }

  func testASignalEndsTheRunCleanly() throws {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      let (program, result) = try interrupted([signal])
      XCTAssertEqual(result.status, 75, result.errors)
      XCTAssertFalse(result.wasSignalled)
      let runs = RunReader.all(in: program.folder("runs"))
      XCTAssertEqual(runs.count, 1)
      XCTAssertEqual(runs[0].record?.status, .stopped)
      XCTAssertGreaterThanOrEqual(runs[0].epochs.count, 1)
      // The weights so far are whole.
      let eval = try program.run(["eval", runs[0].folder.path, "--weights", "last"])
      XCTAssertEqual(eval.status, 0, eval.errors)
    }
  }

  func testASecondSignalEndsTheRunAtOnce() throws {
    // A stopped process takes both together: the second comes while the first is not yet seen to.
    let (program, result) = try interrupted([SIGSTOP, SIGINT, SIGTERM, SIGCONT])
    XCTAssertFalse(result.wasSignalled)
    XCTAssertTrue([128 + SIGINT, 128 + SIGTERM].contains(result.status), "\(result.status)")
    XCTAssertTrue(result.errors.contains("ended at once by a second signal"), result.errors)
    // Nothing was concluded: the record still says what was going on, and it can be read.
    XCTAssertEqual(RunReader.all(in: program.folder("runs")).first?.record?.status, .running)
  }

  func testARunThatWasKilledHardIsShownAsKilled() throws {
    let (program, result) = try interrupted([SIGKILL])
    XCTAssertTrue(result.wasSignalled)
    let run = try XCTUnwrap(RunReader.all(in: program.folder("runs")).first)
    XCTAssertEqual(run.record?.status, .running)
    let list = try program.run(["ls"])
    XCTAssertTrue(list.output.contains(" killed "), list.output)
    XCTAssertFalse(list.output.contains("running"), list.output)
    let compared = try program.run(["compare"])
    XCTAssertTrue(
      (compared.output + compared.errors).contains("killed") || compared.output.isEmpty)
    try FileManager.default.removeItem(atPath: run.folder.path + "/best.safetensors")
    let eval = try program.run(["eval", run.folder.path])
    XCTAssertEqual(eval.status, 2)
    XCTAssertTrue(eval.errors.contains("its status is 'killed'"), eval.errors)
  }

  func testAPipeGetsEveryColumn() throws {
    let program = try Program()
    try program.experiment(
      "small.yaml",
      ["epochs: 2": "epochs: 1", "name: small": "name: " + String(repeating: "long", count: 20)])
    XCTAssertEqual(try program.run(["small.yaml"]).status, 0)
    for verb in ["ls", "compare"] {
      let result = try program.run([verb], environment: ["COLUMNS": "60"])
      XCTAssertFalse(result.output.contains("not shown"), result.output)
      XCTAssertFalse(result.output.contains("…"), result.output)
      let json = try program.run([verb, "--json"])
      let value = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
      let objects = (value as? [String: Any])?["configurations"] ?? value
      XCTAssertEqual((objects as? [Any])?.count, 1, json.output)
    }
  }

  func testAPipeGetsPlainLinesAndResultsAlone() throws {
    let program = try Program()
    try program.experiment()
    let result = try program.run(["small.yaml"])
    XCTAssertFalse(result.errors.contains { $0 == "\r" || $0 == "\u{1B}" }, result.errors)
    let lines = result.errors.split(separator: "\n")
    XCTAssertEqual(lines.filter { $0.hasPrefix("main 1/2  lr 0.001  train loss ") }.count, 1)
    XCTAssertEqual(lines.filter { $0.hasPrefix("main 2/2  lr 0.001  train loss ") }.count, 1)
    XCTAssertEqual(result.output.split(separator: "\n").count, 1, "the run folder alone")
    let quiet = try program.run(["small.yaml", "--quiet"])
    XCTAssertEqual(quiet.errors, "")
    XCTAssertEqual(quiet.lastLine, result.lastLine + "-2")
  }

  func testALossThatIsNoNumberEndsWithFour() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["Adam: {lr: 1e-3}": "SGD: {lr: 1e30}"])
    let result = try program.run(["small.yaml"])
    XCTAssertEqual(result.status, 4, result.errors)
    XCTAssertTrue(result.errors.contains("error[diverged]"), result.errors)
    XCTAssertEqual(
      RunReader.all(in: program.folder("runs")).map { $0.record?.status }, [.diverged])
  }

  // MARK: Around it

  func testCheckOfASoundFileEndsWithZeroAndMakesNothing() throws {
    let program = try Program()
    try program.experiment()
    let result = try program.run(["check", "small.yaml", "optimizer.lr=1e-2"])
    XCTAssertEqual(result.status, 0, result.errors)
    XCTAssertFalse(FileManager.default.fileExists(atPath: program.folder("runs")))
  }

  func testPlanShowsWhatIsTrainedAndTheLayers() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["freeze: none": "freeze: {all_but: head}"])
    let plan = try program.run(["plan", "small.yaml"])
    XCTAssertEqual(plan.status, 0, plan.errors)
    func hasLine(_ words: String...) -> Bool {
      plan.output.split(separator: "\n").contains { line in words.allSatisfy(line.contains) }
    }
    XCTAssertTrue(hasLine("train", "40", "10 in each class"), plan.output)
    XCTAssertTrue(hasLine("test", "12", "3 in each class"), plan.output)
    XCTAssertTrue(hasLine("trained", "2,052 parameters", "fc"), plan.output)
    XCTAssertTrue(hasLine("frozen", "11,176,512", "layer1-4"), plan.output)
    let graph = try program.run(["plan", "small.yaml", "--graph"])
    XCTAssertEqual(graph.status, 0, graph.errors)
    XCTAssertTrue(graph.output.contains("layer4.1.conv2"), graph.output)
    XCTAssertTrue(graph.output.contains("MFLOPs"), graph.output)
    XCTAssertFalse(FileManager.default.fileExists(atPath: program.folder("runs")))
  }

  func testHelpOfEveryVerbFitsEightyColumns() throws {
    let program = try Program()
    for verb in [
      "", "train", "check", "plan", "explain", "schema", "ls", "compare", "diff", "eval", "predict",
      "export", "doctor",
    ] {
      let result = try program.run((verb.isEmpty ? [] : [verb]) + ["--help"])
      XCTAssertEqual(result.status, 0)
      for line in result.output.split(separator: "\n") {
        XCTAssertLessThanOrEqual(line.count, 80, String(line))
      }
    }
  }

  func testARecordNamesWhatItWasMadeWith() throws {
    let program = try Program()
    try program.experiment("small.yaml", ["epochs: 2": "epochs: 1"])
    let run = RunReader(try program.run(["small.yaml"]).lastLine)
    let record = try XCTUnwrap(run.record)
    for library in ["libjpeg-turbo", "libpng", "zlib"] {
      let version = record.machine.libraries[library] ?? ""
      XCTAssertNotNil(version.wholeMatch(of: /\d+\.\d+[0-9.]*/), "\(library): '\(version)'")
    }
    // Builds by `make` know their commit; a build that does not know it says nothing.
    if let commit = record.commit {
      XCTAssertNotNil(commit.wholeMatch(of: /[0-9a-f]{40}(-dirty)?/), commit)
    }
  }
}
