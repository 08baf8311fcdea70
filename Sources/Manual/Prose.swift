import Diagnostics

/// Sentences of declarations and code pages, for Markdown and for the terminal.
package enum Prose {
  /// With a capital and a full stop.
  package static func sentence(_ text: String) -> String {
    guard let last = text.last else { return "" }
    return capitalized(text) + (".!?:".contains(last) ? "" : ".")
  }

  /// With a capital, but for a name, which keeps its spelling.
  package static func capitalized(_ text: String) -> String {
    let start = text.prefix { $0.isLetter || $0 == "_" }
    guard let first = start.first,
      !start.dropFirst().contains(where: { $0.isUppercase || $0 == "_" })
    else { return text }
    return first.uppercased() + text.dropFirst()
  }

  /// Names in single quotes, as diagnostics have them, become names in backquotes; the rest is escaped.
  package static func markdown(_ text: String) -> String {
    var output = ""
    var isName = false
    let characters = Array(text)
    for (index, character) in characters.enumerated() {
      let before = index > 0 ? characters[index - 1] : " "
      let after = index + 1 < characters.count ? characters[index + 1] : " "
      switch character {
      case "'" where isName ? !after.isLetter : !before.isLetter && !after.isWhitespace:
        isName.toggle()
        output += "`"
      case "`":
        isName.toggle()
        output += "`"
      case "<", "*", "[", "]":
        output += isName ? String(character) : "\\\(character)"
      default: output.append(character)
      }
    }
    return output
  }

  /// Shapes in brackets become names.
  package static func withShapes(_ text: String) -> String {
    text.replacing("[", with: "`[").replacing("]", with: "]`")
  }

  /// Names in single quotes, whichever they had; shapes are plain enough without.
  package static func terminal(_ text: String) -> String {
    text.replacing("`[", with: "[").replacing("]`", with: "]").replacing("`", with: "'")
  }

  /// Without the backquotes, where the name stands alone anyhow.
  package static func bare(_ text: String) -> String { text.replacing("`", with: "") }

  /// Lines of at most so many cells, broken at spaces outside of names in backquotes; what is longer
  /// has a line of its own.
  package static func wrapped(
    _ text: String, width: Int = 80, indent: String = "", hanging: String? = nil
  )
    -> String
  {
    var lines: [String] = []
    var line = indent
    var isEmpty = true
    for word in words(text, room: width - DisplayWidth.of(hanging ?? indent)) {
      if !isEmpty, DisplayWidth.of(line) + 1 + DisplayWidth.of(word) > width {
        lines.append(line)
        line = hanging ?? indent
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return (lines + [line]).joined(separator: "\n")
  }

  /// What is not to be broken; a name too long for a line is broken all the same.
  private static func words(_ text: String, room: Int) -> [String] {
    var words: [String] = []
    var pending: [Substring] = []
    for word in text.split(separator: " ") {
      pending.append(word)
      let marks = pending.reduce(0) { $0 + $1.count { $0 == "`" } }
      guard marks.isMultiple(of: 2) else { continue }
      let joined = pending.joined(separator: " ")
      words += DisplayWidth.of(joined) <= room ? [joined] : pending.map(String.init)
      pending = []
    }
    return words + pending.map(String.init)
  }
}
