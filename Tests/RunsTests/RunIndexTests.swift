import Foundation
import Glibc
import Runs
import Tensors
import TestSupport
import XCTest

/// An index costs time only, whatever happens to it or to the folders.
final class RunIndexTests: XCTestCase {
  private var folder: TemporaryFolder!
  private var store: RunIndexStore!

  override func setUpWithError() throws {
    folder = try TemporaryFolder(inMemory: true)
    store = stored()
  }

  private var runs: String { folder("runs") }

  private func stored(
    settlingMilliseconds: Int = 50, calls: any FileCalls = SystemFileCalls()
  ) -> RunIndexStore {
    RunIndexStore(
      root: folder("cache"), fewest: 1, settlingMilliseconds: settlingMilliseconds, calls: calls)
  }

  private func record(_ name: String, value: Double = 0.5) -> RunRecord {
    var record = RunRecord(
      name: name, seed: 3, configuration: "abc", command: ["xrun", "a b"], version: "1",
      commit: "c",
      machine: RunRecord.Machine(
        host: "h", processor: "p", instructionSets: ["avx2"], computeThreads: 2,
        loaderThreads: 3, provider: "onednn", libraries: ["oneDNN": "2.6", "zlib": "1"]),
      data: RunRecord.Data(fingerprint: "f", pictures: ["train": 5, "val": 6], classes: 2),
      weights: RunRecord.Weights(source: "file", fingerprint: "0a"))
    record.status = .completed
    record.best = RunRecord.Best(metric: "val/acc1", value: value, phase: "main", epoch: 2)
    return record
  }

  /// A run whose files are all of the same length, whatever the value of one digit.
  private func write(_ name: String, digit: Int = 5) throws {
    let run = RunFolder(existing: runs + "/" + name)
    try RunFolder.makeFolders(run.path)
    try record(name, value: Double(digit) / 10).write(to: run)
    let metrics = (1...3).map {
      "{\"phase\":\"main\",\"epoch\":\($0),\"step\":\($0),\"train/loss\":1,\"val/acc1\":0.\($0 == 2 ? digit : 1)}\n"
    }
    try put(
      metrics.joined()
        + "{\"phase\":\"main\",\"epoch\":2,\"test/loss\":1,\"test/acc1\":0.\(digit)}\n", run.metrics
    )
    try put(
      "{\"phase\":\"main\",\"epoch\":1,\"train_seconds\":\(digit),\"val_seconds\":1,\"train_images_per_second\":9,\"resident_mib\":7}\n",
      run.timing)
    try put("name: x\noptimizer:\n  Adam:\n    lr: 0.\(digit)\n", run.resolved)
  }

  private func put(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  /// Longer than a file must not have changed to be believed to stay.
  private func settle() { usleep(70_000) }

  private func opened() -> RunsFolder { RunsFolder(runs, index: store, threads: 2) }

  /// All that commands ask of runs, as text.
  private func said(_ folder: RunsFolder) throws -> [String] {
    try folder.runs.map { run in
      func line(_ line: RunLine?) -> String {
        guard let line else { return "-" }
        return line.numbers.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
          + line.words.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
      }
      let summary = run.summary
      var record = "-"
      if let own = run.record {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        record = String(decoding: try encoder.encode(own), as: UTF8.self)
      }
      return [
        run.folder.path, record, run.problems.joined(separator: ","), "\(summary.epochs)",
        line(summary.best), line(summary.last), line(summary.test), "\(summary.bestEpoch ?? -1)",
        summary.names.joined(separator: ","), "\(summary.seconds ?? -1)",
        "\(summary.imagesPerSecond ?? -1)", "\(summary.residentMiB ?? -1)",
        run.settings.paths.all.joined(separator: ",") + run.settings.texts.joined(separator: ","),
        "\(run.metrics.count) \(run.timing.count)",
      ].joined(separator: "\n")
    }
  }

  /// Whether the index gives what the folders say.
  private func assertTrue(
    taken: Int? = nil, _ message: String = "", file: StaticString = #filePath, line: UInt = #line
  ) throws {
    let indexed = opened()
    XCTAssertEqual(try said(indexed), try said(RunsFolder(runs)), message, file: file, line: line)
    if let taken { XCTAssertEqual(indexed.taken, taken, message, file: file, line: line) }
  }

  private func index() throws -> String {
    let names = try FileManager.default.contentsOfDirectory(atPath: store.folder)
    XCTAssertEqual(names.count, 1, "\(names)")
    return store.folder + "/" + names[0]
  }

  private func three(_ names: [String] = ["a", "b", "c"]) throws {
    for (number, name) in names.enumerated() { try write(name, digit: 3 + number) }
    settle()
    let first = opened()
    XCTAssertEqual(first.taken, 0)
    for run in first.runs { _ = run.settings }
    first.keep()
  }

  func testWhatStayedIsTakenAndSaysTheSame() throws {
    try three()
    try assertTrue(taken: 3)
    // Another path to the folder has the same index; its problems name the path that was given.
    try FileManager.default.removeItem(atPath: runs + "/b/timing.jsonl")
    let other = RunsFolder(folder("cache/../runs"), index: store)
    XCTAssertEqual(other.taken, 2)
    XCTAssertEqual(
      other.runs.flatMap(\.problems),
      [folder("cache/../runs/b/timing.jsonl") + ": No such file or directory"])
  }

  func testEveryFieldOfARecordIsKept() throws {
    try write("a")
    let run = RunFolder(existing: runs + "/a")
    var full = record("a")
    full.seed = .max
    full.phase = "main"
    full.epoch = 7
    full.ended = "2026-01-01T00:00:00Z"
    full.process = RunProcess(pid: 5, startTicks: 6)
    full.cache = RunRecord.Cache(
      folder: "f", pictures: 1, cached: 2, added: 3, bytes: 4, problems: ["p"])
    full.test = ["test/acc1": 0.25, "test/loss": 1]
    full.error = "e"
    // A field that is added later must be filled here.
    for child in Mirror(reflecting: full).children {
      XCTAssertFalse("\(child.value)" == "nil", "fill '\(child.label ?? "")'")
    }
    try full.write(to: run)
    let text = try String(contentsOfFile: run.record, encoding: .utf8)
    try RunReader(run.path).record?.write(to: run)
    XCTAssertEqual(try String(contentsOfFile: run.record, encoding: .utf8), text, "from the file")
    settle()
    opened().keep()
    let taken = opened()
    XCTAssertEqual(taken.taken, 1)
    try taken.runs[0].record?.write(to: run)
    XCTAssertEqual(try String(contentsOfFile: run.record, encoding: .utf8), text, "from the index")
  }

  func testRunsHaveTheirOwnMachinesAndData() throws {
    try three()
    for (name, host) in [("a", "first"), ("b", "second"), ("c", "first")] {
      var other = record(name)
      other.machine.host = host
      other.machine.libraries = [host: "1", "zlib": "2"]
      other.data.pictures = [host: 4]
      try other.write(to: RunFolder(existing: runs + "/" + name))
    }
    settle()
    opened().keep()
    try assertTrue(taken: 3)
    XCTAssertEqual(
      Set(opened().runs.compactMap { $0.record?.data.pictures }), [["first": 4], ["second": 4]])
  }

  func testAChangeOfTheSameLengthIsSeenAtOnce() throws {
    try three()
    for (number, name) in ["run.json", "metrics.jsonl", "timing.jsonl", "resolved.yaml"]
      .enumerated()
    {
      let path = runs + "/b/" + name
      let old = try String(contentsOfFile: path, encoding: .utf8)
      let new = old.replacing("0.4", with: "0.8").replacing("\":4", with: "\":8")
      XCTAssertNotEqual(old, new)
      // In place, and with the old time set again, as `touch -r` does.
      var status = stat()
      stat(path, &status)
      let handle = try XCTUnwrap(FileHandle(forWritingAtPath: path))
      try handle.write(contentsOf: Data(new.utf8))
      try handle.close()
      var times = [status.st_atim, status.st_mtim]
      XCTAssertEqual(utimensat(AT_FDCWD, path, &times, 0), 0)
      try assertTrue(taken: number < 3 ? 2 : nil, name)
      // What was read just now is not kept yet: it may change again within the clock's tick.
      RunsFolder(runs, index: stored(settlingMilliseconds: 3_600_000)).keep()
      try assertTrue(taken: 2, name)
    }
  }

  func testTwoChangesInOneTickAreSeen() throws {
    try three()
    for digit in [6, 7, 8, 6, 7, 8] {
      try write("b", digit: digit)
      opened().keep()
      try write("b", digit: 9)
      try assertTrue()
      opened().keep()
    }
    settle()
    opened().keep()
    try assertTrue(taken: 3)
  }

  func testFoldersThatChangeNamesGoAndCome() throws {
    try three()
    let manager = FileManager.default
    // Two take each other's names.
    try manager.moveItem(atPath: runs + "/a", toPath: runs + "/x")
    try manager.moveItem(atPath: runs + "/b", toPath: runs + "/a")
    try manager.moveItem(atPath: runs + "/x", toPath: runs + "/b")
    try assertTrue(taken: 1)
    try manager.moveItem(atPath: runs + "/c", toPath: runs + "/d")
    try assertTrue(taken: 0)
    opened().keep()
    try assertTrue(taken: 3)
    try manager.removeItem(atPath: runs + "/d")
    try assertTrue(taken: 2)
    // A copy in its place, with all times.
    try manager.copyItem(atPath: runs + "/a", toPath: runs + "/copy")
    try manager.removeItem(atPath: runs + "/a")
    try manager.moveItem(atPath: runs + "/copy", toPath: runs + "/a")
    try assertTrue(taken: 1)
    // Files that go and come.
    for name in ["run.json", "metrics.jsonl", "timing.jsonl", "resolved.yaml"] {
      try manager.moveItem(atPath: runs + "/b/" + name, toPath: folder("away"))
      try assertTrue(name)
      try manager.moveItem(atPath: folder("away"), toPath: runs + "/b/" + name)
      try assertTrue(name)
    }
  }

  func testAnIndexThatIsNoneIsAsNone() throws {
    try three()
    let path = try index()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    func check(_ bytes: Data, _ message: String) throws {
      try bytes.write(to: URL(fileURLWithPath: path))
      try assertTrue(taken: 0, message)
    }
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
      try check(whole.prefix(length), "torn at \(length)")
    }
    for place in stride(from: 0, to: whole.count, by: max(1, whole.count / 97)) {
      var bytes = whole
      bytes[place] ^= 0x10
      try check(bytes, "another byte at \(place)")
    }
    try check(whole + Data([0]), "a byte more")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try assertTrue(taken: 0, "a folder in its place")
    opened().keep()
    try assertTrue(taken: 0, "that cannot be replaced")
    try FileManager.default.removeItem(atPath: path)
    opened().keep()
    try assertTrue(taken: 3, "written again")
    // Of another folder, as if two real paths had one digest.
    try FileManager.default.copyItem(atPath: runs, toPath: folder("others"))
    let others = RunsFolder(folder("others"), index: store)
    XCTAssertEqual(others.taken, 0)
    try FileManager.default.copyItem(
      atPath: path, toPath: store.path(of: folder("others")))
    XCTAssertEqual(RunsFolder(folder("others"), index: store).taken, 0)
  }

  func testARunThatGoesOnIsNeverOld() throws {
    try three()
    let run = RunFolder(existing: runs + "/b")
    let file = try XCTUnwrap(FileHandle(forWritingAtPath: run.metrics))
    defer { try? file.close() }
    try file.seekToEnd()
    for epoch in 4...40 {
      try file.write(
        contentsOf: Data(
          "{\"phase\":\"main\",\"epoch\":\(epoch),\"train/loss\":1,\"val/acc1\":0.1}\n".utf8))
      let seen = opened()
      XCTAssertEqual(seen.runs.first { $0.folder.name == "b" }?.summary.epochs, epoch)
      seen.keep()
    }
  }

  func testManyWritersAndReadersAtOnce() throws {
    try three()
    let runs = self.runs
    let store = try XCTUnwrap(self.store)
    let expected = try said(RunsFolder(runs))
    Threads.forEach(40, threads: 8) { number in
      if number % 2 == 0 {
        let folder = RunsFolder(runs, index: number % 4 == 0 ? nil : store, threads: 1)
        folder.keep()
      } else {
        // Written again and again, whole each time.
        RunsFolder(runs, index: store, threads: 1).keep()
      }
    }
    XCTAssertEqual(try said(opened()), expected)
  }

  func testAFailureOfAnyCallLeavesTheOldIndexOrTheNew() throws {
    try three()
    try write("d")
    settle()
    for call in 1...8 {
      RunsFolder(runs, index: stored(calls: FaultyFileCalls(failAt: call))).keep()
      try assertTrue("call \(call)")
      let names = try FileManager.default.contentsOfDirectory(atPath: store.folder)
      XCTAssertEqual(names.count, 1, "\(names)")
    }
  }

  func testAnUnreadableFileIsNotRemembered() throws {
    try three()
    // Root reads everything, so it becomes somebody else for a while.
    if getuid() == 0 {
      let entries = try XCTUnwrap(FileManager.default.enumerator(atPath: folder.path))
      for case let name as String in entries { XCTAssertEqual(chown(folder(name), 65534, 0), 0) }
      XCTAssertEqual(seteuid(65534), 0)
    }
    defer { if getuid() == 0 { XCTAssertEqual(seteuid(0), 0) } }
    chmod(runs + "/b/metrics.jsonl", 0)
    opened().keep()
    settle()
    opened().keep()
    XCTAssertEqual(opened().taken, 2)
    chmod(runs + "/b/metrics.jsonl", 0o644)
    try assertTrue()
  }

  func testFewRunsHaveNoIndexAndGoneFoldersLoseTheirs() throws {
    try write("a")
    settle()
    RunsFolder(runs, index: RunIndexStore(root: folder("cache"), settlingMilliseconds: 50)).keep()
    XCTAssertFalse(FileManager.default.fileExists(atPath: store.folder))
    opened().keep()
    XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: store.folder).count, 1)
    try FileManager.default.moveItem(atPath: runs, toPath: folder("moved"))
    RunsFolder(folder("moved"), index: store).keep()
    XCTAssertEqual(
      try FileManager.default.contentsOfDirectory(atPath: store.folder),
      [(store.path(of: folder("moved")) as NSString).lastPathComponent])
    XCTAssertEqual(store.removeAll(), 1)
  }
}
