/// Diagnostics as people read them: message, place, excerpt with carets, one line of what to do.
package struct TextRenderer: Sendable {
  package let isColoured: Bool
  /// Cells of the terminal, which messages are wrapped at; nil for a file or a pipe, where they are not.
  package let width: Int?

  /// Cells of an excerpt where no terminal says how many; longer lines are cut round the carets.
  private static let excerptWidth = 120
  /// Narrower terminals get lines of this length all the same: nothing can be read in less.
  private static let leastWidth = 40
  private static let tabWidth = 4

  package init(isColoured: Bool = false, width: Int? = nil) {
    self.isColoured = isColoured
    self.width = width.map { max($0, Self.leastWidth) }
  }

  /// Cells that are left for an excerpt beside the line numbers.
  private func room(_ gutter: String) -> Int {
    width.map { $0 - gutter.count - 3 } ?? Self.excerptWidth
  }

  /// A text in lines for the terminal, those after the first indented; one line where there is no terminal.
  private func wrapped(_ text: String, first: Int, indent: Int) -> [String] {
    guard let width else { return [text] }
    return Self.lines(of: text, first: width - first, rest: width - indent)
  }

  /// One diagnostic, several lines, ending in a newline.
  package func render(_ diagnostic: Diagnostic) -> String {
    let style = style(of: diagnostic.severity)
    let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]"
    let message = wrapped(Self.visible(diagnostic.message), first: head.count + 2, indent: 4)
    var output = paint(head, style) + paint(": \(message[0])", .bold) + "\n"
    for line in message.dropFirst() { output += "    " + paint(line, .bold) + "\n" }

    // 1. The places by source, the primary's first, and in each by line.
    var groups: [(source: SourceText, marks: [Mark])] = []
    if let primary = diagnostic.primary {
      let labels = [(primary, true)] + diagnostic.labels.map { ($0, false) }
      for (label, isPrimary) in labels {
        let mark = Mark(label: label, isPrimary: isPrimary)
        if let index = groups.firstIndex(where: { $0.source === label.span.source }) {
          groups[index].marks.append(mark)
        } else {
          groups.append((label.span.source, [mark]))
        }
      }
    }
    let lastLine = groups.flatMap(\.marks).map(\.line).max() ?? 0
    let gutter = String(repeating: " ", count: max(1, String(lastLine).count))

    // 2. Each source: where, then the lines with what is marked in them.
    for (index, group) in groups.enumerated() {
      let first = group.marks[0].label.span
      let place = "\(Self.visible(group.source.name)):\(first.line):\(first.column)"
      output += gutter + paint(index == 0 ? "-->" : ":::", .gutter) + " \(place)\n"
      output += paint("\(gutter) |", .gutter) + "\n"
      output += excerpt(of: group.source, group.marks, gutter: gutter, style: style)
    }

    // 3. What to do.
    if let help = diagnostic.help {
      let indent = gutter.count + 9
      let lines = wrapped(Self.visible(help), first: indent, indent: indent)
      output += paint("\(gutter) =", .gutter) + " help: \(lines[0])\n"
      for line in lines.dropFirst() {
        output += String(repeating: " ", count: indent) + line + "\n"
      }
    }
    return output
  }

  private struct Mark {
    let label: Diagnostic.Label
    let isPrimary: Bool
    let line: Int

    init(label: Diagnostic.Label, isPrimary: Bool) {
      self.label = label
      self.isPrimary = isPrimary
      self.line = label.span.line
    }
  }

  private func excerpt(
    of source: SourceText, _ marks: [Mark], gutter: String, style: Style
  ) -> String {
    var output = ""
    var previous: Int?
    let sorted = marks.enumerated().sorted {
      ($0.1.line, $0.1.label.span.range.lowerBound, $0.0)
        < ($1.1.line, $1.1.label.span.range.lowerBound, $1.0)
    }.map(\.1)
    for line in Array(Set(sorted.map(\.line))).sorted() {
      let inLine = sorted.filter { $0.line == line }
      if let previous, line > previous + 2 {
        output += paint("\(gutter) ...", .gutter) + "\n"
      } else if let previous, line == previous + 2 {
        output += lineText(of: source, line - 1, cut: nil, gutter: gutter)
      }
      previous = line
      let anchor = inLine.first(where: \.isPrimary) ?? inLine[0]
      let cut = cut(for: anchor.label.span, line: line, room: room(gutter))
      output += lineText(of: source, line, cut: cut, gutter: gutter)
      for mark in inLine {
        output += carets(mark, line: line, cut: cut, gutter: gutter, style: style)
      }
    }
    return output
  }

  /// Which cells of a line are shown: all, or a window with the mark in it.
  private func cut(for span: Span, line: Int, room: Int) -> Range<Int>? {
    let cells = Self.cells(of: span.source.text(ofLine: line))
    guard cells.count > room else { return nil }
    let column = Self.width(of: span.source, line: line, upTo: span.range.lowerBound)
    let start = max(0, min(column - room / 3, cells.count - room))
    return start..<min(cells.count, start + room)
  }

  private func lineText(
    of source: SourceText, _ line: Int, cut: Range<Int>?, gutter: String
  ) -> String {
    let cells = Self.cells(of: source.text(ofLine: line))
    var text = ""
    if let cut {
      // By cells, so that half of a wide character becomes one sign and moves nothing.
      var shown = Array(cells[cut])
      if cut.lowerBound > 0 {
        if shown[0] == "" { shown[0] = " " }
        if shown.count > 1, shown[1] == "" { shown[1] = " " }
        shown[0] = "…"
      }
      if cut.upperBound < cells.count {
        if let last = shown.last, last == "", shown.count > 1 { shown[shown.count - 2] = " " }
        shown[shown.count - 1] = "…"
      }
      text = shown.joined()
    } else {
      text = cells.joined()
    }
    let number = String(line)
    let padding = String(repeating: " ", count: gutter.count - number.count)
    let trimmed = text.isEmpty ? "" : " \(text)"
    return paint("\(padding)\(number) |", .gutter) + trimmed + "\n"
  }

  private func carets(
    _ mark: Mark, line: Int, cut: Range<Int>?, gutter: String, style: Style
  ) -> String {
    let source = mark.label.span.source
    let range = mark.label.span.range
    let end = min(range.upperBound, source.byteRange(ofLine: line).upperBound)
    var start = Self.width(of: source, line: line, upTo: range.lowerBound)
    var width = Self.width(of: source, line: line, upTo: end) - start
    if let cut {
      // What lies outside the window is marked at its edge.
      let end = min(max(start + max(1, width), cut.lowerBound + 1), cut.upperBound)
      start = min(max(start, cut.lowerBound), cut.upperBound - 1)
      width = end - start
      start -= cut.lowerBound
    }
    width = max(1, width)
    let paintStyle = mark.isPrimary ? style : .gutter
    let left = paint("\(gutter) |", .gutter)
    func row(_ text: String, at cell: Int) -> String {
      left + String(repeating: " ", count: cell + 1) + paint(text, paintStyle) + "\n"
    }
    let underline = String(repeating: mark.isPrimary ? "^" : "-", count: width)
    let text = Self.visible(mark.label.text)
    if text.isEmpty { return row(underline, at: start) }
    let room = room(gutter)
    let length = DisplayWidth.of(text)
    if self.width == nil || start + width + 1 + length <= room {
      return row("\(underline) \(text)", at: start)
    }
    // A label that does not fit beside its carets stands below them.
    let cell = max(0, min(start, room - length))
    return row(underline, at: start)
      + Self.lines(of: text, first: room - cell, rest: room - cell).map { row($0, at: cell) }
      .joined()
  }

  /// Words in lines of so many cells; a longer word has a line of its own.
  private static func lines(of text: String, first: Int, rest: Int) -> [String] {
    var lines: [String] = []
    var line = ""
    var used = 0
    // A space in quotes is what is spoken of, no place to break.
    var words: [String] = []
    for word in text.split(separator: " ", omittingEmptySubsequences: false) {
      if words.last == "'", word.first == "'" {
        words[words.count - 1] += " " + word
      } else {
        words.append(String(word))
      }
    }
    for word in words {
      let length = DisplayWidth.of(word)
      let limit = lines.isEmpty ? first : rest
      if !line.isEmpty, used + 1 + length > limit {
        lines.append(line)
        (line, used) = (word, length)
      } else {
        used += length + (line.isEmpty ? 0 : 1)
        line += (line.isEmpty ? "" : " ") + word
      }
    }
    return lines + [line]
  }

  /// The cells that a line takes before a byte offset.
  private static func width(of source: SourceText, line: Int, upTo offset: Int) -> Int {
    let range = source.byteRange(ofLine: line)
    let end = min(max(offset, range.lowerBound), range.upperBound)
    return cells(of: String(decoding: source.bytes[range.lowerBound..<end], as: UTF8.self)).count
  }

  /// A line cell by cell: tabs become spaces, control characters are shown, a wide character is
  /// followed by an empty cell.
  private static func cells(of text: String) -> [String] {
    var cells: [String] = []
    for character in text {
      if character == "\t" {
        cells += Array(repeating: " ", count: tabWidth)
        continue
      }
      // One cell for a line's end of two scalars, too.
      if character.unicodeScalars.contains(where: VisibleText.hides) {
        cells.append("\u{FFFD}")
        continue
      }
      switch DisplayWidth.of(character) {
      case 0:
        if cells.isEmpty { cells.append("") }
        cells[cells.count - 1] += String(character)
      case 2: cells += [String(character), ""]
      default: cells.append(String(character))
      }
    }
    return cells
  }

  /// Nothing from a file may steer the terminal.
  private static func visible(_ text: String) -> String { VisibleText.of(text) }

  private enum Style: String {
    case error = "1;31"
    case warning = "1;33"
    case note = "1;36"
    case gutter = "1;34"
    case bold = "1"
  }

  private func style(of severity: Diagnostic.Severity) -> Style {
    switch severity {
    case .error: .error
    case .warning: .warning
    case .note: .note
    }
  }

  private func paint(_ text: String, _ style: Style) -> String {
    isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
