import Glibc

/// Paths as an experiment sees them.
package enum FilePath {
  package static var workingDirectory: String {
    guard let pointer = getcwd(nil, 0) else { return "/" }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// The directory part of a path; `.` where it has none.
  package static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The absolute path, without `.`, and without `..` where that leads through no symbolic link.
  package static func absolute(_ path: String, in directory: String) -> String {
    var full = path
    if !full.hasPrefix("/") { full = directory + "/" + full }
    if !full.hasPrefix("/") { full = workingDirectory + "/" + full }
    return shortened(full)
  }

  /// The path without `.`, and without a folder and `..` behind it where that folder is no symbolic link; a relative
  /// path stays one.
  package static func shortened(_ path: String) -> String {
    let root = path.hasPrefix("/") ? "/" : ""
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      guard part == "..", let last = parts.last, last != ".." else {
        if part != ".." || !parts.isEmpty || root.isEmpty { parts.append(part) }
        continue
      }
      if isLink(root + parts.joined(separator: "/")) {
        parts.append(part)
      } else {
        parts.removeLast()
      }
    }
    let short = root + parts.joined(separator: "/")
    return short.isEmpty ? "." : short
  }

  package enum Entry: Sendable, Hashable { case file, directory, none }

  /// What is at a path, symbolic links followed.
  package static func entry(at path: String) -> Entry {
    var status = stat()
    guard stat(path, &status) == 0 else { return .none }
    return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
  }

  private static func isLink(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// The bytes of a file, or the system's reason.
  package static func read(_ path: String, limit: Int) -> Result<[UInt8], ReadFailure> {
    guard let file = fopen(path, "rb") else {
      return .failure(ReadFailure(reason: String(cString: strerror(errno))))
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 {
        if ferror(file) != 0 {
          return .failure(ReadFailure(reason: String(cString: strerror(errno))))
        }
        break
      }
      bytes += buffer[..<count]
    }
    return .success(bytes)
  }

  package struct ReadFailure: Error {
    package let reason: String
  }
}
