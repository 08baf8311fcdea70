import Glibc
import Tensors

/// The folder `docs/reference`, against what it should hold.
package enum ReferenceFolder {
  /// What is wrong with a folder's pages: missing, stale or left over.
  package static func differences(
    _ folder: String, files: [(path: String, text: String)] = Manual.files()
  ) -> [String] {
    let stale = files.filter { text(at: "\(folder)/\($0.path)") != $0.text }.map { $0.path }
    return stale.map { "'\($0)' is missing or stale" }
      + leftOver(folder, files.map { $0.path }).map { "'\($0)' is left over" }
  }

  /// Makes the folder hold what it should.
  ///
  /// - Returns: what was done, a line for each file that was changed.
  package static func renew(
    _ folder: String, files: [(path: String, text: String)] = Manual.files()
  ) throws(FileError) -> [String] {
    var changes: [String] = []
    try makeFolder(folder)
    for chapter in Chapter.allCases where chapter != .keys {
      try makeFolder("\(folder)/\(chapter.rawValue)")
    }
    for file in files where text(at: "\(folder)/\(file.path)") != file.text {
      try AtomicFile.write(path: "\(folder)/\(file.path)", text: file.text)
      changes.append("wrote \(folder)/\(file.path)")
    }
    for path in leftOver(folder, files.map { $0.path }) {
      guard unlink("\(folder)/\(path)") == 0 else {
        throw FileError(.remove, path: "\(folder)/\(path)", code: errno)
      }
      changes.append("removed \(folder)/\(path)")
    }
    return changes
  }

  /// Pages that nothing makes any more.
  private static func leftOver(_ folder: String, _ known: [String]) -> [String] {
    let known = Set(known)
    let folders = [""] + Chapter.allCases.map { $0.rawValue + "/" }
    return folders.flatMap { below in
      entries("\(folder)/\(below)").filter { $0.hasSuffix(".md") }.map { below + $0 }
    }.filter { !known.contains($0) }.sorted()
  }

  private static func makeFolder(_ path: String) throws(FileError) {
    guard mkdir(path, 0o777) == 0 || errno == EEXIST else {
      throw FileError(.make, path: path, code: errno)
    }
  }

  private static func entries(_ folder: String) -> [String] {
    guard let directory = opendir(folder) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      names.append(
        withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        })
    }
    return names
  }

  private static func text(at path: String) -> String? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
