import Declarations
import Documents
import Models

extension JSON {
  /// A tree as an editor sees it; nil where it holds NaN or an infinity, for which JSON has no word.
  package init?(_ node: Node) {
    switch node.content {
    case .scalar(let scalar):
      switch scalar.value {
      case .null: self = .null
      case .boolean(let value): self = .boolean(value)
      case .integer(let value): self = .integer(value)
      case .hugeInteger(let value), .number(let value):
        guard value.isFinite else { return nil }
        self = .number(value)
      case .string(let text): self = .string(text)
      }
    case .sequence(let nodes):
      let elements = nodes.compactMap { JSON($0) }
      guard elements.count == nodes.count else { return nil }
      self = .array(elements)
    case .mapping(let entries):
      let members = entries.compactMap { entry in
        JSON(entry.value).map { JSON.Member(entry.key, $0) }
      }
      guard members.count == entries.count else { return nil }
      self = .object(members)
    }
  }

  /// A declared value as it would be written; nil where JSON has no word for it.
  init?(_ value: DeclaredValue) {
    switch value {
    case .null: self = .null
    case .boolean(let value): self = .boolean(value)
    case .integer(let value): self = .integer(value)
    case .number(let value):
      guard value.isFinite else { return nil }
      self = .number(value)
    case .string(let text): self = .string(text)
    case .list(let values):
      let elements = values.compactMap { JSON($0) }
      guard elements.count == values.count else { return nil }
      self = .array(elements)
    case .component(let component):
      guard let arguments = JSON.arguments(component.values) else { return nil }
      self =
        arguments.isEmpty
        ? .string(component.name)
        : .object([JSON.Member(component.name, .object(arguments))])
    }
  }

  /// By name, so that the text is the same each time.
  static func arguments(_ values: Values) -> [Member]? {
    let members = values.entries.sorted { $0.key < $1.key }.compactMap { name, value in
      JSON(value).map { Member(name, $0) }
    }
    return members.count == values.entries.count ? members : nil
  }
}
