/// Diagnostics as a JSON array: one object per line, lines and columns from 1.
package enum JSONRenderer {
  package static func render(_ diagnostics: [Diagnostic]) -> String {
    if diagnostics.isEmpty { return "[]\n" }
    return "[\n" + diagnostics.map { "  " + object($0) }.joined(separator: ",\n") + "\n]\n"
  }

  private static func object(_ diagnostic: Diagnostic) -> String {
    var fields = [
      "\"severity\": \(quoted(diagnostic.severity.rawValue))",
      "\"code\": \(quoted(diagnostic.code.rawValue))",
      "\"message\": \(quoted(diagnostic.message))",
    ]
    if let primary = diagnostic.primary { fields += place(primary) }
    if !diagnostic.labels.isEmpty {
      let labels = diagnostic.labels.map { "{\(place($0).joined(separator: ", "))}" }
      fields.append("\"labels\": [\(labels.joined(separator: ", "))]")
    }
    if let help = diagnostic.help { fields.append("\"help\": \(quoted(help))") }
    return "{\(fields.joined(separator: ", "))}"
  }

  private static func place(_ label: Diagnostic.Label) -> [String] {
    let source = label.span.source
    let end = label.span.range.upperBound
    var fields = [
      "\"file\": \(quoted(source.name))", "\"line\": \(label.span.line)",
      "\"column\": \(label.span.column)", "\"end_line\": \(source.line(at: end))",
      "\"end_column\": \(source.column(at: end))",
    ]
    if !label.text.isEmpty { fields.append("\"label\": \(quoted(label.text))") }
    return fields
  }

  /// A string as a JSON literal.
  package static func quoted(_ text: String) -> String {
    var literal = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": literal += "\\\""
      case "\\": literal += "\\\\"
      case "\n": literal += "\\n"
      case "\r": literal += "\\r"
      case "\t": literal += "\\t"
      default:
        if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) {
          let digits = String(scalar.value, radix: 16)
          literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        } else {
          literal.unicodeScalars.append(scalar)
        }
      }
    }
    return literal + "\""
  }
}
