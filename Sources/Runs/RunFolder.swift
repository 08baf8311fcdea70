import Glibc
import Tensors

/// A run's folder: where each of its files is.
package struct RunFolder: Sendable, Hashable {
  package let path: String

  /// A folder that is there.
  package init(existing path: String) { self.path = path }

  /// Makes `<name>-<hash>-s<seed>` in `runs`, or the first of `…-2`, `…-3` that is free.
  ///
  /// Making a folder is atomic, so of any number of simultaneous starts each gets one of its own.
  package static func create(
    in runs: String, name: String, hash: String, seed: UInt64
  ) throws(FileError) -> RunFolder {
    try makeFolders(runs)
    let base = "\(runs)/\(name)-\(hash)-s\(seed)"
    var number = 1
    while true {
      let path = number == 1 ? base : "\(base)-\(number)"
      if mkdir(path, 0o777) == 0 { return RunFolder(existing: path) }
      guard errno == EEXIST else { throw FileError(.make, path: path, code: errno) }
      number += 1
    }
  }

  /// The folder and those above it, where they are not there yet.
  package static func makeFolders(_ path: String) throws(FileError) {
    var made = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o777) != 0, errno != EEXIST {
        throw FileError(.make, path: made, code: errno)
      }
    }
  }

  /// The folder's own name.
  package var name: String {
    var end = path.utf8[...]
    while end.last == UInt8(ascii: "/") { end.removeLast() }
    guard let slash = end.lastIndex(of: UInt8(ascii: "/")) else {
      return end.isEmpty ? path : String(Substring(end))
    }
    return String(Substring(end[end.index(after: slash)...]))
  }

  /// The path without links and detours; nil where there is nothing.
  package var realPath: String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(cString: real)
  }

  /// The experiment as it was given.
  package var experiment: String { path + "/experiment.yaml" }
  /// The files that it extends: `1-base.yaml` and so on, in the order in which they were read.
  package var extended: String { path + "/extended" }
  /// Everything resolved, with origins.
  package var resolved: String { path + "/resolved.yaml" }
  /// Status, machine, versions, fingerprints.
  package var record: String { path + "/run.json" }
  /// The pictures.
  package var pictures: String { path + "/data.csv" }
  /// The loss of each training step.
  package var steps: String { path + "/steps.csv" }
  package var metrics: String { path + "/metrics.jsonl" }
  package var timing: String { path + "/timing.jsonl" }
  package var best: String { path + "/best.safetensors" }
  package var last: String { path + "/last.safetensors" }
  package var freeze: String { path + "/freeze.json" }
  package var log: String { path + "/log.txt" }
  /// Events for TensorBoard.
  package var tensorBoard: String { path + "/tb" }
  /// The page for people.
  package var report: String { path + "/report.html" }
  package func predictions(_ split: String) -> String { path + "/predictions/\(split).csv" }
}
