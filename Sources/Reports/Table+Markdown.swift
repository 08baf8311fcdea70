extension Table {
  /// A table as GitHub's Markdown has it, with every column.
  package var markdown: String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |" }
    let rule = columns.map { $0.isNumeric ? "---:" : "---" }
    return
      ([line(columns.map { Self.escaped($0.title) }), line(rule)]
      + rows.map { line($0.map(Self.escaped)) }).joined(separator: "\n")
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
