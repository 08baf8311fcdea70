import Models

extension JSON {
  /// The value as JSON text, each member on a line of its own where it is indented; what is short stays on one.
  package func text(indentedBy indent: String = "  ", width: Int = 100) -> String {
    var result = ""
    write(into: &result, indent: indent, width: width, margin: "", used: 0)
    return result
  }

  /// The value on one line.
  package var line: String {
    switch self {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .number(let value):
      precondition(value.isFinite, "JSON has no word for \(value)")
      // `1` and `1.0` are the same number to JSON Schema, and the first reads better.
      let isWhole = value == value.rounded() && abs(value) < 1e15
      return isWhole ? String(Int(value)) : String(value)
    case .string(let text): return JSON.quoted(text)
    case .array(let elements): return "[" + elements.map(\.line).joined(separator: ", ") + "]"
    case .object(let members):
      let inner = members.map { "\(JSON.quoted($0.name)): \($0.value.line)" }
      return "{" + inner.joined(separator: ", ") + "}"
    }
  }

  private func write(
    into result: inout String, indent: String, width: Int, margin: String, used: Int
  ) {
    let line = line
    let isScalar =
      switch self {
      case .array, .object: false
      default: true
      }
    if isScalar || margin.count + used + line.count <= width && !holdsObjects {
      result += line
      return
    }
    let inner = margin + indent
    switch self {
    case .array(let elements):
      result += "[\n"
      for (index, element) in elements.enumerated() {
        result += inner
        element.write(into: &result, indent: indent, width: width, margin: inner, used: 1)
        result += index == elements.count - 1 ? "\n" : ",\n"
      }
      result += margin + "]"
    case .object(let members):
      result += "{\n"
      for (index, member) in members.enumerated() {
        let name = JSON.quoted(member.name) + ": "
        result += inner + name
        member.value.write(
          into: &result, indent: indent, width: width, margin: inner, used: name.count + 1)
        result += index == members.count - 1 ? "\n" : ",\n"
      }
      result += margin + "}"
    default: break
    }
  }

  /// Whether an object with an object inside, which reads badly on one line.
  private var holdsObjects: Bool {
    guard case .object(let members) = self else { return false }
    return members.contains {
      if case .object(let inner) = $0.value { return !inner.isEmpty }
      return false
    }
  }
}
