/// The settings of a resolved experiment by dotted path, without those that are no part of the configuration.
///
/// Elements of lists stand by name where they have one, else by position: `phases.head.epochs`,
/// `transforms.train[3].CenterCrop.size`.
package struct RunSettings: Sendable, Hashable {
  /// The paths, sorted. Thousands of configurations have the same.
  package let paths: SettingPaths
  /// In the order of the paths.
  package let texts: [String]

  /// For people, for the machine, or told in columns of their own.
  private static let aside: Set<String> = ["name", "notes", "tags", "seed", "runs", "data.workers"]

  /// - Parameter leaves: all that a file says, by path; of two with one path the later counts.
  init(_ leaves: [(String, String)]) {
    self.init(
      Dictionary(leaves.filter { !Self.isAside($0.0) }, uniquingKeysWith: { $1 }))
  }

  package init(_ values: [String: String]) {
    let sorted = values.sorted { $0.key < $1.key }
    paths = SettingPaths(sorted.map(\.key))
    texts = sorted.map(\.value)
  }

  /// - Parameter texts: one for each path.
  init(_ paths: SettingPaths, _ texts: [String]) {
    precondition(paths.all.count == texts.count, "each setting has a value")
    self.paths = paths
    self.texts = texts
  }

  /// Empty where the file cannot be read.
  package init(file path: String) {
    self.init(ResolvedFile.leaves(path).map { ($0.path, $0.text) })
  }

  /// The same settings, with paths that others have too.
  package func sharing(_ known: inout [SettingPaths]) -> RunSettings {
    if let same = known.first(where: { $0 === paths || $0 == paths }) {
      return RunSettings(same, texts)
    }
    known.append(paths)
    return self
  }

  private static func isAside(_ path: String) -> Bool {
    aside.contains(path) || path.hasSuffix(".name") || path.hasPrefix("gates[")
      || path == "gates"
  }

  package var isEmpty: Bool { texts.isEmpty }
  /// By path.
  package var values: [String: String] {
    Dictionary(zip(paths.all, texts)) { _, later in later }
  }

  /// A setting by its whole path.
  package subscript(path: String) -> String? { paths.position(of: path).map { texts[$0] } }

  /// Whether it has a setting, or settings below the path.
  package func has(_ path: String) -> Bool { paths.has(path) }

  /// A setting; of a part with several settings the names of what stands in it.
  package func text(_ path: String) -> String {
    if isEmpty { return "?" }
    if let value = self[path] { return value }
    let below = zip(paths.all, texts).filter { $0.0.hasPrefix(path + ".") }.map {
      (key: $0.dropFirst(path.count + 1), value: $1)
    }
    guard !below.isEmpty else { return "-" }
    if below.count <= 2 { return below.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }
    var names: [Substring] = []
    for entry in below {
      let name = entry.key.prefix { $0 != "." }
      if !names.contains(name) { names.append(name) }
    }
    return names.joined(separator: " ")
  }

  /// Paths of settings that are not the same everywhere, sorted. Where some lack a whole part, such as `phases`, the
  /// part is one path.
  ///
  /// - Complexity: a comparison of texts for each setting of each configuration; all else is for each list of paths.
  package static func differing(_ all: [RunSettings]) -> [String] {
    // Settings that cannot be read differ in nothing that is known.
    let all = all.filter { !$0.isEmpty }
    guard let first = all.first else { return [] }
    // 1. The lists of paths, and which of them each configuration has.
    var lists: [SettingPaths] = []
    var numbers: [ObjectIdentifier: Int] = [:]
    let listOf = all.map { settings in
      if let number = numbers[ObjectIdentifier(settings.paths)] { return number }
      let number = lists.count
      numbers[ObjectIdentifier(settings.paths)] = number
      lists.append(settings.paths)
      return number
    }
    // 2. What differs.
    var differing = Set<String>()
    for path in Set(lists.flatMap(\.all)) {
      let places = lists.map { $0.position(of: path) }
      let text = first[path]
      let isSame = zip(all, listOf).allSatisfy { settings, list in
        places[list].map { settings.texts[$0] } == text
      }
      guard !isSame else { continue }
      // The shortest part of the path that some have nothing of stands for all below it.
      let parts = path.split(separator: ".")
      let prefix = (1...max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }.first {
        prefix in
        lists.contains { !$0.has(prefix) }
      }
      differing.insert(prefix ?? path)
    }
    // 3. Where a part is a word in one place and has settings in others, as `freeze` may, the part says it all.
    let words = differing.filter { path in lists.contains { $0.position(of: path) != nil } }
    return differing.filter { path in !words.contains { path.hasPrefix($0 + ".") } }.sorted()
  }

  package static func == (a: RunSettings, b: RunSettings) -> Bool {
    a.texts == b.texts && a.paths == b.paths
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(paths.all)
    hasher.combine(texts)
  }
}

/// Paths of settings, and where each is among them.
package final class SettingPaths: Sendable, Equatable {
  package let all: [String]
  private let positions: [String: Int]

  package init(_ all: [String]) {
    self.all = all
    positions = Dictionary(zip(all, all.indices)) { first, _ in first }
  }

  package func position(of path: String) -> Int? { positions[path] }

  func has(_ path: String) -> Bool {
    if positions[path] != nil { return true }
    let start = path + "."
    return all.contains { $0.hasPrefix(start) }
  }

  package static func == (a: SettingPaths, b: SettingPaths) -> Bool {
    a === b || a.all == b.all
  }
}

extension RunSettings {
  /// What a name given by people may mean: several paths where it is one setting of different components, as
  /// `optimizer.lr` is that of each optimizer.
  package enum Meaning: Equatable {
    case paths([String])
    /// It may be any of these.
    case several([String])
    case nothing
  }

  /// A name means the path that it is, else a path without positions and component names, else the end of one.
  package static func meaning(of name: String, in all: [RunSettings]) -> Meaning {
    if all.contains(where: { $0.has(name) }) { return .paths([name]) }
    let paths = allPaths(in: all)
    let forms = paths.map { (path: $0, forms: Self.forms($0)) }
    for fits: (String) -> Bool in [{ $0 == name }, { $0.hasSuffix("." + name) }] {
      let found = forms.filter { $0.forms.contains(where: fits) }.map(\.path)
      guard !found.isEmpty else { continue }
      // Two of them in one experiment are two settings.
      let isOne = all.allSatisfy { settings in
        found.count { settings.paths.position(of: $0) != nil } <= 1
      }
      return isOne ? .paths(found) : .several(found)
    }
    return .nothing
  }

  /// The paths of all, sorted.
  package static func allPaths(in all: [RunSettings]) -> [String] {
    var seen = Set<ObjectIdentifier>()
    let lists = all.map(\.paths).filter { seen.insert(ObjectIdentifier($0)).inserted }
    return Set(lists.flatMap(\.all)).sorted()
  }

  /// A path as it is, without positions in lists, and without the names of components as well.
  package static func forms(_ path: String) -> [String] {
    let parts = path.split(separator: ".").map { $0.prefix { $0 != "[" } }
    let plain = parts.filter { !($0.first?.isUppercase ?? false) }
    return [
      path, parts.joined(separator: "."), plain.joined(separator: "."),
    ]
  }
}
