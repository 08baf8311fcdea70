import Glibc
import Synchronization

/// Writes whole files so that readers, and whoever comes after a crash, find the old one or the new one.
///
/// The bytes go into a hidden file beside the target, which is synced and renamed over it; then the folder is
/// synced. A failure before the renaming leaves the target as it was and removes the hidden file.
package enum AtomicFile {
  package static func write(path: String, bytes: UnsafeRawBufferPointer) throws(FileError) {
    try write(path: path, pieces: [bytes])
  }

  package static func write(path: String, text: String) throws(FileError) {
    let bytes = Array(text.utf8)
    try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
      try write(path: path, pieces: [UnsafeRawBufferPointer(buffer)])
    }
  }

  /// Writes the pieces one after the other, so that a header and large tensors need no joint copy.
  package static func write(
    path: String, pieces: [UnsafeRawBufferPointer], calls: some FileCalls = SystemFileCalls()
  ) throws(FileError) {
    guard let path = Self.target(of: path) else {
      return try writeThrough(path: path, pieces: pieces, calls: calls)
    }
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    let name = slash.map { path[path.index(after: $0)...] } ?? path[...]
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    let hidden = "\(folder)/.\(name).\(getpid())-\(number).tmp"

    let descriptor = calls.open(hidden, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
    guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
    do throws(FileError) {
      for piece in pieces { try writeAll(piece, to: descriptor, path: path, calls: calls) }
      guard calls.sync(descriptor) == 0 else { throw FileError(.sync, path: path, code: errno) }
    } catch {
      _ = calls.close(descriptor)
      _ = calls.remove(hidden)
      throw error
    }
    // Network file systems report a full disk only here.
    guard calls.close(descriptor) == 0 else {
      let error = FileError(.write, path: path, code: errno)
      _ = calls.remove(hidden)
      throw error
    }
    guard calls.rename(hidden, to: path) == 0 else {
      let error = FileError(.rename, path: path, code: errno)
      _ = calls.remove(hidden)
      throw error
    }
    try syncFolder(folder, calls: calls)
  }

  /// The file that a renaming may replace: a link stays, and what it leads to is replaced.
  ///
  /// - Returns: nil for a device or a pipe, such as `/dev/null`, which no file may take the place of.
  private static func target(of path: String) -> String? {
    var status = stat()
    guard stat(path, &status) == 0 else { return path }
    switch status.st_mode & S_IFMT {
    case S_IFREG: break
    // Renaming over a folder fails, and says so.
    case S_IFDIR: return path
    default: return nil
    }
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK,
      let real = realpath(path, nil)
    else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func writeThrough(
    path: String, pieces: [UnsafeRawBufferPointer], calls: some FileCalls
  ) throws(FileError) {
    let descriptor = calls.open(path, flags: O_WRONLY, mode: 0)
    guard descriptor >= 0 else { throw FileError(.open, path: path, code: errno) }
    defer { _ = calls.close(descriptor) }
    for piece in pieces { try writeAll(piece, to: descriptor, path: path, calls: calls) }
  }

  /// Writes all the bytes, however many calls that takes.
  package static func writeAll(
    _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, path: String,
    calls: some FileCalls = SystemFileCalls()
  ) throws(FileError) {
    var done = 0
    while let start = bytes.baseAddress, done < bytes.count {
      let written = calls.write(descriptor, start + done, bytes.count - done)
      if written < 0 {
        if errno == EINTR { continue }
        throw FileError(.write, path: path, code: errno)
      }
      done += written
    }
  }

  /// Makes the names in a folder durable, as a crash of the machine could lose a renaming.
  package static func syncFolder(
    _ folder: String, calls: some FileCalls = SystemFileCalls()
  ) throws(FileError) {
    let descriptor = calls.open(folder, flags: O_RDONLY | O_DIRECTORY, mode: 0)
    guard descriptor >= 0 else { throw FileError(.open, path: folder, code: errno) }
    let status = calls.sync(descriptor)
    let code = errno
    _ = calls.close(descriptor)
    // Some file systems cannot sync a folder and say EINVAL; there is nothing more that we could do.
    guard status == 0 || code == EINVAL else { throw FileError(.sync, path: folder, code: code) }
  }

  private static let counter = Atomic<Int>(0)
}
