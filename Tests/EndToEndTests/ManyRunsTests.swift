import Foundation
import Glibc
import Runs
import TestSupport
import XCTest

/// `ls` and `compare` over folders with many runs, some of which are not as runs are.
final class ManyRunsTests: XCTestCase {
  private func write(
    _ folder: String, name: String, hash: String, seed: Int, value: Double, lr: String = "0.1"
  ) throws {
    let run = RunFolder(existing: "\(folder)/\(name)-\(hash)-s\(seed)")
    try RunFolder.makeFolders(run.path)
    var record = RunRecord(
      name: name, seed: UInt64(seed), configuration: hash + "0000", command: [], version: "0",
      commit: nil,
      machine: RunRecord.Machine(
        host: "", processor: "", instructionSets: [], computeThreads: 1, loaderThreads: 1,
        provider: "", libraries: [:]),
      data: RunRecord.Data(fingerprint: "f", pictures: ["val": 1000], classes: 2),
      weights: RunRecord.Weights(source: "", fingerprint: nil))
    record.status = .completed
    record.best = RunRecord.Best(metric: "val/acc1", value: value, phase: "main", epoch: 1)
    try record.write(to: run)
    func put(_ text: String, _ path: String) throws {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    try put(
      "{\"phase\":\"main\",\"epoch\":1,\"step\":1,\"train/loss\":1,\"val/loss\":1,\"val/acc1\":\(value)}\n",
      run.metrics)
    try put("{\"phase\":\"main\",\"epoch\":1,\"train_seconds\":1,\"val_seconds\":1}\n", run.timing)
    try put("optimizer:\n  Adam:\n    lr: \(lr)\n", run.resolved)
  }

  private func many(_ program: Program) throws {
    for number in 0..<120 {
      try write(
        program.folder("runs"), name: "r", hash: "\(10_000_000 + number / 3)", seed: number % 3,
        value: Double(200 + number) / 1000, lr: "0.\(1 + number / 3)")
    }
  }

  func testTheSecondTimeSaysTheSameFromAnIndexThatMayGo() throws {
    let program = try Program()
    try many(program)
    usleep(2_100_000)
    let off = ["XRUN_CACHE": "off"]
    let calls = [["ls"], ["compare"], ["compare", "--sort", "lr", "--format", "csv"]]
    let plain = try calls.map { try program.run($0, environment: off).output }
    XCTAssertEqual(plain[0].split(separator: "\n").count, 121)
    let folder = program.folder("cache/runs")
    XCTAssertFalse(FileManager.default.fileExists(atPath: folder))
    for _ in 0..<2 { XCTAssertEqual(try calls.map { try program.run($0).output }, plain) }
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder).count, 1)
    // A value of the same length, at once.
    let path = program.folder("runs/r-10000000-s1/metrics.jsonl")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("0.201", with: "0.999").write(
      toFile: path, atomically: false, encoding: .utf8)
    XCTAssertTrue(try program.run(["ls"]).output.contains("0.9990"))
    // A cache that cannot be written, and one that is emptied.
    let blocked = try program.run(["ls"], environment: ["XRUN_CACHE": "/proc/none"])
    XCTAssertEqual([blocked.status, blocked.errors.count == 0 ? 0 : 1], [0, 0], blocked.errors)
    XCTAssertTrue(blocked.output.contains("0.9990"))
    let prune = try program.run(["cache", "prune", "--all"])
    XCTAssertEqual(prune.status, 0, prune.errors)
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: folder), [])
    XCTAssertTrue(try program.run(["ls"]).output.contains("0.9990"))
  }

  func testWhatIsNoRunIsNamedAndNothingElseSuffers() throws {
    let program = try Program()
    let runs = program.folder("runs")
    try write(runs, name: "good", hash: "aaaaaaaa", seed: 0, value: 0.5)
    let manager = FileManager.default
    // Each file of a run missing, empty, torn, of random bytes, a folder, a link to nowhere, a pipe.
    let files = ["run.json", "metrics.jsonl", "timing.jsonl", "resolved.yaml"]
    var expected: [String] = []
    for (number, file) in files.enumerated() {
      for (kind, change) in [
        "missing", "empty", "torn", "noise", "folder", "nowhere", "pipe",
      ].enumerated() {
        let hash = "b\(number)\(kind)00000"
        try write(runs, name: "bad", hash: hash, seed: kind, value: 0.4)
        let path = "\(runs)/bad-\(hash)-s\(kind)/\(file)"
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try manager.removeItem(atPath: path)
        switch change {
        case "empty": try Data().write(to: URL(fileURLWithPath: path))
        case "torn": try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        case "noise":
          try Data((0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37) }).write(
            to: URL(fileURLWithPath: path))
        case "folder":
          try manager.createDirectory(atPath: path, withIntermediateDirectories: false)
        case "nowhere":
          try manager.createSymbolicLink(atPath: path, withDestinationPath: "/nowhere")
        case "pipe": XCTAssertEqual(mkfifo(path, 0o600), 0)
        default: break
        }
        // An empty file of lines holds none; and part of a YAML text may be one.
        let isSound = change == "empty" && (number == 1 || number == 2)
        if number < 3, !isSound { expected.append("bad-\(hash)-s\(kind)/\(file)") }
      }
    }
    // Folders that are no runs, a file, and a link to a run that counts once.
    try manager.createDirectory(
      atPath: runs + "/foreign/deeper", withIntermediateDirectories: true)
    try Data("x".utf8).write(to: URL(fileURLWithPath: runs + "/notes.txt"))
    try manager.createSymbolicLink(
      atPath: runs + "/latest", withDestinationPath: "good-aaaaaaaa-s0")
    // A record as the first versions wrote it, without what came later.
    try write(runs, name: "old", hash: "cccccccc", seed: 0, value: 0.3)
    let old = runs + "/old-cccccccc-s0/run.json"
    let text = try String(contentsOfFile: old, encoding: .utf8)
    XCTAssertFalse(text.contains("\"process\"") || text.contains("\"cache\""))
    try text.replacing("\"version\"", with: "\"from_later\" : {\"x\" : [1]},\n  \"version\"")
      .write(toFile: old, atomically: true, encoding: .utf8)

    let beside = try program.run(["compare", "runs/foreign/deeper", "runs/good-aaaaaaaa-s0"])
    XCTAssertTrue(
      beside.errors.contains("warning: there is no run in 'runs/foreign/deeper'\n"), beside.errors)
    for verb in ["ls", "compare"] {
      let result = try program.run([verb])
      XCTAssertEqual(result.status, 0, result.errors)
      for name in expected {
        XCTAssertTrue(result.errors.contains("runs/" + name), "\(name) in \(result.errors)")
      }
      // One line for one folder that is none of ours.
      XCTAssertTrue(
        result.errors.contains(
          "warning: runs/foreign: holds no run "
            + "(run.json, metrics.jsonl, timing.jsonl: No such file or directory)\n"), result.errors
      )
      XCTAssertEqual(result.errors.components(separatedBy: "runs/foreign").count, 2, result.errors)
      for name in ["good-aaaaaaaa-s0", "old-cccccccc-s0"] {
        XCTAssertTrue(result.output.contains(name), result.output)
        XCTAssertFalse(result.errors.contains(name), result.errors)
      }
      XCTAssertFalse(result.output.contains("latest"), result.output)
      XCTAssertFalse(result.output.contains("notes.txt"), result.output)
    }
    // Numbers where none can be.
    let metrics = runs + "/good-aaaaaaaa-s0/metrics.jsonl"
    for epoch in ["null", "1e300", "-7", "0.5"] {
      try Data(
        "{\"phase\":\"main\",\"epoch\":\(epoch),\"step\":\(epoch),\"train/loss\":1,\"val/acc1\":0.5}\n"
          .utf8
      ).write(to: URL(fileURLWithPath: metrics))
      for arguments in [["ls", "--json"], ["ls"], ["compare", "--json"], ["compare", "--plot"]] {
        let result = try program.run(arguments)
        XCTAssertEqual(result.status, 0, "\(arguments) \(epoch) \(result.errors)")
      }
    }
  }

  func testABaselineFromElsewhereIsReadToo() throws {
    let program = try Program()
    for seed in 0..<3 {
      try write(
        program.folder("runs"), name: "new", hash: "aaaaaaaa", seed: seed,
        value: 0.5 + Double(seed) / 1000)
      try write(
        program.folder("runs"), name: "newer", hash: "bbbbbbbb", seed: seed,
        value: 0.6 + Double(seed) / 1000, lr: "0.2")
    }
    try write(program.folder("kept"), name: "old", hash: "cccccccc", seed: 0, value: 0.4)
    for path in [
      "kept/old-cccccccc-s0", "kept/old-cccccccc-s0/", program.folder("kept/old-cccccccc-s0"),
    ] {
      let result = try program.run(["compare", "runs", "--baseline", path])
      XCTAssertEqual(result.status, 0, result.errors)
      XCTAssertTrue(
        result.output.contains("against old-cccccccc-s0 (optimizer.Adam.lr 0.1), the baseline"),
        result.output)
      XCTAssertEqual(
        result.output.split(separator: "\n").prefix(4).count { $0.hasPrefix("new") }, 2)
    }
    // One of the runs, by whatever path, is no other run.
    let own = try program.run(["compare", "runs", "--baseline", "./runs/../runs/new-aaaaaaaa-s1"])
    XCTAssertTrue(own.output.contains("against new-aaaaaaaa"), own.output)
    XCTAssertFalse(own.output.contains("runs)"), own.output)
    let folder = try program.run(["compare", "runs", "--baseline", "kept"])
    XCTAssertEqual(folder.status, 0, folder.errors)
    let none = try program.run(["compare", "runs", "--baseline", "pictures"])
    XCTAssertEqual(none.status, 2)
    XCTAssertTrue(none.errors.contains("'pictures' is no run folder"), none.errors)
  }
}
