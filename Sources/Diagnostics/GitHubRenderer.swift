/// Diagnostics as workflow commands of GitHub Actions, one line each.
///
/// - Source: GitHub, "Workflow commands for GitHub Actions"; escapes as in actions/toolkit, `command.ts`.
package enum GitHubRenderer {
  package static func render(_ diagnostics: [Diagnostic]) -> String {
    diagnostics.map { command($0) + "\n" }.joined()
  }

  private static func command(_ diagnostic: Diagnostic) -> String {
    let name =
      switch diagnostic.severity {
      case .error: "error"
      case .warning: "warning"
      case .note: "notice"
      }
    var properties: [(String, String)] = []
    // An argument is no file of the repository: it is named in the message.
    if let span = diagnostic.primary?.span, span.source.isFile {
      let source = span.source
      let end = span.range.upperBound
      properties = [
        ("file", source.name), ("line", String(span.line)), ("col", String(span.column)),
      ]
      // The end is given in the same line alone: GitHub takes columns of one line.
      let endLine = source.line(at: end)
      if endLine == span.line {
        // Their end column belongs to the range.
        properties.append(("endColumn", String(max(span.column, source.column(at: end) - 1))))
      } else {
        properties.append(("endLine", String(endLine)))
      }
    }
    properties.append(("title", diagnostic.code.rawValue))
    var message = diagnostic.message
    if let label = diagnostic.primary?.text, !label.isEmpty { message += ": \(label)" }
    if let argument = diagnostic.primary?.span.argument {
      message += "\nin the argument \(argument)"
    }
    for label in diagnostic.labels {
      let place =
        label.span.argument.map { "in the argument \($0)" }
        ?? "\(label.span.source.name):\(label.span.line):\(label.span.column)"
      message += "\n\(place)\(label.text.isEmpty ? "" : ": \(label.text)")"
    }
    if let help = diagnostic.help { message += "\nhelp: \(help)" }
    let list = properties.map { "\($0)=\(escaped($1, isProperty: true))" }.joined(separator: ",")
    return "::\(name) \(list)::\(escaped(message, isProperty: false))"
  }

  /// A text that ends no command and no property early.
  static func escaped(_ text: String, isProperty: Bool) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": escaped += "%25"
      case "\r": escaped += "%0D"
      case "\n": escaped += "%0A"
      case ":" where isProperty: escaped += "%3A"
      case "," where isProperty: escaped += "%2C"
      // Of the file's name nothing may change: GitHub looks for it.
      case _ where !isProperty && VisibleText.hides(scalar): escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
