/// The settings of a resolved experiment by dotted path, without those that are no part of the configuration.
///
/// Elements of lists stand by name where they have one, else by position: `phases.head.epochs`,
/// `transforms.train[3].CenterCrop.size`.
package struct RunSettings: Sendable, Hashable {
  package let values: [String: String]

  /// For people, for the machine, or told in columns of their own.
  private static let aside: Set<String> = ["name", "notes", "tags", "seed", "runs", "data.workers"]

  package init(_ values: [String: String]) { self.values = values }

  /// Empty where the file cannot be read.
  package init(file path: String) {
    var values: [String: String] = [:]
    for leaf in ResolvedFile.leaves(path) where !Self.isAside(leaf.path) {
      values[leaf.path] = leaf.text
    }
    self.values = values
  }

  private static func isAside(_ path: String) -> Bool {
    aside.contains(path) || path.hasSuffix(".name") || path.hasPrefix("gates[")
      || path == "gates"
  }

  package var isEmpty: Bool { values.isEmpty }

  /// Whether it has a setting, or settings below the path.
  package func has(_ path: String) -> Bool {
    values[path] != nil || values.keys.contains { $0.hasPrefix(path + ".") }
  }

  /// A setting; of a part with several settings the names of what stands in it.
  package func text(_ path: String) -> String {
    if values.isEmpty { return "?" }
    if let value = values[path] { return value }
    let below = values.filter { $0.key.hasPrefix(path + ".") }.map {
      (key: $0.key.dropFirst(path.count + 1), value: $0.value)
    }.sorted { $0.key < $1.key }
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
  package static func differing(_ all: [RunSettings]) -> [String] {
    // Settings that cannot be read differ in nothing that is known.
    let all = Array(Set(all.filter { !$0.isEmpty }))
    guard let first = all.first else { return [] }
    var paths = Set(first.values.keys)
    for settings in all { paths.formUnion(settings.values.keys) }
    var differing = Set<String>()
    for path in paths where all.contains(where: { $0.values[path] != first.values[path] }) {
      // The shortest part of the path that some have nothing of stands for all below it.
      let parts = path.split(separator: ".")
      let prefix = (1...parts.count).map { parts.prefix($0).joined(separator: ".") }.first {
        prefix in
        all.contains { !$0.has(prefix) }
      }
      differing.insert(prefix ?? path)
    }
    // Where a part is a word in one place and has settings in others, as `freeze` may, the part says it all.
    let words = differing.filter { path in all.contains { $0.values[path] != nil } }
    return differing.filter { path in !words.contains { path.hasPrefix($0 + ".") } }.sorted()
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
    let paths = Set(all.flatMap { $0.values.keys }).sorted()
    let forms = paths.map { (path: $0, forms: Self.forms($0)) }
    for fits: (String) -> Bool in [{ $0 == name }, { $0.hasSuffix("." + name) }] {
      let found = forms.filter { $0.forms.contains(where: fits) }.map(\.path)
      guard !found.isEmpty else { continue }
      // Two of them in one experiment are two settings.
      let isOne = all.allSatisfy { settings in
        found.count { settings.values[$0] != nil } <= 1
      }
      return isOne ? .paths(found) : .several(found)
    }
    return .nothing
  }

  /// A path as it is, without positions in lists, and without the names of components as well.
  static func forms(_ path: String) -> [String] {
    let parts = path.split(separator: ".").map { $0.prefix { $0 != "[" } }
    let plain = parts.filter { !($0.first?.isUppercase ?? false) }
    return [
      path, parts.joined(separator: "."), plain.joined(separator: "."),
    ]
  }
}
