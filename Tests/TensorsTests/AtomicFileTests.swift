import Foundation
import Synchronization
import Tensors
import TestSupport
import XCTest

final class AtomicFileTests: XCTestCase {
  private func write(_ text: String, to path: String, calls: FaultyFileCalls) throws {
    try Array(text.utf8).withUnsafeBytes { raw in
      let half = raw.count / 2
      try AtomicFile.write(
        path: path,
        pieces: [
          UnsafeRawBufferPointer(rebasing: raw[..<half]),
          UnsafeRawBufferPointer(rebasing: raw[half...]),
        ],
        calls: calls)
    }
  }

  private func read(_ path: String) throws -> String {
    try String(contentsOfFile: path, encoding: .utf8)
  }

  private func names(_ folder: TemporaryFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  func testAFileIsReplacedWhole() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(path: folder("a"), text: "a long first text")
    try AtomicFile.write(path: folder("a"), text: "short")
    XCTAssertEqual(try read(folder("a")), "short")
    try AtomicFile.write(path: folder("a"), text: "")
    XCTAssertEqual(try read(folder("a")), "")
    XCTAssertEqual(try names(folder), ["a"])
  }

  /// Fails the Nth call for each N until the write succeeds: the target is the old file or the new one.
  private func failEachCall(lasting: Bool) throws {
    var failures = 0
    for number in 1...100 {
      let folder = try TemporaryFolder()
      let path = folder("file")
      try AtomicFile.write(path: path, text: "old")
      let calls = FaultyFileCalls(failAt: number, lasting: lasting)
      do {
        try write("new and longer", to: path, calls: calls)
      } catch let error as FileError {
        failures += 1
        XCTAssertEqual(error.code, ENOSPC, "call \(number)")
        XCTAssertTrue("\(error)".contains(folder.path), "\(error)")
        XCTAssertTrue("\(error)".contains("No space left on device"), "\(error)")
      }
      let isRenamed = calls.log.contains("rename ok")
      XCTAssertEqual(
        try read(path), isRenamed ? "new and longer" : "old", "call \(number): \(calls.log)")
      XCTAssertEqual(calls.openDescriptors, 0, "call \(number): \(calls.log)")
      // What cannot be removed stays, hidden; everything else leaves the folder as it was.
      if !lasting { XCTAssertEqual(try names(folder), ["file"], "call \(number)") }
      if !calls.hasFailed {
        XCTAssertEqual(failures, number - 2, "only closing the folder may fail in silence")
        XCTAssertTrue(isRenamed)
        return
      }
    }
    XCTFail("the write never succeeded")
  }

  func testEachFailureLeavesTheOldFileOrTheNewOne() throws {
    try failEachCall(lasting: false)
  }

  func testEachFailureThatLastsLeavesTheOldFileOrTheNewOne() throws {
    try failEachCall(lasting: true)
  }

  func testShortAndInterruptedWritesAreContinued() throws {
    let folder = try TemporaryFolder()
    let text = String(repeating: "0123456789", count: 50)
    let calls = FaultyFileCalls(longestWrite: 7, interruptsEverySecondWrite: true)
    try write(text, to: folder("a"), calls: calls)
    XCTAssertEqual(try read(folder("a")), text)
    XCTAssertGreaterThan(calls.log.filter { $0 == "write interrupted" }.count, 10)
  }

  func testAFileSystemThatCannotSyncFoldersIsBorne() throws {
    let folder = try TemporaryFolder()
    let calls = FaultyFileCalls(failAt: 8, code: EINVAL)
    try write("text", to: folder("a"), calls: calls)
    XCTAssertTrue(calls.log.contains("sync failed"), "\(calls.log)")
    XCTAssertEqual(try read(folder("a")), "text")
  }

  func testTheTextIsSyncedBeforeItIsRenamedAndTheFolderAfter() throws {
    let folder = try TemporaryFolder()
    let calls = FaultyFileCalls()
    try write("text", to: folder("a"), calls: calls)
    XCTAssertEqual(
      calls.log,
      [
        "open ok", "write ok", "write ok", "sync ok", "close ok", "rename ok", "open ok", "sync ok",
        "close ok",
      ])
  }

  func testWritersOfOnePathNeverMixTheirTexts() throws {
    let folder = try TemporaryFolder()
    let texts = (0..<32).map { String(repeating: "\($0) ", count: 5000) }
    let path = folder("a")
    let failures = Atomic<Int>(0)
    Threads.forEach(32, threads: 8) { index in
      do {
        try AtomicFile.write(path: path, text: texts[index])
      } catch {
        failures.add(1, ordering: .relaxed)
      }
    }
    XCTAssertEqual(failures.load(ordering: .relaxed), 0)
    XCTAssertTrue(texts.contains(try read(folder("a"))))
    XCTAssertEqual(try names(folder), ["a"])
  }
}

/// The system's calls, of which the Nth fails (once or from then on), or which write little at a time.
final class FaultyFileCalls: FileCalls {
  private struct State {
    var calls = 0
    var writes = 0
    var open = 0
    var hasFailed = false
    var log: [String] = []
  }

  private let state = Mutex(State())
  private let system = SystemFileCalls()
  private let failAt: Int?
  private let lasting: Bool
  private let code: Int32
  private let longestWrite: Int
  private let interruptsEverySecondWrite: Bool

  init(
    failAt: Int? = nil, lasting: Bool = false, code: Int32 = ENOSPC, longestWrite: Int = .max,
    interruptsEverySecondWrite: Bool = false
  ) {
    self.failAt = failAt
    self.lasting = lasting
    self.code = code
    self.longestWrite = longestWrite
    self.interruptsEverySecondWrite = interruptsEverySecondWrite
  }

  var log: [String] { state.withLock { $0.log } }
  var hasFailed: Bool { state.withLock { $0.hasFailed } }
  var openDescriptors: Int { state.withLock { $0.open } }

  /// Counts a call; whether it is one to fail.
  private func fails(_ name: String) -> Bool {
    state.withLock { state in
      state.calls += 1
      let fails = failAt.map { state.calls == $0 || lasting && state.calls > $0 } ?? false
      state.hasFailed = state.hasFailed || fails
      state.log.append("\(name) \(fails ? "failed" : "ok")")
      return fails
    }
  }

  private func answer<Status: FixedWidthInteger>(_ name: String, _ call: () -> Status) -> Status {
    guard fails(name) else { return call() }
    errno = code
    return -1
  }

  func open(_ path: String, flags: Int32, mode: mode_t) -> Int32 {
    let descriptor = answer("open") { system.open(path, flags: flags, mode: mode) }
    if descriptor >= 0 { state.withLock { $0.open += 1 } }
    return descriptor
  }

  func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    let isInterrupted = state.withLock { state in
      state.writes += 1
      let isInterrupted = interruptsEverySecondWrite && state.writes % 2 == 0
      if isInterrupted { state.log.append("write interrupted") }
      return isInterrupted
    }
    if isInterrupted {
      errno = EINTR
      return -1
    }
    return answer("write") { system.write(descriptor, bytes, min(count, longestWrite)) }
  }

  func sync(_ descriptor: Int32) -> Int32 { answer("sync") { system.sync(descriptor) } }

  /// A failing `close` releases the descriptor all the same, as Linux does.
  func close(_ descriptor: Int32) -> Int32 {
    state.withLock { $0.open -= 1 }
    let status = system.close(descriptor)
    return answer("close") { status }
  }

  func rename(_ old: String, to new: String) -> Int32 {
    answer("rename") { system.rename(old, to: new) }
  }

  func remove(_ path: String) -> Int32 { answer("remove") { system.remove(path) } }
}
