import Diagnostics

/// Reference pages for a terminal of 80 columns.
package enum TerminalRenderer {
  package static func render(_ page: ReferencePage) -> String {
    let kind = page.chapter.singular
    let gap = max(2, 80 - DisplayWidth.of(page.name) - kind.count)
    var lines = [page.name + String(repeating: " ", count: gap) + kind, ""]
    for part in page.parts {
      lines.append(render(part))
      if case .heading = part { continue }
      lines.append("")
    }
    lines.append(Prose.wrapped("Next: " + page.next))
    return lines.joined(separator: "\n")
  }

  private static func render(_ part: ReferencePage.Part) -> String {
    switch part {
    case .heading(let title): return title
    case .text(let text): return Prose.terminal(Prose.wrapped(text))
    case .block(let text, _):
      return text.split(separator: "\n", omittingEmptySubsequences: false)
        .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
    case .table(let header, let rows): return table(header, rows)
    case .facts(let facts):
      let width = min(20, facts.map { $0.label.count }.max() ?? 0)
      return facts.map { fact in
        entry(fact.label, alone(fact.text), width: width)
      }.joined(separator: "\n")
    case .names(_, let names): return list(names)
    }
  }

  /// A text that is one name needs no quotes beside its label.
  private static func alone(_ text: String) -> String {
    let isName = text.hasPrefix("`") && text.hasSuffix("`") && text.count { $0 == "`" } == 2
    return isName ? Prose.bare(text) : text
  }

  /// Each row's name, then its cells: values in one line, the sentence below.
  private static func table(_ header: [String], _ rows: [ReferencePage.Row]) -> String {
    let width = min(20, rows.map { $0.name.count }.max() ?? 0)
    return rows.map { row in
      guard header.count > 3 else {
        return entry(
          row.name, row.cells.filter { !$0.isEmpty }.joined(separator: "  "), width: width)
      }
      let isRequired = row.cells[1] == "required"
      let values =
        row.cells[0]
        + (row.cells[1].isEmpty ? "" : isRequired ? " (required)" : " (default \(row.cells[1]))")
      return entry(row.name, Prose.bare(values), width: width) + "\n"
        + entry("", Prose.sentence(row.cells[row.cells.count - 1]), width: width)
    }.joined(separator: "\n")
  }

  /// A label and a text beside it, which keeps to its column.
  package static func entry(_ label: String, _ text: String, width: Int) -> String {
    let column = String(repeating: " ", count: width + 4)
    guard label.count <= width else {
      return "  \(label)\n" + Prose.terminal(Prose.wrapped(text, indent: column))
    }
    let start = "  \(label)" + String(repeating: " ", count: width - label.count + 2)
    return Prose.terminal(Prose.wrapped(text, indent: start, hanging: column))
  }

  package static func list(_ names: [(name: String, summary: String)]) -> String {
    let width = min(22, names.map { $0.name.count }.max() ?? 0)
    return names.map { entry($0.name, Prose.capitalized($0.summary), width: width) }
      .joined(separator: "\n")
  }
}
