import Glibc
import Images
import Loading
import Tensors

/// Where indices of runs are kept: one file for each folder of runs, in the user's cache.
///
/// An index saves reading, and nothing else: the folders are the truth. One that is missing, torn, of another version
/// or of another folder is as none; a run is taken from it only where the files that were read are still the same
/// (`FileStamp`). It may be removed at any time.
package struct RunIndexStore: Sendable {
  package let folder: String
  /// Fewer runs than this are read as quickly as an index of them is.
  package let fewest: Int
  let settling: FileStamp.Time
  private let calls: any FileCalls

  /// - Parameter settlingMilliseconds: for how long a file must not have changed to be believed to stay.
  package init(
    root: String, fewest: Int = 100, settlingMilliseconds: Int = 2000,
    calls: any FileCalls = SystemFileCalls()
  ) {
    folder = root + "/runs"
    self.fewest = fewest
    settling = FileStamp.Time(settlingMilliseconds) * 1_000_000
    self.calls = calls
  }

  /// The store that the environment names, as that of pictures; nil where it turns caches off.
  package static func named(by variable: (_ name: String) -> String?) -> RunIndexStore? {
    CacheRoot.named(by: variable).map { RunIndexStore(root: $0) }
  }

  static let suffix = ".index"
  private static let asideSuffix = ".tmp"

  /// The file for a folder of runs, by its real path.
  package func path(of runs: String) -> String {
    "\(folder)/\(SHA256.hex(of: runs).prefix(32))\(Self.suffix)"
  }

  // MARK: Reading

  /// What is known of a folder's runs; nil where there is no index that can be used.
  func read(_ runs: String) -> RunIndex? {
    var file = FileBytes()
    guard (try? file.read(path(of: runs))) != nil else { return nil }
    return RunIndex(file, of: runs)
  }

  // MARK: Writing

  /// Keeps what is known of a folder's runs. Where that fails, the next command reads the folders again.
  func write(_ bytes: [UInt8], of runs: String) {
    guard (try? CacheRoot.makeFolders(folder)) != nil else { return }
    removeLeftovers()
    let path = path(of: runs)
    let aside = "\(path).\(getpid())\(Self.asideSuffix)"
    let descriptor = calls.open(aside, flags: O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
    guard descriptor >= 0 else { return }
    // Not synced: what a crash of the machine tears is told by the checksum.
    let isWritten = bytes.withUnsafeBytes { buffer in
      (try? AtomicFile.writeAll(buffer, to: descriptor, path: aside, calls: calls)) != nil
    }
    let isClosed = calls.close(descriptor) == 0
    if !isWritten || !isClosed || calls.rename(aside, to: path) != 0 { _ = calls.remove(aside) }
  }

  /// Removes indices of folders that are gone, and what killed writers left an hour ago.
  private func removeLeftovers() {
    for name in names() {
      let path = "\(folder)/\(name)"
      if name.hasSuffix(Self.asideSuffix) {
        var status = stat()
        guard stat(path, &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 else { continue }
        _ = calls.remove(path)
      } else if let runs = RunIndex.runs(ofFile: path), access(runs, F_OK) != 0, errno == ENOENT {
        _ = calls.remove(path)
      }
    }
  }

  /// Removes all indices; says how many.
  package func removeAll() -> Int { names().count { calls.remove("\(folder)/\($0)") == 0 } }

  private func names() -> [String] {
    FolderEntries.of(folder).entries.map(\.name).filter {
      $0.hasSuffix(Self.suffix)
        || ($0.hasSuffix(Self.asideSuffix) && $0.contains(Self.suffix + "."))
    }
  }
}

/// What was known of a folder's runs when it was last read.
final class RunIndex: Sendable {
  private let file: FileBytes
  private let tables: IndexTables
  /// Where each run's entry begins, by its folder's name.
  private let places: [String: Int]

  var count: Int { places.count }

  /// Raised with whatever is written in another way.
  private static let layout: UInt32 = 2
  private static let magic = Array("xrunruns".utf8)

  /// The program file's size and time: another program may make other numbers of the same files.
  private static let program: [UInt8] = {
    let stamp = FileStamp("/proc/self/exe") ?? FileStamp()
    var writer = IndexWriter()
    writer.add(layout)
    writer.add(stamp.size)
    writer.add(stamp.modified)
    return magic + writer.bytes
  }()

  private static let digestLength = 64

  /// Nil where the bytes are no whole index of this folder, written by this program.
  init?(_ file: consuming FileBytes, of runs: String) {
    let bytes = file.bytes
    guard let start = Self.payload(bytes, of: runs) else { return nil }
    // 1. The tables.
    var spelled = IndexReader(bytes, IndexTables(), at: start)
    let texts = spelled.spelledTexts()
    guard !spelled.isTorn else { return nil }
    var head = IndexReader(bytes, IndexTables(texts: texts), at: spelled.position)
    tables = IndexTables(
      texts: texts, lists: head.list { RunRowNames($0.texts()) },
      paths: head.list { SettingPaths($0.texts()) }, machines: head.list { $0.machine() },
      data: head.list { $0.data() })
    // 2. The entries' places, counted from behind them.
    let entries = head.list { reader in (reader.text(), Int(reader.integer(UInt32.self))) }
    guard !head.isTorn else { return nil }
    let first = head.position
    places = Dictionary(entries.map { ($0.0, first + $0.1) }) { first, _ in first }
    self.file = file
  }

  /// A run, where its files are as they were.
  func run(
    _ folder: RunFolder, named name: String, settling: FileStamp.Time
  ) -> RunReader? {
    guard let place = places[name] else { return nil }
    var reader = IndexReader(file.bytes, tables, at: place)
    return reader.run(folder, settling: settling)
  }

  /// The bytes of an index.
  static func bytes(_ runs: [(name: String, run: RunReader)], of folder: String) -> [UInt8] {
    // 1. Entries first: they fill the tables.
    var entries = IndexWriter()
    var places: [(String, UInt32)] = []
    for (name, run) in runs {
      guard let stamps = run.stamps, let place = UInt32(exactly: entries.count) else { continue }
      places.append((name, place))
      entries.add(run, stamps)
    }
    // 2. Other tables and names go through that of texts.
    var directory = entries.emptied()
    directory.add(entries.machines.all) { $0.add($1) }
    directory.add(entries.data.all) { $0.add($1) }
    directory.add(places) { writer, entry in
      writer.add(entry.0)
      writer.add(entry.1)
    }
    var tables = IndexWriter()
    tables.add(directory.texts.all.map { UInt32($0.utf8.count) }) { $0.add($1) }
    var payload = tables.bytes
    for text in directory.texts.all { payload += text.utf8 }
    tables = IndexWriter()
    for lists in [directory.lists.all, directory.paths.all] {
      tables.add(lists) { writer, list in writer.add(list) { $0.add($1) } }
    }
    payload += tables.bytes + directory.bytes + entries.bytes
    let digest = payload.withUnsafeBytes { SHA256.hex(of: $0) }
    var head = IndexWriter()
    head.add(UInt32(folder.utf8.count))
    return program + head.bytes + Array(folder.utf8) + Array(digest.utf8) + payload
  }

  /// Where the payload begins; nil where the file is not whole, or not for this.
  private static func payload(_ file: UnsafeRawBufferPointer, of runs: String) -> Int? {
    guard let (folder, end) = folder(file), folder == runs, file.count >= end + digestLength else {
      return nil
    }
    let start = end + digestLength
    let digest = SHA256.hex(of: UnsafeRawBufferPointer(rebasing: file[start...]))
    return file[end..<start].elementsEqual(digest.utf8) ? start : nil
  }

  private static func folder(_ file: UnsafeRawBufferPointer) -> (String, end: Int)? {
    guard file.starts(with: program) else { return nil }
    var reader = IndexReader(file, IndexTables(), at: program.count)
    let length = Int(reader.integer(UInt32.self))
    guard !reader.isTorn, file.count - reader.position >= length else { return nil }
    let end = reader.position + length
    return (String(decoding: file[reader.position..<end], as: UTF8.self), end)
  }

  /// The folder of runs that an index is of, from the file's beginning; also of another program's index.
  static func runs(ofFile path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: program.count + 4 + Int(PATH_MAX))
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    guard count >= program.count, bytes.starts(with: magic) else { return nil }
    return (program + bytes[program.count..<count]).withUnsafeBytes { folder($0)?.0 }
  }
}
