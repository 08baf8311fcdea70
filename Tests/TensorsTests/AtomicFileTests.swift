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

  func testALinkStaysAndWhatItLeadsToIsReplaced() throws {
    let folder = try TemporaryFolder()
    try AtomicFile.write(path: folder("a"), text: "old")
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: "a")
    try AtomicFile.write(path: folder("link"), text: "new")
    XCTAssertEqual(try read(folder("a")), "new")
    XCTAssertEqual(
      try FileManager.default.destinationOfSymbolicLink(atPath: folder("link")), "a")
    XCTAssertEqual(try names(folder), ["a", "link"])
  }

  /// A pipe stands for devices, which tests cannot make everywhere: root's `/dev/null` would become a file.
  func testAPipeIsWrittenToAndNotReplaced() throws {
    let folder = try TemporaryFolder()
    XCTAssertEqual(mkfifo(folder("pipe"), 0o600), 0)
    // Opened for both, so that neither side waits for the other.
    let descriptor = open(folder("pipe"), O_RDWR | O_NONBLOCK)
    XCTAssertGreaterThanOrEqual(descriptor, 0)
    defer { close(descriptor) }
    try AtomicFile.write(path: folder("pipe"), text: "new")
    var bytes = [UInt8](repeating: 0, count: 8)
    XCTAssertEqual(Foundation.read(descriptor, &bytes, 8), 3)
    XCTAssertEqual(String(decoding: bytes.prefix(3), as: UTF8.self), "new")
    var status = stat()
    XCTAssertEqual(lstat(folder("pipe"), &status), 0)
    XCTAssertEqual(status.st_mode & S_IFMT, S_IFIFO)
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
