import Glibc
import Tensors
import Transforms

/// The folder of cached pictures: a folder for each program, and in it packs of pictures.
///
/// Shared by all runs of a user. Nobody waits for anybody: packs appear whole by renaming, and whoever reads one keeps
/// it open, so that it may be removed at any time.
package struct PictureStore: Sendable {
  /// Where the programs' folders are.
  package let folder: String
  /// How many bytes all packs may have together.
  package let limit: Int
  /// How many bytes of the disk are left to others.
  package let reserve: Int
  /// A pack this large is ended: what a kill can cost.
  let packBytes: Int
  let calls: any FileCalls

  package static let defaultLimit = 8 << 30
  package static let defaultReserve = 256 << 20
  /// Beyond this many packs no more are opened: a process may hold some thousand files.
  static let openPacks = 512

  /// - Parameter root: what `XRUN_CACHE` names, or `~/.cache/xrun`.
  package init(
    root: String, limit: Int = defaultLimit, reserve: Int = defaultReserve,
    packBytes: Int = 128 << 20, calls: any FileCalls = SystemFileCalls()
  ) {
    folder = root + "/pictures-\(PackFormat.version)"
    self.limit = limit
    self.reserve = reserve
    self.packBytes = packBytes
    self.calls = calls
  }

  /// The store that the environment names; nil where it turns it off, or says no place.
  ///
  /// - Throws: where `XRUN_CACHE_SIZE` is no size.
  package static func named(
    by variable: (_ name: String) -> String?
  ) throws(SizeError) -> PictureStore? {
    var limit = defaultLimit
    if let text = variable("XRUN_CACHE_SIZE"), !text.isEmpty {
      guard let size = ByteCount.parse(text) else { throw SizeError(text: text) }
      limit = size
    }
    return CacheRoot.named(by: variable).map { PictureStore(root: $0, limit: limit) }
  }

  /// What `XRUN_CACHE_SIZE` says where it is no size.
  package struct SizeError: Error, CustomStringConvertible {
    package let text: String
    package var description: String {
      "XRUN_CACHE_SIZE must be a size such as 500M or 20G, not '\(text)'"
    }
  }

  func folder(of program: PrefixProgram) -> String { "\(folder)/\(program.key)" }

  // MARK: Reading

  /// The packs of a program, the last used first, and what was found that is none.
  func packs(of program: PrefixProgram) -> (packs: [PicturePack], problems: [PackError]) {
    var packs: [PicturePack] = []
    var problems: [PackError] = []
    for file in files(in: program.key).prefix(Self.openPacks) {
      do throws(PackError) {
        let pack = try PicturePack(file.path)
        guard pack.text == program.text else { throw .misplaced(file.path) }
        packs.append(pack)
      } catch {
        // Removed since it was listed: whoever did it wanted the room.
        if case .file(let file) = error, file.code == ENOENT { continue }
        problems.append(error)
      }
    }
    return (packs, problems)
  }

  /// A file that is named like a pack.
  struct File {
    var path: String
    var byteCount: Int
    /// Seconds since 1970 of the last use.
    var used: Double
  }

  /// The packs' files in a program's folder, the last used first.
  private func files(in key: String) -> [File] {
    Self.names(folder + "/" + key).filter { Self.isPackName($0) }.compactMap { name in
      let path = "\(folder)/\(key)/\(name)"
      var status = stat()
      guard lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else { return nil }
      let used = Double(status.st_mtim.tv_sec) + Double(status.st_mtim.tv_nsec) * 1e-9
      return File(path: path, byteCount: Int(status.st_size), used: used)
    }.sorted { ($0.used, $1.path) > ($1.used, $0.path) }
  }

  /// All packs' files, the last used first.
  private func allFiles() -> [File] {
    keys().flatMap(files).sorted { ($0.used, $1.path) > ($1.used, $0.path) }
  }

  private func keys() -> [String] {
    Self.names(folder).filter { $0.utf8.count == 32 && Self.isHexadecimal($0) }
  }

  /// What the store holds of one program.
  package struct Contents: Sendable {
    package var key: String
    /// The program's text; empty where no pack could be read.
    package var text: String
    package var packs: Int
    package var pictures: Int
    package var bytes: Int
    /// Seconds since 1970.
    package var lastUse: Double
  }

  /// Everything in the store, by program, the last used first; and what is there that cannot be used.
  package func contents() -> (programs: [Contents], problems: [String]) {
    var programs: [Contents] = []
    var problems: [String] = []
    for key in keys() {
      let files = files(in: key)
      guard let first = files.first else { continue }
      var contents = Contents(
        key: key, text: "", packs: 0, pictures: 0, bytes: 0, lastUse: first.used)
      for file in files {
        contents.bytes += file.byteCount
        do throws(PackError) {
          let pack = try PicturePack(file.path)
          contents.text = pack.text
          contents.packs += 1
          contents.pictures += pack.entries.count
        } catch {
          problems.append("\(error)")
        }
      }
      programs.append(contents)
    }
    return (programs.sorted { ($0.lastUse, $1.key) > ($1.lastUse, $0.key) }, problems)
  }

  // MARK: Room

  /// What was removed.
  package struct Removed: Sendable, Equatable {
    package var packs = 0
    package var bytes = 0
    /// Files that the system would not remove.
    package var failures: [FileError] = []
  }

  /// Removes what was not used for longest until all packs have at most this many bytes together.
  ///
  /// - Parameter kept: packs that stay, by path.
  @discardableResult
  package func prune(to limit: Int, keeping kept: Set<String> = []) -> Removed {
    let files = allFiles()
    var total = files.reduce(0) { $0 + $1.byteCount }
    var removed = Removed()
    for file in files.reversed() where total > max(0, limit) && !kept.contains(file.path) {
      if calls.remove(file.path) == 0 {
        removed.packs += 1
        removed.bytes += file.byteCount
      } else if errno != ENOENT {
        removed.failures.append(FileError(.remove, path: file.path, code: errno))
        continue
      }
      total -= file.byteCount
    }
    removeEmptyFolders()
    return removed
  }

  /// The same, after removing torn packs and what killed writers left.
  package func tidy(to limit: Int) -> Removed {
    removeLeftovers()
    var torn = Removed()
    for file in allFiles() {
      do throws(PackError) {
        _ = try PicturePack(file.path)
      } catch {
        guard case .torn = error, calls.remove(file.path) == 0 else { continue }
        torn.packs += 1
        torn.bytes += file.byteCount
      }
    }
    var removed = prune(to: limit)
    removed.packs += torn.packs
    removed.bytes += torn.bytes
    return removed
  }

  /// Removes everything that is named as ours, whatever is in it; other files stay.
  package func pruneAll() -> Removed {
    removeLeftovers(olderThan: 0)
    var removed = Removed()
    for file in allFiles() {
      if calls.remove(file.path) == 0 {
        removed.packs += 1
        removed.bytes += file.byteCount
      } else if errno != ENOENT {
        removed.failures.append(FileError(.remove, path: file.path, code: errno))
      }
    }
    removeEmptyFolders()
    return removed
  }

  /// Removes what writers that were killed left behind.
  ///
  /// A writer holds a lock on its file as long as it lives; one that is just beginning has a minute to take it.
  package func removeLeftovers(olderThan seconds: Int = 60) {
    for key in keys() {
      for name in Self.names("\(folder)/\(key)") where name.hasSuffix(PackWriter.asideSuffix) {
        let path = "\(folder)/\(key)/\(name)"
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { continue }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, time(nil) - status.st_mtim.tv_sec >= seconds,
          flock(descriptor, LOCK_EX | LOCK_NB) == 0
        else { continue }
        _ = calls.remove(path)
      }
    }
  }

  private func removeEmptyFolders() {
    // Only empty folders are removed; a writer that needs one makes it again.
    for key in keys() { rmdir("\(folder)/\(key)") }
  }

  /// How many bytes of the disk may still be written; nil where the system does not say.
  func freeBytes() -> Int? {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return nil }
    return Int(status.f_bavail) * Int(status.f_frsize) - reserve
  }

  private static func isPackName(_ name: String) -> Bool {
    name.hasSuffix(PackWriter.suffix) && isHexadecimal(name.dropLast(PackWriter.suffix.count))
      && !name.hasPrefix(".")
  }

  private static func isHexadecimal(_ text: some StringProtocol) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { Array("0123456789abcdef".utf8).contains($0) }
  }

  /// The names in a folder; none where it cannot be read.
  private static func names(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let found = readdir(directory) {
      let name = withUnsafePointer(to: &found.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

/// Sizes as people write them.
package enum ByteCount {
  /// `500M`, `20G`, `1.5T` or a number of bytes, in powers of 1,024; nil where it is none of these.
  package static func parse(_ text: String) -> Int? {
    var digits = text.uppercased()[...]
    for ending in ["IB", "B"] where digits.hasSuffix(ending) {
      digits = digits.dropLast(ending.count)
      break
    }
    var shift = 0
    if let last = digits.last, let place = Array("KMGT").firstIndex(of: last) {
      shift = 10 * (place + 1)
      digits = digits.dropLast()
    }
    guard let number = Double(digits), number >= 0, number.isFinite,
      digits.allSatisfy({ $0.isNumber || $0 == "." })
    else { return nil }
    let bytes = number * Double(1 << shift)
    return bytes < 1e18 ? Int(bytes) : nil
  }
}
