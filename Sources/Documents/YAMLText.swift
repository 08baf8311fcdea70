import Declarations
import Diagnostics

/// Checked values as YAML text that reads back as the same values.
package enum YAMLText {
  /// A value in one line; components become flow mappings.
  package static func inline(_ value: DeclaredValue) -> String {
    switch value {
    case .null: return "null"
    case .boolean(let value): return value ? "true" : "false"
    case .integer(let value): return String(value)
    case .number(let value): return number(value)
    case .string(let value): return string(value)
    case .list(let values): return "[\(values.map { inline($0) }.joined(separator: ", "))]"
    case .component(let component):
      let arguments = component.values.entries.sorted { $0.key < $1.key }
      if arguments.isEmpty { return string(component.name) }
      let text = arguments.map { "\(string($0.key)): \(inline($0.value))" }
      return "{\(string(component.name)): {\(text.joined(separator: ", "))}}"
    }
  }

  /// The shortest decimal that reads back as the same number.
  package static func number(_ value: Double) -> String {
    if value.isNaN { return ".nan" }
    if value.isInfinite { return value < 0 ? "-.inf" : ".inf" }
    return value.description
  }

  /// Plain where that reads back as this string, else in double quotes.
  package static func string(_ text: String) -> String {
    let plain = text.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
        || $0 == UInt8(ascii: "/")
    }
    if plain, let first = text.utf8.first, first != UInt8(ascii: "-"),
      first != UInt8(ascii: "."), case .string = Scalar.resolve(text)
    {
      return text
    }
    return JSONRenderer.quoted(text)
  }

  /// A value's origin as a comment's text.
  package static func comment(_ origin: Origin?) -> String {
    switch origin {
    case .written(let span)?:
      let name = span.source.name
      if name.hasPrefix("<argument"), name.hasSuffix(">") {
        return String(name.dropFirst().dropLast())
      }
      let visible = String(name.map { $0.unicodeScalars.contains { $0.value < 0x20 } ? "?" : $0 })
      return "\(visible):\(span.line):\(span.column)" + variable(in: span)
    case .weights?: return "weights"
    case .byDefault?, nil: return "default"
    }
  }
}

extension YAMLText {
  /// `, ${env:LR}` where the value came out of the environment.
  private static func variable(in span: Span) -> String {
    guard span.range.count <= 200 else { return "" }
    let written = span.source.bytes[span.range]
    let opening = Array("${env:".utf8)
    guard let start = written.indices.first(where: { written[$0...].starts(with: opening) }),
      let end = written[start...].firstIndex(of: UInt8(ascii: "}")), !written.contains(0x0A)
    else { return "" }
    return ", " + String(decoding: written[start...end], as: UTF8.self)
  }
}

/// Builds a block document line by line, each value with its origin behind it.
package struct YAMLWriter {
  package private(set) var text = ""
  private var level = 0
  private let hasOrigins: Bool

  /// - Parameter hasOrigins: whether each value has its origin as a comment.
  package init(hasOrigins: Bool = true) {
    self.hasOrigins = hasOrigins
  }

  /// `key: value  # origin`
  package mutating func line(_ key: String, _ value: DeclaredValue, _ origin: Origin?) {
    put("\(YAMLText.string(key)): \(YAMLText.inline(value))", origin)
  }

  /// `key:` with what `body` writes below it.
  package mutating func section(_ key: String, _ body: (inout YAMLWriter) -> Void) {
    put("\(YAMLText.string(key)):", nil, isBare: true)
    level += 1
    body(&self)
    level -= 1
  }

  /// `key:` with a component's name and its arguments below it.
  package mutating func component(_ key: String, _ component: ComponentValue, _ origin: Origin?) {
    section(key) { $0.component(component, dash: "", origin) }
  }

  /// `key:` with a list of components below it.
  package mutating func components(_ key: String, _ components: [ComponentValue]) {
    section(key) { writer in
      for component in components {
        let origin = component.values.span.map { Origin.written($0) }
        writer.component(component, dash: "- ", origin)
      }
    }
  }

  /// `- key: value` with what `body` writes below it in the same mapping.
  package mutating func element(
    _ key: String, _ value: DeclaredValue, _ origin: Origin?, _ body: (inout YAMLWriter) -> Void
  ) {
    put("- \(YAMLText.string(key)): \(YAMLText.inline(value))", origin)
    level += 1
    body(&self)
    level -= 1
  }

  private mutating func component(_ component: ComponentValue, dash: String, _ origin: Origin?) {
    let values = component.values
    let origin = values.span.map { Origin.written($0) } ?? origin
    guard !values.entries.isEmpty else {
      put(dash + YAMLText.string(component.name), origin)
      return
    }
    put("\(dash)\(YAMLText.string(component.name)):", origin)
    level += dash.isEmpty ? 1 : 2
    for (name, value) in values.entries.sorted(by: { $0.key < $1.key }) {
      line(name, value, values.origins[name])
    }
    level -= dash.isEmpty ? 1 : 2
  }

  private mutating func put(_ content: String, _ origin: Origin?, isBare: Bool = false) {
    text += String(repeating: "  ", count: level) + content
    if !isBare, hasOrigins { text += "  # \(YAMLText.comment(origin))" }
    text += "\n"
  }
}
