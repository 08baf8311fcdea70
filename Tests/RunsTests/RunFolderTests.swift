import Foundation
import Runs
import Synchronization
import Tensors
import TestSupport
import XCTest

final class RunFolderTests: XCTestCase {
  func testSixtyFourSimultaneousStartsGiveSixtyFourFolders() throws {
    let folder = try TemporaryFolder()
    let paths = Mutex<[String]>([])
    let runs = folder("runs/deeper")
    Threads.forEach(64, threads: 16) { _ in
      guard
        let made = try? RunFolder.create(in: runs, name: "name", hash: "0123abcd", seed: 7)
      else { return }
      paths.withLock { $0.append(made.path) }
    }
    let made = paths.withLock { Set($0) }
    XCTAssertEqual(made.count, 64)
    let base = runs + "/name-0123abcd-s7"
    XCTAssertEqual(made, Set([base] + (2...64).map { "\(base)-\($0)" }))
  }

  func testAFolderThatCannotBeMadeIsNamed() throws {
    let folder = try TemporaryFolder()
    try "a file".write(toFile: folder("runs"), atomically: true, encoding: .utf8)
    XCTAssertThrowsError(
      try RunFolder.create(in: folder("runs"), name: "n", hash: "h", seed: 0)
    ) { XCTAssertTrue("\($0)".contains(folder("runs")), "\($0)") }
  }

  func testMetricsHaveOneFormForEachNumber() throws {
    let folder = try RunFolder.create(
      in: TemporaryFolder().path + "-runs", name: "n", hash: "h", seed: 0)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    let writer = try MetricsWriter(folder)
    try writer.append(
      phase: "a \"b\"", epoch: 1, step: 52, rate: 0.01,
      values: [("train/loss", 0.1), ("val/loss", 1e-7), ("val/acc1", 1), ("x", .nan)])
    try writer.appendTest(phase: "p", epoch: 3, values: [("test/loss", 1.0 / 3)])
    XCTAssertEqual(
      try String(contentsOfFile: folder.metrics, encoding: .utf8),
      """
      {"phase":"a \\"b\\"","epoch":1,"step":52,"lr":0.01,"train/loss":0.1,"val/loss":1e-07,"val/acc1":1,"x":null}
      {"phase":"p","epoch":3,"test/loss":0.3333333333333333}

      """)
    let reader = RunReader(folder.path)
    XCTAssertEqual(reader.epochs.count, 1)
    XCTAssertEqual(reader.epochs[0].numbers["val/loss"], 1e-7)
    XCTAssertEqual(reader.epochs[0].words["phase"], "a \"b\"")
    XCTAssertTrue(reader.epochs[0].numbers["x"]?.isNaN ?? false)
    XCTAssertEqual(reader.test?.numbers["test/loss"], 1.0 / 3)
  }

  func testPredictionsAreQuotedAsRFC4180Says() throws {
    let folder = try RunFolder.create(
      in: TemporaryFolder().path + "-runs", name: "n", hash: "h", seed: 0)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    try PredictionsWriter.write(
      [
        Prediction(
          path: "val/a,b/\"x\".jpg", label: "a,b", top: [("c", 0.75), ("a,b", 0.25)],
          labelProbability: 0.25)
      ], to: folder, split: "val")
    XCTAssertEqual(
      try String(contentsOfFile: folder.predictions("val"), encoding: .utf8),
      """
      path,label,predicted,label_probability,predicted_probability,top1,top1_probability,top2,top2_probability
      "val/a,b/""x"".jpg","a,b",c,0.25,0.75,c,0.75,"a,b",0.25

      """)
  }

  func testTheFreezeReportNamesWhatMoved() throws {
    let folder = try RunFolder.create(
      in: TemporaryFolder().path + "-runs", name: "n", hash: "h", seed: 0)
    defer { try? FileManager.default.removeItem(atPath: folder.path) }
    var report = FreezeReport()
    report.phases = [
      FreezeReport.Phase(
        name: "p",
        tensors: [
          FreezeReport.Tensor(name: "a", isFrozen: true, before: "1", after: "2"),
          FreezeReport.Tensor(name: "b", isFrozen: true, before: "1", after: "1"),
          FreezeReport.Tensor(name: "c", isFrozen: false, before: "1", after: "2"),
        ])
    ]
    XCTAssertEqual(report.phases[0].movedFrozenTensors, ["a"])
    try report.write(to: folder)
    let json = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(fileURLWithPath: folder.freeze)))
    let phases = (json as? [String: Any])?["phases"] as? [[String: Any]]
    XCTAssertEqual(phases?[0]["frozen_but_changed"] as? [String], ["a"])
    XCTAssertEqual((phases?[0]["tensors"] as? [Any])?.count, 3)
  }
}

final class RunReaderTests: XCTestCase {
  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  func testTornAndForeignFilesAreNamedAndTheRestIsRead() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(existing: folder.path)
    try write("{\"status\": \"what\"}", run.record)
    try write(
      "{\"phase\":\"p\",\"epoch\":1,\"train/loss\":1,\"val/acc1\":0.5}\nnonsense\n{\"phase\":\"p\",\"epoch\":2,\"train/loss\":0.5,\"val/acc1\":0.7}\n{\"phase\":\"p\",\"ep",
      run.metrics)
    let reader = RunReader(folder.path)
    XCTAssertNil(reader.record)
    XCTAssertEqual(reader.epochs.count, 2)
    XCTAssertEqual(reader.best?.numbers["epoch"], 2)
    let problems = reader.problems.joined(separator: "\n")
    XCTAssertTrue(problems.contains("run.json: is not a record"), problems)
    XCTAssertTrue(problems.contains("metrics.jsonl: line 2 is not JSON"), problems)
    XCTAssertTrue(problems.contains("metrics.jsonl: the last line is torn"), problems)
    XCTAssertTrue(problems.contains("timing.jsonl: No such file"), problems)
  }

  func testBlankLinesAndCarriageReturnsKeepTheNumbersOfLines() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(existing: folder.path)
    try write(
      "{\"phase\":\"p\",\"epoch\":1,\"train/loss\":1}\r\n"
        + "{\"phase\":\"p\",\"epoch\":2,\"train/loss\":1}\r\n\n[3]\n", run.metrics)
    let reader = RunReader(folder.path)
    XCTAssertEqual(reader.epochs.map { $0.numbers["epoch"] }, [1, 2])
    XCTAssertEqual(
      reader.problems.filter { $0.contains("metrics") },
      [3, 4].map { "\(run.metrics): line \($0) is not JSON" })
  }

  func testAFolderInPlaceOfAFileAndAMissingRunAreNamed() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(existing: folder.path)
    for path in [run.record, run.metrics] {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }
    XCTAssertEqual(
      RunReader(folder.path).problems,
      [
        "\(run.path): holds no run (run.json, metrics.jsonl: Is a directory; "
          + "timing.jsonl: No such file or directory)"
      ])
    // Of a run each file has a line of its own.
    try FileManager.default.removeItem(atPath: run.metrics)
    try write("{\"phase\":\"p\",\"epoch\":1,\"train/loss\":1}\n", run.metrics)
    XCTAssertEqual(
      RunReader(folder.path).problems,
      ["\(run.record): Is a directory", "\(run.timing): No such file or directory"])
    let gone = RunReader(folder("gone"))
    XCTAssertEqual(gone.problems.count, 1)
    XCTAssertTrue(gone.metrics.isEmpty && gone.record == nil && gone.best == nil)
    XCTAssertEqual(RunReader.all(in: folder("gone")).count, 0)
  }

  func testRandomBytesNeverStopAReader() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(existing: folder.path)
    var stream = RandomStream(seed: 1, purpose: .test)
    for _ in 0..<200 {
      for path in [run.record, run.metrics, run.timing] {
        let bytes = (0..<stream.integer(in: 0...300)).map { _ in UInt8(stream.integer(in: 0...255))
        }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
      }
      XCTAssertNil(RunReader(folder.path).record)
    }
  }

  func testARecordReadsBack() throws {
    let folder = try TemporaryFolder()
    let run = RunFolder(existing: folder.path)
    var record = RunRecord(
      name: "n", seed: .max, configuration: "abc", command: ["xrun", "a b"], version: "1",
      commit: nil,
      machine: RunRecord.Machine(
        host: "h", processor: "p", instructionSets: ["avx2"], computeThreads: 2,
        loaderThreads: 3, provider: "onednn", libraries: ["oneDNN": "2.6"]),
      data: RunRecord.Data(fingerprint: "f", pictures: ["train": 5], classes: 2),
      weights: RunRecord.Weights(source: "random", fingerprint: nil))
    record.status = .stopped
    record.best = RunRecord.Best(metric: "val/loss", value: .infinity, phase: "p", epoch: 2)
    record.test = ["test/acc1": 0.5]
    try record.write(to: run)
    let read = try XCTUnwrap(RunReader(folder.path).record)
    XCTAssertEqual(read.status, .stopped)
    XCTAssertEqual(read.seed, .max)
    XCTAssertEqual(read.machine.libraries, ["oneDNN": "2.6"])
    XCTAssertEqual(read.best?.value, .infinity)
    XCTAssertEqual(read.test, ["test/acc1": 0.5])
    let text = try String(contentsOfFile: run.record, encoding: .utf8)
    XCTAssertTrue(text.contains("\"compute_threads\" : 2"), text)
  }
}
