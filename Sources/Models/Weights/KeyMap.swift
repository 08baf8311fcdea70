import Tensors

/// How the names in a file of weights become a network's: wrappers' prefixes are removed, other projects' names
/// are translated.
package struct KeyMap: Sendable {
  /// What was changed, as a phrase.
  package let remark: String
  private let translate: @Sendable (String) -> String

  /// What wrappers put before every name: DataParallel, `torch.compile`, and modules that hold the network.
  package static let prefixes = ["module.", "_orig_mod.", "model.", "backbone."]

  /// A file with the names that fit a network best: unchanged where none fit better.
  ///
  /// A map is judged by how many of the network's tensors it finds; among equals the shorter change wins.
  package static func fitting(_ file: any WeightsFile, to network: Network) -> any WeightsFile {
    let wanted = Set(network.tensors.map(\.name))
    let names = file.contents.map(\.name)
    var best: (file: (any WeightsFile), hits: Int) = (file, names.count { wanted.contains($0) })
    guard best.hits < wanted.count else { return file }
    let translations = [nil] + translations(to: network).map { Optional($0) }
    for prefix in wrappers(of: names) {
      for translation in translations {
        guard let map = KeyMap(removing: prefix, then: translation),
          let renamed = RenamedWeights(file, by: map)
        else { continue }
        let hits = renamed.contents.count { wanted.contains($0.name) }
        if hits > best.hits { best = (renamed, hits) }
      }
    }
    return best.file
  }

  /// Every chain of known prefixes that some name begins with; the empty one first, shorter ones before longer.
  private static func wrappers(of names: [String]) -> [String] {
    var found = [""]
    var last = [""]
    for _ in 0..<4 {
      last = last.flatMap { chain in prefixes.map { chain + $0 } }.filter { chain in
        names.contains { $0.hasPrefix(chain) }
      }
      found += last
    }
    return found
  }

  /// Nil where nothing would change.
  private init?(removing prefix: String, then translation: Translation?) {
    var parts: [String] = []
    if !prefix.isEmpty { parts.append("'\(prefix)' removed from names") }
    if let translation { parts.append("names of \(translation.source) translated") }
    guard !parts.isEmpty else { return nil }
    remark = parts.joined(separator: ", ")
    translate = { name in
      let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
      return translation?.name(bare) ?? bare
    }
  }

  package func callAsFunction(_ name: String) -> String { translate(name) }

  /// Another project's names for a network.
  struct Translation: Sendable {
    /// The project.
    let source: String
    /// The network's name of a tensor; nil for names that are none of the project's.
    let name: @Sendable (String) -> String?
  }

  private static func translations(to network: Network) -> [Translation] {
    [efficientNetPyTorch(network)].compactMap { $0 }
  }
}

/// A file of weights whose tensors go by other names.
package final class RenamedWeights: WeightsFile {
  private let file: any WeightsFile
  package let remarks: [String]
  package let contents: [WeightsEntry]
  /// From new names to those in the file.
  private let originals: [String: String]
  private let entries: [String: WeightsEntry]

  /// Nil where two tensors would get one name.
  package init?(_ file: any WeightsFile, by map: KeyMap) {
    self.file = file
    remarks = file.remarks + [map.remark]
    var originals: [String: String] = [:]
    var contents: [WeightsEntry] = []
    for entry in file.contents {
      let name = map(entry.name)
      guard originals.updateValue(entry.name, forKey: name) == nil else { return nil }
      contents.append(WeightsEntry(name: name, element: entry.element, shape: entry.shape))
    }
    self.contents = contents
    self.originals = originals
    entries = Dictionary(contents.map { ($0.name, $0) }) { $1 }
  }

  package var path: String { file.path }
  package var metadata: [String: String] { file.metadata }
  package func content(_ name: String) -> WeightsEntry? { entries[name] }

  package func floats(_ name: String) throws(WeightsError) -> FloatBuffer {
    try file.floats(originals[name] ?? name)
  }

  package func integers(_ name: String) throws(WeightsError) -> [Int] {
    try file.integers(originals[name] ?? name)
  }
}
