import Glibc
import Tensors

/// A file that grows by whole lines: one system call each, so that a reader sees a line or nothing of it.
final class LineFile {
  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws(FileError) {
    self.path = path
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
  }

  deinit { close(descriptor) }

  func append(_ line: String) throws(FileError) {
    let bytes = Array((line + "\n").utf8)
    try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
      try AtomicFile.writeAll(UnsafeRawBufferPointer(buffer), to: descriptor, path: path)
    }
  }
}
