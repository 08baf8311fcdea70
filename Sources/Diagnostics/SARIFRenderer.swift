/// Diagnostics as a SARIF log: one run of the tool xrun, a rule for each code that occurs.
///
/// - Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
package enum SARIFRenderer {
  /// - Parameters:
  ///   - version: of xrun.
  ///   - page: what a code means, where that is known: it becomes the rule's description.
  package static func render(
    _ diagnostics: [Diagnostic], version: String,
    page: (Diagnostic.Code) -> CodePage? = { _ in nil }
  ) -> String {
    var codes: [Diagnostic.Code] = []
    for diagnostic in diagnostics where !codes.contains(diagnostic.code) {
      codes.append(diagnostic.code)
    }
    codes.sort { $0.rawValue < $1.rawValue }
    let rules = codes.map { "          " + rule($0, page($0)) }
    let results = diagnostics.map { diagnostic in
      "        " + result(diagnostic, rule: codes.firstIndex(of: diagnostic.code) ?? 0)
    }
    return """
      {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
          {
            "tool": {
              "driver": {
                "name": "xrun",
                "version": \(JSONRenderer.quoted(version)),
                "rules": \(array(rules, indent: "          "))
              }
            },
            "columnKind": "unicodeCodePoints",
            "results": \(array(results, indent: "      "))
          }
        ]
      }

      """
  }

  private static func array(_ elements: [String], indent: String) -> String {
    elements.isEmpty ? "[]" : "[\n\(elements.joined(separator: ",\n"))\n\(indent)]"
  }

  private static func rule(_ code: Diagnostic.Code, _ page: CodePage?) -> String {
    var fields = ["\"id\": \(JSONRenderer.quoted(code.rawValue))"]
    if let page {
      fields.append("\"shortDescription\": {\"text\": \(JSONRenderer.quoted(page.summary))}")
      fields.append("\"defaultConfiguration\": {\"level\": \"\(page.severity.rawValue)\"}")
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private static func result(_ diagnostic: Diagnostic, rule: Int) -> String {
    var message = diagnostic.message
    if let label = diagnostic.primary?.text, !label.isEmpty { message += ": \(label)" }
    // An argument is no artifact: it is named in the message.
    if let argument = diagnostic.primary?.span.argument {
      message += "\nin the argument \(argument)"
    }
    if let help = diagnostic.help { message += "\nhelp: \(help)" }
    var fields = [
      "\"ruleId\": \(JSONRenderer.quoted(diagnostic.code.rawValue))", "\"ruleIndex\": \(rule)",
      // SARIF has the same three levels by the same names.
      "\"level\": \"\(diagnostic.severity.rawValue)\"",
      "\"message\": {\"text\": \(JSONRenderer.quoted(message))}",
    ]
    if let primary = diagnostic.primary, primary.span.source.isFile {
      fields.append("\"locations\": [{\(location(primary.span))}]")
    }
    let labels = diagnostic.labels.filter { $0.span.source.isFile }
    if !labels.isEmpty {
      let related = labels.enumerated().map { index, label in
        let text =
          label.text.isEmpty ? "" : ", \"message\": {\"text\": \(JSONRenderer.quoted(label.text))}"
        return "{\"id\": \(index + 1), \(location(label.span))\(text)}"
      }
      fields.append("\"relatedLocations\": [\(related.joined(separator: ", "))]")
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private static func location(_ span: Span) -> String {
    let source = span.source
    let end = max(span.range.lowerBound, min(span.range.upperBound, source.bytes.count))
    let region =
      "\"startLine\": \(span.line), "
      + "\"startColumn\": \(source.codePointColumn(at: span.range.lowerBound)), "
      + "\"endLine\": \(source.line(at: end)), \"endColumn\": \(source.codePointColumn(at: end))"
    return "\"physicalLocation\": {\"artifactLocation\": "
      + "{\"uri\": \(JSONRenderer.quoted(uri(of: source.name)))}, \"region\": {\(region)}}"
  }

  /// A path as a relative reference, or as a `file:` URI where it is absolute (RFC 3986).
  static func uri(of path: String) -> String {
    var encoded = ""
    for byte in path.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A:
        encoded.unicodeScalars.append(Unicode.Scalar(byte))
      case _ where "-._~/".utf8.contains(byte): encoded.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        encoded += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return path.hasPrefix("/") ? "file://" + encoded : encoded
  }
}
