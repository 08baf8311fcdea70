import Glibc
import Runs
import Tensors

/// A growing file of events: length, its checksum, the event, its checksum (TensorFlow's record format).
///
/// Each event is one system call, so that a running TensorBoard sees it whole or not at all.
package final class EventFile {
  private let descriptor: Int32
  package let path: String

  /// Makes a new file in a folder, which is made where it is not there; TensorBoard tells event files by their names.
  package init(in folder: String) throws(FileError) {
    try RunFolder.makeFolders(folder)
    path = "\(folder)/events.out.tfevents.\(time(nil)).xrun.\(getpid())"
    descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
  }

  deinit { close(descriptor) }

  /// Adds an event: the bytes of its message.
  package func append(_ event: [UInt8]) throws(FileError) {
    let record = Self.record(event)
    try record.withUnsafeBufferPointer { (buffer) throws(FileError) in
      try AtomicFile.writeAll(UnsafeRawBufferPointer(buffer), to: descriptor, path: path)
    }
  }

  /// An event as it stands in a file.
  package static func record(_ event: [UInt8]) -> [UInt8] {
    let length = littleEndian(UInt64(event.count))
    return length + littleEndian(CRC32C.masked(length)) + event
      + littleEndian(CRC32C.masked(event))
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
