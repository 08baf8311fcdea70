import Dispatch
import FoundationEssentials
import Glibc
import Images
import Synchronization

/// Why a generated set could not be written.
package enum PetalSetError: Error, Equatable {
  /// The folder holds something else already.
  case occupied(path: String)
  /// A system call failed.
  case system(operation: String, path: String, code: Int32)
}

extension PetalSetError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .occupied(let path):
      return "'\(path)' exists and is not this generated set"
    case .system(let operation, let path, let code):
      return "cannot \(operation) '\(path)': \(String(cString: strerror(code)))"
    }
  }
}

extension PetalSet {
  /// The class-name file, relative to the set's folder.
  package static let classNamesFile = "cat_to_name.json"
  /// Present once the set is whole; tells which set it is.
  package static let markerFile = ".petals"

  /// Where the set is kept for this user: below `XDG_CACHE_HOME`, else `~/.cache`.
  package func cacheDirectory(
    environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> String {
    var base = environment["XDG_CACHE_HOME"] ?? ""
    // The XDG base directory specification has relative paths ignored.
    if !base.hasPrefix("/") { base = (environment["HOME"] ?? "/tmp") + "/.cache" }
    return "\(base)/xrun/builtin/\(name)-v\(Self.version)-\(fingerprint.prefix(12))"
  }

  /// The set's folder in the cache, written now if it is not there yet.
  package func materialized(threads: Int) throws(PetalSetError) -> String {
    let directory = cacheDirectory()
    try write(to: directory, threads: threads)
    return directory
  }

  /// True if the folder holds this set, whole.
  package func isWritten(at directory: String) -> Bool {
    guard let data = FileManager.default.contents(atPath: "\(directory)/\(Self.markerFile)") else {
      return false
    }
    return String(decoding: data, as: UTF8.self) == markerText
  }

  private var markerText: String { "\(name) v\(Self.version) \(fingerprint)\n" }

  /// Writes the set as an image folder: `train/`, `val/`, `test/` with class folders, and the class-name file.
  ///
  /// Does nothing if the folder holds the set already. The folder appears whole or not at all: pictures are written to a
  /// sibling, which is then renamed; of several writers at once the first wins. Bytes do not depend on `threads`.
  package func write(to directory: String, threads: Int) throws(PetalSetError) {
    guard !isWritten(at: directory) else { return }
    var target = directory
    while target.count > 1, target.hasSuffix("/") { target.removeLast() }
    removeLeftovers(of: target)
    let aside = "\(target).writing-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
    do {
      try writeAll(to: aside, threads: threads)
      try publish(aside, as: target)
    } catch {
      try? FileManager.default.removeItem(atPath: aside)
      throw error
    }
  }

  /// Removes what writers that were killed left beside the folder more than an hour ago; drawing takes seconds.
  private func removeLeftovers(of target: String) {
    let parts = target.split(separator: "/", omittingEmptySubsequences: false)
    let parent = parts.count > 1 ? parts.dropLast().joined(separator: "/") + "/" : "./"
    let prefix = "\(parts.last ?? "").writing-"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) {
      var status = stat()
      guard lstat(parent + name, &status) == 0, time(nil) - status.st_mtim.tv_sec > 3600 else {
        continue
      }
      try? FileManager.default.removeItem(atPath: parent + name)
    }
  }

  /// Gives the finished folder its name, unless another writer was faster.
  private func publish(_ aside: String, as target: String) throws(PetalSetError) {
    guard rename(aside, target) != 0 else { return }
    let code = errno
    try? FileManager.default.removeItem(atPath: aside)
    if isWritten(at: target) { return }
    // A folder that is not empty, or a file, is not ours to replace.
    guard code != ENOTEMPTY, code != EEXIST, code != ENOTDIR else {
      throw .occupied(path: target)
    }
    throw .system(operation: "rename", path: target, code: code)
  }

  private func writeAll(to directory: String, threads: Int) throws(PetalSetError) {
    // 1. Folders and the texts.
    let folders = folders
    for split in Split.allCases where picturesPerClass[split, default: 0] > 0 {
      for folder in folders { try makeDirectory("\(directory)/\(split.rawValue)/\(folder)") }
    }
    try writeFile(Array(classNamesText.utf8), to: "\(directory)/\(Self.classNamesFile)")

    // 2. Pictures: each thread takes every nth, each file is a function of its item alone.
    let items = items
    let threads = max(1, min(threads, items.count))
    let failure = Mutex<PetalSetError?>(nil)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      do throws(PetalSetError) {
        for index in stride(from: thread, to: items.count, by: threads) {
          guard failure.withLock({ $0 == nil }) else { return }
          let item = items[index]
          let path =
            "\(directory)/\(item.split.rawValue)/\(folders[item.kind])/\(fileName(of: item))"
          try writeFile(picture(item).jpeg(), to: path)
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }

    // 3. The marker, last.
    try writeFile(Array(markerText.utf8), to: "\(directory)/\(Self.markerFile)")
  }

  private func fileName(of item: Item) -> String {
    let number = String(item.number + 1)
    return "flower_" + String(repeating: "0", count: max(0, 4 - number.utf8.count)) + number
      + ".jpg"
  }

  /// Names hold letters, hyphens and spaces only, so that nothing needs escaping.
  private var classNamesText: String {
    let lines = zip(folders, classNames).map { "  \"\($0)\": \"\($1)\"" }
    return "{\n" + lines.joined(separator: ",\n") + "\n}\n"
  }

  private func makeDirectory(_ path: String) throws(PetalSetError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .system(operation: "create", path: path, code: errno)
    }
  }

  private func writeFile(_ bytes: [UInt8], to path: String) throws(PetalSetError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(operation: "create", path: path, code: errno) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        close(descriptor)
        throw .system(operation: "write", path: path, code: code)
      }
      written += count
    }
    guard close(descriptor) == 0 else {
      throw .system(operation: "close", path: path, code: errno)
    }
  }
}
