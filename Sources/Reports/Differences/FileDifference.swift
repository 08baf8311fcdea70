import Runs

/// Which pictures of a split two runs do not share.
package struct FileDifference: Sendable, Equatable {
  package let split: String
  /// In the second alone.
  package private(set) var added: [String] = []
  /// In the first alone.
  package private(set) var removed: [String] = []
  /// In both, with another label in each: the path in the second, and both labels.
  package private(set) var relabelled: [Relabelled] = []
  /// In both under one name, with other contents.
  package private(set) var changed: [String] = []
  /// In another split of the first: the path in the second, and that split.
  package private(set) var moved: [Moved] = []
  /// In both with the same contents under two names.
  package private(set) var renamed: [Renamed] = []

  package struct Relabelled: Sendable, Equatable {
    package let path: String
    package let first: String
    package let second: String
  }

  package struct Moved: Sendable, Equatable {
    package let path: String
    package let from: String
  }

  package struct Renamed: Sendable, Equatable {
    package let first: String
    package let second: String
  }

  private var isEmpty: Bool {
    added.isEmpty && removed.isEmpty && relabelled.isEmpty && changed.isEmpty && moved.isEmpty
      && renamed.isEmpty
  }

  /// By split, those alone in which something differs.
  ///
  /// - Returns: `isComplete` is false where not both runs keep a list of their pictures: then it is about those that
  ///   both predicted.
  static func all(
    _ first: RunFolder, _ second: RunFolder
  ) -> (differences: [FileDifference], isComplete: Bool) {
    if let own = try? PictureList.read(first.pictures),
      let others = try? PictureList.read(second.pictures)
    {
      return (differences(own, others), true)
    }
    func predicted(_ folder: RunFolder, _ split: String) -> [PictureList.Entry]? {
      (try? PredictionsReader.read(folder.predictions(split)))?.map {
        PictureList.Entry(split: split, path: $0.path, label: $0.label, digest: "")
      }
    }
    let found = ["val", "test"].flatMap { split -> [FileDifference] in
      guard let own = predicted(first, split), let others = predicted(second, split) else {
        return []
      }
      return differences(own, others)
    }
    return (found, false)
  }

  private static func differences(
    _ own: [PictureList.Entry], _ others: [PictureList.Entry]
  ) -> [FileDifference] {
    var splits: [FileDifference] = []
    func note(_ split: String, _ change: (inout FileDifference) -> Void) {
      if !splits.contains(where: { $0.split == split }) {
        splits.append(FileDifference(split: split))
      }
      for index in splits.indices where splits[index].split == split { change(&splits[index]) }
    }
    // Each split is looked at in the order of the lists.
    for entry in own + others {
      if splits.last?.split != entry.split { note(entry.split) { _ in } }
    }
    /// A picture that both have, under one name or two.
    func compare(_ old: PictureList.Entry, _ new: PictureList.Entry) {
      let isRenamed = old.path != new.path
      if !isRenamed, !old.digest.isEmpty, !new.digest.isEmpty, old.digest != new.digest {
        note(new.split) { $0.changed.append(new.path) }
      }
      if old.label != new.label {
        note(new.split) {
          $0.relabelled.append(Relabelled(path: new.path, first: old.label, second: new.label))
        }
      }
      if old.split != new.split {
        note(new.split) { $0.moved.append(Moved(path: new.path, from: old.split)) }
      } else if isRenamed, old.label == new.label {
        note(new.split) { $0.renamed.append(Renamed(first: old.path, second: new.path)) }
      }
    }
    // 1. By path.
    let before = Dictionary(own.map { ($0.path, $0) }) { first, _ in first }
    let after = Dictionary(others.map { ($0.path, $0) }) { first, _ in first }
    for new in others { if let old = before[new.path] { compare(old, new) } }
    // 2. What went elsewhere, as into another class's folder: by contents where they are known, else by name; where
    // each is one file on each side.
    let gone = Dictionary(grouping: own.filter { after[$0.path] == nil }, by: identity)
    let come = Dictionary(grouping: others.filter { before[$0.path] == nil }, by: identity)
    var paired = Set<String>()
    for (identity, olds) in gone {
      guard let news = come[identity], olds.count == 1, news.count == 1, let old = olds.first,
        let new = news.first, !old.digest.isEmpty || old.label != new.label
      else { continue }
      compare(old, new)
      paired.formUnion([old.path, new.path])
    }
    // 3. The rest.
    for new in others where before[new.path] == nil && !paired.contains(new.path) {
      note(new.split) { $0.added.append(new.path) }
    }
    for old in own where after[old.path] == nil && !paired.contains(old.path) {
      note(old.split) { $0.removed.append(old.path) }
    }
    return splits.filter { !$0.isEmpty }.map(\.sorted)
  }

  private static func identity(_ entry: PictureList.Entry) -> String {
    guard entry.digest.isEmpty else { return entry.digest }
    let name = entry.path.lastIndex(of: "/").map { entry.path[entry.path.index(after: $0)...] }
    return String(name ?? entry.path[...])
  }

  private var sorted: FileDifference {
    var sorted = self
    sorted.added.sort()
    sorted.removed.sort()
    sorted.relabelled.sort { $0.path < $1.path }
    sorted.changed.sort()
    sorted.moved.sort { $0.path < $1.path }
    sorted.renamed.sort { $0.second < $1.second }
    return sorted
  }

  private init(split: String) { self.split = split }
}
