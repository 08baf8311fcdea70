import Diagnostics

/// Why a freeze policy cannot be applied to a network.
package enum FreezeError: Error, Sendable, Hashable {
  /// The layer or glob fits no parameter.
  case noMatch(selector: String, suggestions: [String], layers: [String])
  /// The selector freezes nothing but the head, which is never frozen.
  case onlyHead(selector: String, head: String)

  /// The layer or glob that is wrong, as it was written.
  package var selector: String {
    switch self {
    case .noMatch(let selector, _, _), .onlyHead(let selector, _): selector
    }
  }
}

extension FreezePolicy {
  /// The names of the parameters that are trained.
  ///
  /// The head is new for the classes of the data and is never frozen: `until` and `only` leave it out of what they
  /// freeze, `all_but` adds it to what it trains. A selector that would freeze nothing else is an error.
  ///
  /// - Throws: an error for the first selector that is wrong; `mistakes(in:)` has all of them.
  package func trainable(in network: Network) throws(FreezeError) -> Set<String> {
    if let mistake = mistakes(in: network).first { throw mistake }
    let parameters = network.parameters
    let frozen: (Int) -> Bool
    switch selection {
    case .none: frozen = { _ in false }
    case .allButHead: frozen = { _ in true }
    case .until(let layer):
      let last = parameters.lastIndex { Self.isInside($0, layer) } ?? -1
      frozen = { $0 <= last }
    case .allBut(let patterns):
      let globs = patterns.map(Glob.init)
      frozen = { index in !globs.contains { $0.matches(parameters[index].name) } }
    case .only(let patterns):
      let globs = patterns.map(Glob.init)
      frozen = { index in globs.contains { $0.matches(parameters[index].name) } }
    }
    return Set(
      parameters.indices.filter { parameters[$0].isHead || !frozen($0) }.map {
        parameters[$0].name
      })
  }

  /// Everything that is wrong with the selectors, in the order in which they are written.
  package func mistakes(in network: Network) -> [FreezeError] {
    switch selection {
    case .none, .allButHead: return []
    case .until(let layer):
      return [mistake(layer, network, freezes: true) { Self.isInside($0, layer) }].compactMap(
        \.self)
    case .allBut(let patterns):
      return patterns.compactMap { pattern in
        let glob = Glob(pattern)
        return mistake(pattern, network, freezes: false) { glob.matches($0.name) }
      }
    case .only(let patterns):
      return patterns.compactMap { pattern in
        let glob = Glob(pattern)
        return mistake(pattern, network, freezes: true) { glob.matches($0.name) }
      }
    }
  }

  private func mistake(
    _ selector: String, _ network: Network, freezes: Bool, _ matches: (TensorSpec) -> Bool
  ) -> FreezeError? {
    let matched = network.parameters.filter(matches)
    if matched.isEmpty {
      return .noMatch(
        selector: selector, suggestions: suggestions(for: selector, network),
        layers: Self.outline(network))
    }
    if freezes, matched.allSatisfy(\.isHead) {
      return .onlyHead(selector: selector, head: network.backbone.head.layer)
    }
    return nil
  }

  /// Whether a tensor belongs to a layer or to a group of layers: `layer3` holds `layer3.0.conv1.weight`.
  private static func isInside(_ tensor: TensorSpec, _ layer: String) -> Bool {
    tensor.layer == layer || tensor.layer.hasPrefix(layer + ".")
  }

  /// The groups that `until` can name on the first level, in the order of the forward pass; one level deeper where
  /// a network is a single sequence, as `features` and `blocks` are.
  package static func outline(_ network: Network) -> [String] {
    var seen = Set<String>()
    return network.layers.map { layer in
      let parts = layer.split(separator: ".")
      let isSequence = ["features", "blocks", "classifier"].contains(parts[0])
      return parts.prefix(isSequence ? 2 : 1).joined(separator: ".")
    }.filter { seen.insert($0).inserted }
  }

  /// Close names; for a glob without wildcard that names a layer, the glob over its parameters.
  private func suggestions(for selector: String, _ network: Network) -> [String] {
    if case .until = selection {
      var seen = Set<String>()
      let groups = network.layers.flatMap { layer in
        let parts = layer.split(separator: ".")
        return (1...parts.count).map { parts.prefix($0).joined(separator: ".") }
      }.filter { seen.insert($0).inserted }
      return Suggestion.closest(to: selector, among: groups).map { [$0] } ?? []
    }
    if network.parameters.contains(where: { Self.isInside($0, selector) }) {
      return [selector + ".*"]
    }
    let names = network.parameters.map(\.name)
    let groups = Self.outline(network).map { $0 + ".*" }
    return Suggestion.closest(to: selector, among: names + groups).map { [$0] } ?? []
  }
}

// MARK: Wording

extension FreezeError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .noMatch(let selector, _, _): "'\(selector)' matches no parameter of the network"
    case .onlyHead(let selector, let head):
      "'\(selector)' freezes nothing but the head '\(head)', which is never frozen"
    }
  }

  /// What stands under the carets; may be empty.
  package var label: String {
    guard case .noMatch(_, let suggestions, _) = self, let first = suggestions.first else {
      return ""
    }
    return "did you mean '\(first)'?"
  }

  /// What to do, in one line.
  package var help: String {
    switch self {
    case .noMatch("head", _, _):
      "the head is trained in any case: leave it out of the list"
    case .noMatch(_, _, let layers): "its layers are " + Suggestion.list(layers)
    case .onlyHead: "name a layer before the head, or 'freeze: none'"
    }
  }
}
