import Diagnostics
import Glibc
import Models

/// What was probably meant by a path that leads nowhere.
struct PathHint {
  /// Under the carets: `did you mean '../data'?`; may be empty.
  var label = ""
  var help: String?

  /// Looks for a path that is not there in the places where people think it is.
  ///
  /// - Parameters:
  ///   - path: where it was looked for, absolute.
  ///   - written: the path as it was written; nil where it is a default.
  ///   - base: the directory that it is relative to, absolute.
  ///   - baseName: what that directory is in words, such as `the experiment's file`.
  init(
    _ path: String, _ wanted: FilePath.Entry, written: String?, base: String, baseName: String
  ) {
    let written = written ?? path
    let isAbsolute = written.hasPrefix("/")
    func spelled(_ candidate: String) -> String {
      isAbsolute ? candidate : FilePath.relative(candidate, to: base)
    }
    func isThere(_ candidate: String) -> Bool {
      candidate != path && FilePath.entry(at: candidate) == wanted
    }
    // 1. Somewhere else.
    if !isAbsolute {
      let here = FilePath.absolute(written, in: FilePath.workingDirectory)
      if isThere(here) {
        help =
          "'\(written)' exists in the working directory; from \(baseName) it is '\(spelled(here))'"
        return
      }
      let above = FilePath.absolute("../" + written, in: base)
      if isThere(above) {
        help = "it exists one level up: write '\(spelled(above))'"
        return
      }
      if written.hasPrefix("../") {
        let below = FilePath.absolute(String(written.dropFirst(3)), in: base)
        if isThere(below) {
          help = "it exists one level down: write '\(spelled(below))'"
          return
        }
      }
    }
    // 2. With another ending.
    if wanted == .file {
      for ending in [".yaml", ".yml", ".json"] + WeightsFormat.endings where isThere(path + ending)
      {
        label = "did you mean '\(spelled(path + ending))'?"
        return
      }
      let swaps = [(".yml", ".yaml"), (".yaml", ".yml")]
      for (from, to) in swaps where path.hasSuffix(from) {
        let other = path.dropLast(from.count) + to
        if isThere(String(other)) {
          label = "did you mean '\(spelled(String(other)))'?"
          return
        }
      }
    }
    // 3. With another name, in the deepest folder that is there.
    var known = "/"
    var rest = path.split(separator: "/").map(String.init)
    while let next = rest.first, FilePath.entry(at: Self.join(known, next)) == .directory {
      known = Self.join(known, next)
      rest.removeFirst()
    }
    guard let missing = rest.first else { return }
    let isLast = rest.count == 1
    let names = FilePath.names(in: known).filter {
      let entry = FilePath.entry(at: Self.join(known, $0))
      return isLast ? entry == wanted : entry == .directory
    }
    if let near = Suggestion.closest(to: missing, among: names) {
      let candidate = Self.join(known, ([near] + rest.dropFirst()).joined(separator: "/"))
      if near.lowercased() == missing.lowercased() {
        help = "names tell capital letters from small ones"
      }
      label = "did you mean '\(spelled(isThere(candidate) ? candidate : Self.join(known, near)))'?"
      return
    }
    if !isLast {
      help = "'\(known)' is there, but '\(missing)' is not in it"
    } else if !isAbsolute {
      help = "paths are relative to \(baseName)"
    } else if Suggestion.isFew(names), names.count <= 6 {
      help = "in '\(known)' are \(Suggestion.list(names))"
    } else {
      help = "nothing in '\(known)' has a name like this"
    }
  }

  private static func join(_ folder: String, _ name: String) -> String {
    folder.hasSuffix("/") ? folder + name : folder + "/" + name
  }
}

extension FilePath {
  /// A path as it is written in a directory; both absolute.
  package static func relative(_ path: String, to directory: String) -> String {
    let target = path.split(separator: "/")
    let start = absolute(directory, in: "/").split(separator: "/")
    let shared = zip(target, start).prefix { $0 == $1 }.count
    let steps = Array(repeating: "..", count: start.count - shared)
    let parts = steps + target.dropFirst(shared).map(String.init)
    return parts.isEmpty ? "." : parts.joined(separator: "/")
  }

  /// The names in a directory, sorted, without hidden ones; none where it cannot be read.
  package static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    // A folder of a million pictures is no place to look for a slip.
    while names.count < 10_000, let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}

extension Span {
  /// The text of a scalar as it was written, without quotes.
  var unquoted: String {
    var bytes = source.bytes[range]
    if let quote = bytes.first, bytes.count > 1, bytes.last == quote,
      quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"")
    {
      bytes = bytes.dropFirst().dropLast()
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
