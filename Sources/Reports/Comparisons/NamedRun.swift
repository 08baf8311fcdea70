import Runs

/// A run as people name it: by its folder, by its folder's name, or by the row that it is in.
package struct NamedRun {
  private let name: String
  private let realPath: String?

  package init(_ name: String) {
    self.name = name.count > 1 && name.hasSuffix("/") ? String(name.dropLast()) : name
    realPath = RunFolder(existing: name).realPath
  }

  /// The row that is named or holds the run.
  func row(in groups: [RunGroup]) -> Int? {
    groups.firstIndex { $0.label == name }
      ?? groups.firstIndex { $0.runs.contains(where: isNamed) }
      ?? groups.firstIndex { $0.runs.contains(where: isThere) }
  }

  /// Whether it is one of these runs, or a row of them.
  package func isAny(of runs: [RunReader]) -> Bool {
    runs.contains(where: isNamed) || runs.contains(where: isThere)
  }

  private func isNamed(_ run: RunReader) -> Bool {
    run.folder.path == name || run.folder.name == name
      || (run.record.map { RunGroup.label($0) == name } ?? false)
  }

  /// Whether it is the run's folder by another path.
  private func isThere(_ run: RunReader) -> Bool {
    realPath != nil && run.folder.realPath == realPath
  }
}
