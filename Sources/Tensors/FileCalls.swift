import Glibc

/// The system calls that files are written with; tests put one in that fails where they say.
///
/// Each returns what the call of that name does, with `errno` set where it is -1.
package protocol FileCalls: Sendable {
  func open(_ path: String, flags: Int32, mode: mode_t) -> Int32
  func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int
  func sync(_ descriptor: Int32) -> Int32
  func close(_ descriptor: Int32) -> Int32
  func rename(_ old: String, to new: String) -> Int32
  func remove(_ path: String) -> Int32
}

/// The real ones.
package struct SystemFileCalls: FileCalls {
  package init() {}

  package func open(_ path: String, flags: Int32, mode: mode_t) -> Int32 {
    Glibc.open(path, flags | O_CLOEXEC, mode)
  }
  package func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    Glibc.write(descriptor, bytes, count)
  }
  package func sync(_ descriptor: Int32) -> Int32 { Glibc.fsync(descriptor) }
  package func close(_ descriptor: Int32) -> Int32 { Glibc.close(descriptor) }
  package func rename(_ old: String, to new: String) -> Int32 { Glibc.rename(old, new) }
  package func remove(_ path: String) -> Int32 { Glibc.unlink(path) }
}

/// A file or folder that the system would not read, write or make.
package struct FileError: Error, Hashable, CustomStringConvertible {
  /// What was tried, as a verb: `cannot write 'best.safetensors': No space left on device`.
  package enum Operation: String, Sendable, Hashable {
    case open, read, write, sync, rename, make, remove, lock
  }

  package let operation: Operation
  package let path: String
  /// The system's number for the cause, such as `ENOSPC`.
  package let code: Int32

  package init(_ operation: Operation, path: String, code: Int32) {
    self.operation = operation
    self.path = path
    self.code = code
  }

  /// The system's words for the cause.
  package var cause: String { String(cString: strerror(code)) }

  package var description: String { "cannot \(operation.rawValue) '\(path)': \(cause)" }
}
