extension Table {
  /// A table as GitHub's Markdown has it, with every column.
  package var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = columns.map { $0.isNumeric ? "---:" : "---" }
    return
      ([line(columns.map { Self.escaped($0.title) }), line(rule)]
      + rows.map { row in
        line(
          zip(columns, row).map { column, cell in
            // A number is not to be broken where a table is wider than the page, as GitHub breaks it.
            Self.escaped(column.isNumeric ? cell.replacing(" ", with: "\u{A0}") : cell)
          })
      }).joined(separator: "\n")
  }

  /// Text from anywhere, so that it is shown as it is: no markup, no links, no further cell.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    for character in printable(text.replacing("\r\n", with: " ").replacing("\n", with: " ")) {
      switch character {
      case "\\", "|", "`", "*", "_", "[", "]", "#", "~": escaped += "\\" + String(character)
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "&": escaped += "&amp;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}
