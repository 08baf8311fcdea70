import Declarations

extension Node {
  /// This node with another over it, as `extends` composes files.
  ///
  /// The keys of sections are merged one by one, and `key: null` removes what is below; components,
  /// lists and scalars are replaced whole. What is taken keeps its place.
  package func overlaid(by over: Node, _ kind: Kind) -> Node {
    guard let declaration = Self.section(in: kind), case .mapping(var entries) = content,
      case .mapping(let changes) = over.content
    else { return over }
    var removals = removals.merging(over.removals) { _, new in new }
    for change in changes {
      guard let index = entries.firstIndex(where: { $0.key == change.key }) else {
        entries.append(change)
        continue
      }
      if change.value.isNull {
        entries.remove(at: index)
        removals[change.key] = change.value.span
        continue
      }
      let below = entries[index].value
      let kind = declaration.parameter(change.key)?.kind
      entries[index] = Entry(
        key: change.key, keySpan: change.keySpan,
        value: kind.map { below.overlaid(by: change.value, $0) } ?? change.value)
    }
    var node = Node(.mapping(entries), span: over.span)
    node.removals = removals
    return node
  }

  private static func section(in kind: Kind) -> Declaration? {
    switch kind {
    case .section(let declaration): declaration
    case .optional(let wrapped): section(in: wrapped)
    case .either(let kinds): kinds.lazy.compactMap { section(in: $0) }.first
    default: nil
    }
  }
}
