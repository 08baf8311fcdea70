import Glibc
import Images
import Tensors
import Transforms

/// Writes a pack aside and gives it its name once it is whole.
///
/// It is not synced: a pack that a crash of the machine tore is told by its checksums, and pictures can be made again.
final class PackWriter {
  /// How the hidden files of writers end.
  static let asideSuffix = ".writing"
  static let suffix = ".pack"

  private let folder: String
  private let program: PrefixProgram
  private let calls: any FileCalls
  private let aside: String
  private var descriptor: Int32
  private var entries: [PackEntry] = []
  /// Names a pack by what is in it: two writers of the same pictures make one file.
  private var name: SHA256Text
  /// Bytes of the file so far, its end not included.
  private(set) var byteCount = 0

  /// - Parameter folder: of the program; it is made where it is not there.
  static func begin(
    _ folder: String, _ program: PrefixProgram, calls: any FileCalls
  ) throws(FileError) -> PackWriter {
    try CacheRoot.makeFolders(folder)
    let aside = "\(folder)/.\(getpid())-\(UInt64.random(in: 0...UInt64.max))\(asideSuffix)"
    let descriptor = calls.open(aside, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
    guard descriptor >= 0 else { throw FileError(.open, path: aside, code: errno) }
    // Held as long as this process lives, so that others know leftovers from work.
    flock(descriptor, LOCK_EX | LOCK_NB)
    // From here on the writer's end closes and removes it.
    let writer = PackWriter(folder, program, aside, descriptor, calls)
    try writer.write(PackFormat.header)
    return writer
  }

  private init(
    _ folder: String, _ program: PrefixProgram, _ aside: String, _ descriptor: Int32,
    _ calls: any FileCalls
  ) {
    self.folder = folder
    self.program = program
    self.aside = aside
    self.descriptor = descriptor
    self.calls = calls
    name = SHA256Text(program.text)
  }

  deinit { abandon() }

  /// How many pictures it holds.
  var count: Int { entries.count }

  /// Bytes of the whole file if it ended now.
  var endedByteCount: Int {
    byteCount + entries.count * PackFormat.entryBytes + program.text.utf8.count
      + PackFormat.footerBytes
  }

  func append(_ digest: ContentDigest, _ picture: borrowing Picture) throws(FileError) {
    let size = picture.size
    let count = picture.byteCount
    let offset = byteCount
    let checksum = try picture.withBytes { (start) throws(FileError) -> UInt64 in
      let bytes = UnsafeRawBufferPointer(start: start, count: count)
      try write(bytes)
      return PackChecksum.of(bytes)
    }
    entries.append(PackEntry(digest: digest, offset: offset, size: size, checksum: checksum))
    name.add(digest)
  }

  /// Ends the file and gives it its name; returns its path.
  func publish() throws(FileError) -> String {
    let path = "\(folder)/\(name.digits)\(Self.suffix)"
    do throws(FileError) {
      try write(PackFormat.tail(entries, text: program.text, at: byteCount))
      let open = descriptor
      descriptor = -1
      // Network file systems report a full disk only here.
      guard calls.close(open) == 0 else { throw FileError(.write, path: aside, code: errno) }
      guard calls.rename(aside, to: path) == 0 else {
        throw FileError(.rename, path: path, code: errno)
      }
      isPublished = true
    } catch {
      abandon()
      throw error
    }
    return path
  }

  private var isPublished = false

  /// Removes what was written, unless it was published.
  func abandon() {
    if descriptor >= 0 {
      _ = calls.close(descriptor)
      descriptor = -1
    }
    guard !isPublished else { return }
    isPublished = true
    _ = calls.remove(aside)
  }

  private func write(_ bytes: [UInt8]) throws(FileError) {
    try bytes.withUnsafeBufferPointer { (buffer) throws(FileError) in
      try write(UnsafeRawBufferPointer(buffer))
    }
  }

  private func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try AtomicFile.writeAll(bytes, to: descriptor, path: aside, calls: calls)
    byteCount += bytes.count
  }

  /// The digits of a pack's name, fed picture by picture.
  private struct SHA256Text {
    private var text: String
    init(_ text: String) { self.text = SHA256.hex(of: text) }
    mutating func add(_ digest: ContentDigest) {
      text = SHA256.hex(of: "\(text) \(digest.words)")
    }
    var digits: String { String(text.prefix(32)) }
  }
}
