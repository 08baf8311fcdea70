import Runs

/// Which pictures of a split two runs do not share, as far as their predictions name them.
package struct FileDifference: Sendable, Equatable {
  package let split: String
  /// In the second alone.
  package let added: [String]
  /// In the first alone.
  package let removed: [String]
  /// In both, with another label in each: the path in the second, and both labels.
  package let relabelled: [Relabelled]

  package struct Relabelled: Sendable, Equatable {
    package let path: String
    package let first: String
    package let second: String
  }

  /// Nil where the split has the same pictures in both, or where one has no predictions for it.
  init?(_ first: RunFolder, _ second: RunFolder, split: String) {
    guard let own = try? PredictionsReader.read(first.predictions(split)),
      let others = try? PredictionsReader.read(second.predictions(split))
    else { return nil }
    let before = Dictionary(own.map { ($0.path, $0.label) }) { first, _ in first }
    let after = Dictionary(others.map { ($0.path, $0.label) }) { first, _ in first }
    var added = others.map(\.path).filter { before[$0] == nil }
    var removed = own.map(\.path).filter { after[$0] == nil }
    var relabelled = others.compactMap { row in
      before[row.path].flatMap {
        $0 == row.label ? nil : Relabelled(path: row.path, first: $0, second: row.label)
      }
    }
    // A file that went into another class's folder kept its name: relabelled, where the name is one file on each
    // side.
    let (gone, come) = (Self.byName(removed), Self.byName(added))
    for (name, paths) in gone {
      guard paths.count == 1, let path = paths.first, let new = come[name], new.count == 1,
        let now = new.first, let old = before[path], let label = after[now], old != label
      else { continue }
      relabelled.append(Relabelled(path: now, first: old, second: label))
      added.removeAll { $0 == now }
      removed.removeAll { $0 == path }
    }
    guard !added.isEmpty || !removed.isEmpty || !relabelled.isEmpty else { return nil }
    self.split = split
    self.added = added.sorted()
    self.removed = removed.sorted()
    self.relabelled = relabelled.sorted { $0.path < $1.path }
  }

  private static func byName(_ paths: [String]) -> [Substring: [String]] {
    Dictionary(grouping: paths) { path in
      path.lastIndex(of: "/").map { path[path.index(after: $0)...] } ?? path[...]
    }
  }
}
