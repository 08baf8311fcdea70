import Foundation
import Glibc
import XCTest

extension Program {
  /// What a terminal of 100 columns is sent, results and messages as they come.
  func onTerminal(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> (status: Int32, text: String) {
    // 1. A pseudoterminal.
    let master = open("/dev/ptmx", O_RDWR | O_NOCTTY)
    XCTAssertGreaterThanOrEqual(master, 0)
    // Linux's `TIOCSPTLCK` and `TIOCGPTN`, macros that Swift cannot read: not locked, and its number.
    var (lock, number) = (Int32(0), UInt32(0))
    XCTAssertEqual(ioctl(master, 0x4004_5431, &lock), 0)
    XCTAssertEqual(ioctl(master, 0x8004_5430, &number), 0)
    let terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
    XCTAssertGreaterThanOrEqual(terminal, 0)
    var size = winsize(ws_row: 40, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
    XCTAssertEqual(ioctl(terminal, UInt(TIOCSWINSZ), &size), 0)

    // 2. The program, with both streams there.
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.path())
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    var variables = ProcessInfo.processInfo.environment
    variables["NO_COLOR"] = nil
    process.environment = variables.merging(
      ["XRUN_CACHE": folder("cache"), "TERM": "xterm"].merging(environment) { $1 }
    ) { $1 }
    let handle = FileHandle(fileDescriptor: terminal, closeOnDealloc: false)
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    try process.run()
    close(terminal)

    // 3. Until the other end is closed.
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while case let count = read(master, &piece, piece.count), count > 0 { bytes += piece[..<count] }
    process.waitUntilExit()
    close(master)
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
  }
}
