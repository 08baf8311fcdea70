import Models

extension JSON {
  /// The value as text, objects and arrays of objects over several lines; numbers that JSON cannot spell are null.
  package func text(indent: String = "") -> String {
    let inner = indent + "  "
    switch self {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .number(let value): return value.isFinite ? value.description : "null"
    case .string(let text): return Self.quoted(text)
    case .array(let values):
      let isFlat = values.allSatisfy {
        switch $0 {
        case .array, .object: false
        default: true
        }
      }
      if isFlat { return "[" + values.map { $0.text() }.joined(separator: ", ") + "]" }
      return "[\n"
        + values.map { inner + $0.text(indent: inner) }.joined(separator: ",\n") + "\n\(indent)]"
    case .object(let members):
      if members.isEmpty { return "{}" }
      return "{\n"
        + members.map { "\(inner)\(Self.quoted($0.name)): \($0.value.text(indent: inner))" }
        .joined(separator: ",\n") + "\n\(indent)}"
    }
  }

  /// An object of members in this order.
  package static func object(_ members: KeyValuePairs<String, JSON>) -> JSON {
    .object(members.map { Member($0.key, $0.value) })
  }
}
