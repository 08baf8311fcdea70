import Foundation
import Models
import Runs
import TestSupport
import XCTest

/// Gates as users and CI meet them: exit codes, one line for each, and files.
final class GateTests: XCTestCase {
  private static let experiment = """
    name: gated
    data: {builtin: petals}
    transforms:
      train: [Resize: [32, 32], ToTensor, Normalize: imagenet]
      eval: [Resize: [32, 32], ToTensor, Normalize: imagenet]
    model: {backbone: squeezenet1_1, weights: none}
    freeze: {all_but: head}
    train: {batch_size: 240}
    optimizer: {SGD: {lr: 1e-3}}
    epochs: 1

    """

  /// An experiment of a second or two.
  private func write(_ gates: String, to name: String = "x.yaml", in program: Program) throws {
    try (Self.experiment + gates).write(
      toFile: program.folder(name), atomically: true, encoding: .utf8)
  }

  private func text(_ program: Program, _ name: String) throws -> String {
    try String(contentsOfFile: program.folder(name), encoding: .utf8)
  }

  private let outputs = ["--junit", "junit.xml", "--sarif", "gates.sarif"]
  private var line: Int { Self.experiment.split(separator: "\n").count + 2 }

  func testFilesForGatesWantGates() throws {
    let program = try Program()
    for (arguments, words) in [
      (["compare", "runs", "--junit", "a.xml"], "give one with --gate"),
      (["eval", "runs/x", "--sarif", "a.sarif"], "give one with --gate"),
      (["compare", "runs", "--gates", "--junit", "a", "--sarif", "./a"], "name one file, 'a'"),
    ] {
      let result = try program.run(arguments)
      XCTAssertEqual(result.status, 64, result.errors)
      XCTAssertTrue(result.errors.contains(words), result.errors)
    }
  }

  func testResultsThatCannotBeWrittenAreNotDone() throws {
    for verb in ["explain RandomRotation", "schema"] {
      let result = try Command(
        "/bin/sh", ["-c", "\"$1\" \(verb) > /dev/full", "sh", try Program.path()])
      XCTAssertEqual(result.status, 3, verb)
    }
  }

  func testAReaderThatWentAwayIsNoReasonToPass() throws {
    let program = try Program()
    try write("gates: [test/acc1 >= 0.99]\n", in: program)
    // Long before the run's folder is printed nobody reads any more.
    let result = try Command(
      "/bin/bash",
      [
        "-c", "cd \"$2\"; { XRUN_CACHE=off \"$1\" x.yaml; echo $? >&2; } | true", "bash",
        try Program.path(), program.folder.path,
      ])
    XCTAssertEqual(result.output.split(separator: "\n").last, "1", result.output)
  }

  func testAGateThatFailsIsCodeOneAndSaysWhere() throws {
    let program = try Program()
    try write("gates:\n  - test/acc1 >= 0.99\n  - seconds <= 600\n", in: program)
    let result = try program.run(
      ["x.yaml"] + outputs,
      environment: [
        "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": program.folder("summary.md"),
      ])
    XCTAssertEqual(result.status, 1, result.errors)
    // The run is complete, and its folder still the last line.
    let run = RunReader(result.lastLine)
    XCTAssertEqual(run.record?.status, .completed)
    let value = try XCTUnwrap(run.test?.numbers["test/acc1"])
    let lines = result.errors.split(separator: "\n").map(String.init)
    let shown = String(format: "%.4f", value)
    let message = "gate failed: test/acc1 is \(shown), and must be >= 0.99"
    XCTAssertTrue(lines.contains("x.yaml:\(line):5: \(message)"), result.errors)
    XCTAssertFalse(result.errors.contains("\u{1B}["), "no colours in a file")
    XCTAssertTrue(
      lines.contains { $0.hasPrefix("x.yaml:\(line + 1):5: gate passed: seconds is") },
      result.errors)
    XCTAssertTrue(
      lines.contains(
        "::error file=x.yaml,line=\(line),col=5,endColumn=21,title=gate-failed::\(message)"),
      result.errors)
    let junit = try text(program, "junit.xml")
    XCTAssertTrue(junit.contains("tests=\"2\" failures=\"1\" errors=\"0\" skipped=\"0\""), junit)
    let sarif = try JSON(Array(try program.bytes(program.folder("gates.sarif"))))
    guard case .array(let runs)? = sarif["runs"], case .array(let results)? = runs.first?["results"]
    else { return XCTFail("no results in SARIF") }
    XCTAssertEqual(results.count, 1)
    XCTAssertEqual(results.first?["ruleId"]?.text, "gate-failed")
    XCTAssertTrue(try text(program, "summary.md").contains("1 gate failed, 1 passed"))

    // The same on what is stored, without computing anything.
    func compare(_ arguments: [String]) throws -> Program.Result {
      try program.run(["compare", result.lastLine] + arguments)
    }
    let own = try compare(["--gates"])
    XCTAssertEqual(own.status, 1, own.errors)
    let copy = "\(result.lastLine)/experiment.yaml:\(line):5: \(message)\n"
    XCTAssertTrue(own.errors.contains(copy), own.errors)
    XCTAssertTrue(own.output.contains("val/acc1"), "the table is shown all the same")
    XCTAssertEqual(try compare(["--gate", "test/acc1 >= 0.001"]).status, 0)
    XCTAssertEqual(try compare([]).status, 0)
    let baseline = "{metric: test/acc1, max_drop: 0, baseline: \(result.lastLine)}"
    let itself = try compare(["--gate", baseline])
    XCTAssertEqual(itself.status, 0, itself.errors)

    // And on what is evaluated again.
    func evaluate(_ arguments: [String]) throws -> Program.Result {
      try program.run(["eval", result.lastLine, "--split", "test"] + arguments)
    }
    let again = try evaluate(["--gates"])
    XCTAssertEqual(again.status, 1, again.errors)
    XCTAssertTrue(again.errors.contains(copy), again.errors)
    XCTAssertTrue(again.errors.contains("gate not checked: seconds <= 600"), again.errors)
    XCTAssertEqual(try evaluate(["--gate", "test/acc1 >= 0.001"]).status, 0)
    XCTAssertEqual(try evaluate(["--gate", baseline]).status, 0)
    let elsewhere = try evaluate(["--gate", "val/acc1 >= 0.001"])
    XCTAssertEqual(elsewhere.status, 2)
    XCTAssertTrue(elsewhere.errors.contains("error[bad-gate]"), elsewhere.errors)
  }

  func testMistakesAreFoundBeforeTraining() throws {
    let program = try Program()
    try write("", in: program)
    for gate in ["test/acc >= 0.85", "{metric: test/acc1, max_drop: 0, baseline: nowhere}"] {
      let result = try program.run(["x.yaml", "--gate", gate])
      XCTAssertEqual(result.status, 2, result.errors)
      XCTAssertTrue(result.errors.contains("<argument --gate>:1:"), result.errors)
    }
    let split = try program.run([
      "x.yaml", "data.splits.test=null", "--gate", "test/acc1 >= 0.85",
    ])
    XCTAssertEqual(split.status, 2)
    XCTAssertTrue(split.errors.contains("error[no-test-split]"), split.errors)
    let file = try program.run(["x.yaml", "--junit", "nowhere/junit.xml"])
    XCTAssertEqual(file.status, 2, file.errors)
    XCTAssertFalse(FileManager.default.fileExists(atPath: program.folder("runs")))
  }

  /// CI that finds no file says "no results", whatever is wrong.
  func testWhatIsRefusedStandsInTheFilesToo() throws {
    let program = try Program()
    try write("gates: [5, tst/acc1 >= 0.9]\nlearning_rate: 1\n", in: program)
    func check(
      _ arguments: [String], _ code: Int32, _ codes: [String], file: StaticString = #filePath,
      line: UInt = #line
    ) throws {
      for name in ["junit.xml", "gates.sarif"] {
        try? FileManager.default.removeItem(atPath: program.folder(name))
      }
      let result = try program.run(arguments + outputs)
      XCTAssertEqual(result.status, code, result.errors, file: file, line: line)
      let junit = try text(program, "junit.xml")
      XCTAssertTrue(
        junit.contains("tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\""), junit,
        file: file, line: line)
      let sarif = try JSON(Array(try program.bytes(program.folder("gates.sarif"))))
      guard case .array(let runs)? = sarif["runs"],
        case .array(let results)? = runs.first?["results"]
      else { return XCTFail("no results in SARIF", file: file, line: line) }
      XCTAssertEqual(results.map { $0["ruleId"]?.text }, codes, file: file, line: line)
      for code in codes {
        XCTAssertTrue(
          result.errors.contains("error[\(code)]"), result.errors, file: file, line: line)
        XCTAssertTrue(junit.contains("error[\(code)]"), junit, file: file, line: line)
      }
    }
    // All that is wrong with the experiment, its gates, and its data.
    try check(["x.yaml"], 2, ["wrong-kind", "bad-gate", "unknown-key"])
    try check(["nowhere.yaml"], 2, ["missing-file"])
    try write("", in: program)
    try check(["x.yaml", "--gate", "tst/acc1 >= 0.9"], 2, ["bad-gate"])
    try check(["x.yaml", "train.batch_size=60000", "train.drop_last=true"], 2, ["no-batches"])
    try check(["compare", "nowhere", "--gate", "val/acc1 > 0"], 2, ["missing-run"])
    try check(["eval", "nowhere", "--gate", "val/acc1 > 0"], 2, ["unusable-run"])
    XCTAssertFalse(FileManager.default.fileExists(atPath: program.folder("runs")))
  }

  /// What ends a run keeps its own code, and its gates are no failures.
  func testABrokenRunIsNoFailedGate() throws {
    let program = try Program()
    try write("gates: [test/acc1 >= 0.99]\n", in: program)
    let diverged = try program.run(
      ["x.yaml", "optimizer.lr=1e38", "freeze=none", "epochs=3"] + outputs)
    XCTAssertEqual(diverged.status, 4, diverged.errors)
    XCTAssertTrue(diverged.errors.contains("gate not checked"), diverged.errors)
    XCTAssertFalse(diverged.errors.contains("gate failed"), diverged.errors)
    let junit = try text(program, "junit.xml")
    XCTAssertTrue(junit.contains("failures=\"0\" errors=\"1\" skipped=\"0\""), junit)
    XCTAssertTrue(junit.contains("<error "), junit)

    let stopped = try program.run(["x.yaml", "epochs=1000"] + outputs) { process, errors in
      let deadline = Date.now.addingTimeInterval(60)
      while Date.now < deadline,
        !(try String(contentsOf: errors, encoding: .utf8)).contains("train loss")
      {
        usleep(20_000)
      }
      process.interrupt()
    }
    XCTAssertEqual(stopped.status, 75, stopped.errors)
    let skipped = try text(program, "junit.xml")
    XCTAssertTrue(skipped.contains("failures=\"0\" errors=\"0\" skipped=\"1\""), skipped)

    // The machine: no run folder can be made where a file is.
    try "".write(toFile: program.folder("full"), atomically: true, encoding: .utf8)
    let failed = try program.run(["x.yaml", "runs=/proc/nowhere"] + outputs)
    XCTAssertEqual(failed.status, 3, failed.errors)
    XCTAssertTrue(try text(program, "junit.xml").contains("failures=\"0\" errors=\"1\""))

    // What was not checked did not pass.
    let compared = try program.run(["compare", "runs", "--gate", "val/acc1 >= 0"])
    XCTAssertEqual(compared.status, 2, compared.errors)
    XCTAssertTrue(compared.errors.contains("gate not checked"), compared.errors)
  }

  /// Neither gates that nobody can read nor a run of which nobody knows how it ended pass beside others that do.
  func testWhatCannotBeReadDoesNotPass() throws {
    let program = try Program()
    try write("gates: [val/loss < 100]\n", in: program)
    let whole = try program.run(["x.yaml", "--quiet"]).lastLine
    for name in ["torn", "unknown"] {
      try FileManager.default.copyItem(atPath: whole, toPath: program.folder(name))
    }
    func cut(_ file: String) throws {
      let handle = try FileHandle(forWritingTo: URL(filePath: program.folder(file)))
      try handle.truncate(atOffset: 200)
      try handle.close()
    }
    try cut("torn/resolved.yaml")
    try cut("unknown/run.json")

    let torn = try program.run(["compare", "torn", whole, "--gates"] + outputs)
    XCTAssertEqual(torn.status, 2, torn.errors)
    XCTAssertTrue(torn.errors.contains("gate passed"), torn.errors)
    XCTAssertTrue(try text(program, "junit.xml").contains("name=\"start\" classname=\"torn\""))

    let unknown = try program.run(["compare", "unknown", whole, "--gate", "val/loss < 100"])
    XCTAssertEqual(unknown.status, 2, unknown.errors)
    XCTAssertTrue(unknown.errors.contains("no 'run.json' that can be read"), unknown.errors)
    XCTAssertTrue(unknown.errors.contains("gate passed"), unknown.errors)
  }

  func testGatesAskedForMustBeThere() throws {
    let program = try Program()
    try write("", in: program)
    let run = try program.run(["x.yaml", "--quiet"])
    XCTAssertEqual(run.status, 0, run.errors)
    XCTAssertEqual(run.errors, "")
    for arguments in [["compare", run.lastLine], ["eval", run.lastLine]] {
      let result = try program.run(arguments + ["--gates", "--junit", "junit.xml"])
      XCTAssertEqual(result.status, 2, result.errors)
      XCTAssertTrue(result.errors.contains("error[gate-not-checked]"), result.errors)
      XCTAssertTrue(try text(program, "junit.xml").contains("type=\"gate-not-checked\""))
    }
    // A gate of the command line is kept with the run.
    let gated = try program.run(["x.yaml", "--quiet", "--gate", "val/loss < 100"])
    XCTAssertEqual(gated.status, 0, gated.errors)
    XCTAssertEqual(gated.errors, "")
    XCTAssertTrue(
      try String(contentsOfFile: gated.lastLine + "/resolved.yaml", encoding: .utf8)
        .contains("condition: \"val/loss < 100\"  # argument --gate"))
    XCTAssertEqual(try program.run(["compare", gated.lastLine, "--gates"]).status, 0)
  }
}
