import Glibc

/// A file's bytes in memory that is kept from file to file.
package struct FileBytes: ~Copyable, @unchecked Sendable {
  // Safe to send: the memory has this one owner.
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private var count = 0

  package init() {}

  deinit { free(memory) }

  /// The bytes of the last file that was read, until the next one is.
  package var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: memory, count: count)
  }

  /// Reads a whole file.
  package mutating func read(_ path: String) throws(PictureError) {
    count = 0
    // Without O_NONBLOCK a named pipe that nobody writes to would be waited for, for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(errno) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw .unreadable(errno) }
    guard status.st_mode & S_IFMT != S_IFDIR else { throw .unreadable(EISDIR) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile }
    // One more than the size, so that the end is seen without growing.
    grow(to: Int(status.st_size) + 1)
    while true {
      if count == capacity { grow(to: capacity * 2) }
      let got = Glibc.read(descriptor, memory?.advanced(by: count), capacity - count)
      if got < 0 && errno == EINTR { continue }
      guard got >= 0 else {
        count = 0
        throw .unreadable(errno)
      }
      if got == 0 { return }
      count += got
    }
  }

  private mutating func grow(to needed: Int) {
    guard needed > capacity else { return }
    guard let grown = realloc(memory, needed) else {
      fatalError("out of memory for \(needed) bytes")
    }
    memory = grown
    capacity = needed
  }
}
