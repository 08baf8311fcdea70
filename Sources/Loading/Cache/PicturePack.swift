import Glibc
import Images
import Tensors
import Transforms

/// A pack of cached pictures, open for reading; its pictures are read where they are wanted.
///
/// Not mapped into memory: reading into the picture is the one copy as well, a pack that somebody cuts off then is an
/// error and not the end of the process, and the system's cache, which all runs share, is not counted as theirs.
final class PicturePack: Sendable {
  let path: String
  let byteCount: Int
  /// The program's text.
  let text: String
  let entries: [PackEntry]
  private let descriptor: Int32

  /// - Throws: where it is not a pack, or not whole.
  init(_ path: String) throws(PackError) {
    // A pipe of this name must not be waited for.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .file(FileError(.open, path: path, code: errno)) }
    do throws(PackError) {
      var status = stat()
      guard fstat(descriptor, &status) == 0 else {
        throw .file(FileError(.read, path: path, code: errno))
      }
      guard status.st_mode & S_IFMT == S_IFREG else { throw .foreign(path) }
      byteCount = Int(status.st_size)
      guard byteCount >= PackFormat.header.count + PackFormat.footerBytes else {
        throw .torn(path)
      }
      let header = try Self.bytes(descriptor, 0, PackFormat.header.count, path)
      guard header == PackFormat.header else { throw .foreign(path) }
      let end = try Self.bytes(
        descriptor, byteCount - PackFormat.footerBytes, PackFormat.footerBytes, path)
      let fileBytes = byteCount
      guard let footer = end.withUnsafeBytes({ PackFormat.footer($0, fileBytes: fileBytes) })
      else { throw .torn(path) }
      let indexBytes = footer.count * PackFormat.entryBytes
      let tail = try Self.bytes(descriptor, footer.offset, indexBytes + footer.textBytes, path)
      guard tail.withUnsafeBytes(PackChecksum.of) == footer.checksum,
        let text = String(validating: tail[indexBytes...], as: UTF8.self),
        let entries = tail.withUnsafeBytes({
          PackFormat.entries(
            UnsafeRawBufferPointer(rebasing: $0[..<indexBytes]), end: footer.offset)
        })
      else { throw .torn(path) }
      self.text = text
      self.entries = entries
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Reads a picture; false where it cannot be read or is damaged, and the picture is undefined then.
  func read(_ entry: PackEntry, into picture: inout Picture) -> Bool {
    picture.resize(width: entry.size.width, height: entry.size.height)
    return picture.withMutableBytes { bytes in
      guard Self.read(descriptor, entry.offset, entry.byteCount, into: bytes) == 0 else {
        return false
      }
      return PackChecksum.of(UnsafeRawBufferPointer(start: bytes, count: entry.byteCount))
        == entry.checksum
    }
  }

  /// Says that the pack was used: what was not used for longest goes first where room is needed.
  func touch() { futimens(descriptor, nil) }

  private static func bytes(
    _ descriptor: Int32, _ offset: Int, _ count: Int, _ path: String
  ) throws(PackError) -> [UInt8] {
    var code: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, count)) { buffer, filled in
      guard let start = buffer.baseAddress else { return }
      code = read(descriptor, offset, count, into: start)
      filled = code == 0 ? count : 0
    }
    // Zero bytes where some were expected: the file became shorter.
    guard code >= 0 else { throw .torn(path) }
    guard code == 0 else { throw .file(FileError(.read, path: path, code: code)) }
    return bytes
  }

  /// Reads all the bytes; 0, the system's error number, or -1 where the file ends before.
  private static func read(
    _ descriptor: Int32, _ offset: Int, _ count: Int, into target: UnsafeMutablePointer<UInt8>
  ) -> Int32 {
    var done = 0
    while done < count {
      let got = pread(descriptor, target + done, count - done, off_t(offset + done))
      if got < 0 {
        if errno == EINTR { continue }
        return errno
      }
      if got == 0 { return -1 }
      done += got
    }
    return 0
  }
}

/// Why a file in the store is not used.
enum PackError: Error, Sendable, CustomStringConvertible {
  case file(FileError)
  /// It begins like no pack.
  case foreign(String)
  /// It was not written to its end, or changed afterwards.
  case torn(String)
  /// It is of another program than its folder's name says.
  case misplaced(String)

  var description: String {
    switch self {
    case .file(let error): "\(error)"
    case .foreign(let path): "'\(path)' is no pack of cached pictures"
    case .torn(let path): "'\(path)' is a torn or damaged pack of cached pictures"
    case .misplaced(let path): "'\(path)' holds pictures of another pipeline than its folder's"
    }
  }
}
