import Declarations
import Diagnostics
import Documents

/// How an argument `key=value` may go on: from the experiment that it is for, else from the declarations.
package struct OverrideCompletion {
  /// A whole argument as far as it goes; it ends in `.` or `=` where more must follow.
  package struct Continuation: Sendable, Hashable {
    package let text: String
    package let doc: String
  }

  private let root: Node?
  private let families: Families

  /// - Parameter file: the experiment's file; where it cannot be read, every declared key is offered.
  package init(file: String?, families: Families = .standard) {
    self.families = families
    guard let file, case .success(let bytes) = FilePath.read(file, limit: 1 << 20) else {
      root = nil
      return
    }
    var files = ExperimentFiles(environment: ExperimentLoader.processVariable)
    root = files.compose(
      SourceText(name: file, bytes: bytes),
      in: FilePath.absolute(FilePath.directory(of: file), in: FilePath.workingDirectory))
  }

  /// The continuations of the last step of what is written; those that do not fit it are among them.
  package func candidates(_ written: String) -> [Continuation] {
    if let equals = written.firstIndex(of: "=") {
      let place = follow(Self.steps(written[..<equals]))
      return place.map { values($0, prefix: String(written[...equals])) } ?? []
    }
    // The last step is being written: a dot or a bracket ends the one before.
    let end = written.lastIndex(of: ".").map { written.index(after: $0) } ?? written.startIndex
    guard let place = follow(Self.steps(written[..<end])) else { return [] }
    return keys(place, prefix: String(written[..<end]))
  }

  // MARK: Places

  /// Where a path leads: what may be there, and what is.
  private struct Place {
    var kind: Kind
    var node: Node?
    /// The declaration of a component whose name has been said or is known.
    var component: Declaration?
    /// Whether the path is of the experiment itself.
    var isRoot = false
  }

  /// `phases[1].optimizer` as `phases`, `[1]`, `optimizer`.
  private static func steps(_ path: Substring) -> [Substring] {
    path.split(separator: ".").flatMap { part -> [Substring] in
      guard let open = part.firstIndex(of: "[") else { return [part] }
      return (open > part.startIndex ? [part[..<open]] : [])
        + part[open...].split(separator: "[").map { "[" + $0 }
    }
  }

  private func follow(_ steps: [Substring]) -> Place? {
    var place = Place(
      kind: .section(ExperimentSection.declaration), node: root, component: nil, isRoot: true)
    for step in steps {
      guard let next = next(place, String(step)) else { return nil }
      place = next
    }
    return place
  }

  private func next(_ place: Place, _ step: String) -> Place? {
    if let declaration = place.component ?? component(place),
      let parameter = declaration.parameter(step)
    {
      return Place(kind: parameter.kind, node: arguments(place.node)?[step])
    }
    switch Self.nested(place.kind) {
    case .section(let declaration):
      return declaration.parameter(step).map { Place(kind: $0.kind, node: place.node?[step]) }
    case .list(let element, _):
      let elements = Self.elements(place.node)
      if step.hasPrefix("[") {
        guard let index = Int(step.dropFirst().prefix { $0 != "]" }),
          elements.indices.contains(index)
        else { return nil }
        return Place(kind: element, node: elements[index])
      }
      if let found = elements.first(where: { name(of: $0, element) == step }) {
        guard case .component(let family) = element else {
          return Place(kind: element, node: found)
        }
        return Place(kind: element, node: found, component: declaration(step, in: family))
      }
      guard root == nil, case .component(let family) = element else { return nil }
      return declaration(step, in: family).map { Place(kind: element, node: nil, component: $0) }
    case .component(let family):
      return declaration(step, in: family).map {
        Place(kind: place.kind, node: place.node, component: $0)
      }
    default: return nil
    }
  }

  /// The kind that has steps in it.
  private static func nested(_ kind: Kind) -> Kind {
    switch kind {
    case .optional(let wrapped): nested(wrapped)
    case .either(let kinds): kinds.map { nested($0) }.first { hasSteps($0) } ?? .string
    default: kind
    }
  }

  private static func hasSteps(_ kind: Kind) -> Bool {
    switch kind {
    case .section, .component: true
    case .list(let element, _): hasSteps(nested(element))
    default: false
    }
  }

  private static func elements(_ node: Node?) -> [Node] {
    if case .sequence(let elements)? = node?.content { elements } else { [] }
  }

  private func declaration(_ name: String, in family: String) -> Declaration? {
    families.all.first { $0.name == family }?.declaration(name)
  }

  private func component(_ place: Place) -> Declaration? {
    guard case .component(let family) = Self.nested(place.kind) else { return nil }
    return place.node.flatMap { name(of: $0, .component(family)) }.flatMap {
      declaration($0, in: family)
    }
  }

  private func arguments(_ node: Node?) -> Node? {
    guard case .mapping(let entries)? = node?.content else { return nil }
    return entries.first?.value
  }

  private func name(of node: Node, _ kind: Kind) -> String? {
    switch (Self.nested(kind), node.content) {
    case (.component, .scalar(let scalar)): scalar.text
    case (.component, .mapping(let entries)): entries.first?.key
    case (.section, _): node["name"]?.scalar?.text
    default: nil
    }
  }

  // MARK: Keys

  private func keys(_ place: Place, prefix: String) -> [Continuation] {
    if let declaration = place.component ?? component(place) {
      return parameters(declaration, prefix)
    }
    switch Self.nested(place.kind) {
    case .section(let declaration):
      // A word in the section's place, such as 'freeze: none', has nothing in it to set.
      if let node = place.node, !node.isNull {
        guard case .mapping = node.content else { return [] }
      }
      let hidden = place.isRoot ? misplaced : []
      return parameters(declaration, prefix).filter { found in
        !hidden.contains { found.text == $0 + "=" || found.text == $0 + "." }
      }
    case .list(let element, _):
      let names = Self.elements(place.node).map { name(of: $0, element) }
      guard root == nil, case .component(let family) = element else {
        return names.enumerated().flatMap { index, name -> [Continuation] in
          guard let name, names.filter({ $0 == name }).count == 1 else {
            // A name that stands twice, or none: by position, without the dot before.
            return [Continuation(text: "\(prefix.dropLast())[\(index)].", doc: name ?? "")]
          }
          return elementSteps(name, element, prefix)
        }
      }
      return componentNames(family).flatMap { elementSteps($0.name, element, prefix) }
    case .component(let family):
      // Nothing is there yet, so the component must be named; without a file any of its arguments may be meant.
      let known = componentNames(family)
      let named = known.filter { !$0.parameters.isEmpty }
        .map { Continuation(text: prefix + $0.name + ".", doc: $0.doc) }
      guard root == nil else { return named }
      var seen: Set<String> = []
      return known.flatMap { parameters($0, prefix) }.filter { seen.insert($0.text).inserted }
        + named
    default: return []
    }
  }

  private func elementSteps(_ name: String, _ kind: Kind, _ prefix: String) -> [Continuation] {
    guard case .component(let family) = Self.nested(kind) else {
      return [Continuation(text: prefix + name + ".", doc: "")]
    }
    guard let declaration = declaration(name, in: family), !declaration.parameters.isEmpty else {
      return []
    }
    return [Continuation(text: prefix + name + ".", doc: declaration.doc)]
  }

  private func componentNames(_ family: String) -> [Declaration] {
    families.all.first { $0.name == family }?.declarations ?? []
  }

  private func parameters(_ declaration: Declaration, _ prefix: String) -> [Continuation] {
    declaration.parameters.filter {
      declaration.name != Decoder.rootName || $0.name != ExperimentSection.extends.name
    }.flatMap { parameter -> [Continuation] in
      var ends: [String] = []
      if Self.takesValue(parameter.kind) { ends.append("=") }
      if Self.hasSteps(Self.nested(parameter.kind)) { ends.append(".") }
      return ends.map { Continuation(text: prefix + parameter.name + $0, doc: parameter.doc) }
    }
  }

  /// Whether one writes a value for it at a prompt: not so for sections and lists of components.
  private static func takesValue(_ kind: Kind) -> Bool {
    switch kind {
    case .section: false
    case .list(let element, _): !hasSteps(nested(element))
    case .optional(let wrapped): takesValue(wrapped)
    case .either(let kinds): kinds.contains { takesValue($0) }
    default: true
    }
  }

  /// Keys that stand in the phases: at the top they would be refused.
  private var misplaced: [String] {
    guard let root else { return [] }
    let phases = Self.elements(root[ExperimentSection.phases.name])
    guard !phases.isEmpty else { return [ExperimentSection.phases.name] }
    return PhaseSection.phaseOnly.map(\.erased.name)
      + PhaseSection.inherited.map(\.erased.name).filter { key in
        root[key] == nil && phases.contains { $0[key] != nil }
      }
  }

  // MARK: Values

  private func values(_ place: Place, prefix: String) -> [Continuation] {
    // Arguments of a component as a whole are rarely set at a prompt.
    if place.component != nil { return [] }
    if place.kind == ModelSection.backbone.kind, prefix.hasSuffix("backbone=") {
      return families.backbones.map { Continuation(text: prefix + $0, doc: "") }
    }
    if prefix == "model.weights=" {
      return ["none", "builtin"].map { Continuation(text: prefix + $0, doc: "") }
    }
    return words(place.kind, prefix: prefix)
  }

  private func words(_ kind: Kind, prefix: String) -> [Continuation] {
    switch kind {
    case .boolean: ["true", "false"].map { Continuation(text: prefix + $0, doc: "") }
    case .choice(let words): words.map { Continuation(text: prefix + $0, doc: "") }
    case .optional(let wrapped):
      words(wrapped, prefix: prefix) + [Continuation(text: prefix + "null", doc: "")]
    case .either(let kinds): kinds.flatMap { words($0, prefix: prefix) }
    case .component(let family):
      componentNames(family).map { Continuation(text: prefix + $0.name, doc: $0.doc) }
    default: []
    }
  }
}
