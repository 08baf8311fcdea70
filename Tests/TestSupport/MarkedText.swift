import Diagnostics

/// A wrong text with the mistakes marked where they are.
///
/// A comment of its own line, `# ^ error[code] "text"`, has its caret under the first column of the
/// mistake on the nearest line above that is no such comment; without a caret the `#` itself is the
/// mark. Several may follow one line. The quoted text must occur in message, label or help.
package struct MarkedText {
  package struct Mark: Hashable, CustomStringConvertible {
    package var line: Int
    package var column: Int
    package var severity: String
    package var code: String
    package var text: String

    package var description: String { "\(line):\(column) \(severity)[\(code)] \"\(text)\"" }
  }

  package let marks: [Mark]

  package init(_ text: String) {
    var marks: [Mark] = []
    var lastLine = 0
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if let mark = Self.mark(String(line), under: lastLine) {
        marks.append(mark)
      } else {
        lastLine = index + 1
      }
    }
    self.marks = marks
  }

  private static func mark(_ line: String, under above: Int) -> Mark? {
    let characters = Array(line)
    guard let hash = characters.firstIndex(where: { $0 != " " }), characters[hash] == "#" else {
      return nil
    }
    var index = hash + 1
    while index < characters.count, characters[index] == " " { index += 1 }
    var column = hash + 1
    if index < characters.count, characters[index] == "^" {
      column = index + 1
      index += 1
    }
    let rest = String(characters[index...]).split(separator: " ", maxSplits: 1)
    guard let head = rest.first, head.hasSuffix("]"), let open = head.firstIndex(of: "["),
      ["error", "warning", "note"].contains(String(head[..<open]))
    else { return nil }
    let code = head[head.index(after: open)...].dropLast()
    let quoted = rest.count > 1 ? rest[1].split(separator: "\"", maxSplits: 1).first ?? "" : ""
    let text = quoted.hasSuffix("\"") ? quoted.dropLast() : quoted
    return Mark(
      line: above, column: column, severity: String(head[..<open]), code: String(code),
      text: String(text))
  }

  /// What differs between the marks and what was found; empty where they agree.
  package func differences(from diagnostics: [Diagnostic]) -> [String] {
    var open = marks
    var differences: [String] = []
    for diagnostic in diagnostics {
      let span = diagnostic.primary?.span
      let found = Mark(
        line: span?.line ?? 0, column: span?.column ?? 0,
        severity: diagnostic.severity.rawValue, code: diagnostic.code.rawValue, text: "")
      let texts = [diagnostic.message, diagnostic.primary?.text ?? "", diagnostic.help ?? ""]
      let match = open.firstIndex { mark in
        mark.line == found.line && mark.column == found.column && mark.code == found.code
          && mark.severity == found.severity
          && (mark.text.isEmpty || texts.contains { $0.contains(mark.text) })
      }
      if let match {
        open.remove(at: match)
      } else {
        differences.append("not expected: \(found.description) \(texts)")
      }
    }
    return differences + open.map { "not found: \($0)" }
  }
}
