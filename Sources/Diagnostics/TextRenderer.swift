/// Diagnostics as people read them: message, place, excerpt with carets, one line of what to do.
package struct TextRenderer: Sendable {
  package let isColoured: Bool

  /// Cells of an excerpt; longer lines are cut round the carets.
  private static let excerptWidth = 120
  private static let tabWidth = 4

  package init(isColoured: Bool = false) {
    self.isColoured = isColoured
  }

  /// One diagnostic, several lines, ending in a newline.
  package func render(_ diagnostic: Diagnostic) -> String {
    let style = style(of: diagnostic.severity)
    var output =
      paint("\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]", style)
      + paint(": \(Self.visible(diagnostic.message))", .bold) + "\n"

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
      output += paint("\(gutter) =", .gutter) + " help: \(Self.visible(help))\n"
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
      let cut = cut(for: anchor.label.span, line: line)
      output += lineText(of: source, line, cut: cut, gutter: gutter)
      for mark in inLine {
        output += carets(mark, line: line, cut: cut, gutter: gutter, style: style)
      }
    }
    return output
  }

  /// Which cells of a line are shown: all, or a window with the mark in it.
  private func cut(for span: Span, line: Int) -> Range<Int>? {
    let cells = Self.cells(of: span.source.text(ofLine: line))
    guard cells.count > Self.excerptWidth else { return nil }
    let column = Self.width(of: span.source, line: line, upTo: span.range.lowerBound)
    let start = max(0, min(column - Self.excerptWidth / 3, cells.count - Self.excerptWidth))
    return start..<min(cells.count, start + Self.excerptWidth)
  }

  private func lineText(
    of source: SourceText, _ line: Int, cut: Range<Int>?, gutter: String
  ) -> String {
    let cells = Self.cells(of: source.text(ofLine: line))
    var text = ""
    if let cut {
      text = cells[cut].joined()
      if cut.lowerBound > 0 { text = "…" + text.dropFirst() }
      if cut.upperBound < cells.count { text = text.dropLast() + "…" }
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
      start = max(0, start - cut.lowerBound)
      width = min(width, cut.count - start)
    }
    let sign = mark.isPrimary ? "^" : "-"
    let underline = String(repeating: sign, count: max(1, width))
    let text = mark.label.text.isEmpty ? "" : " \(Self.visible(mark.label.text))"
    return paint("\(gutter) |", .gutter) + String(repeating: " ", count: start + 1)
      + paint(underline + text, mark.isPrimary ? style : .gutter) + "\n"
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
      if let shown = replacement(for: character) {
        cells.append(shown)
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
  private static func visible(_ text: String) -> String {
    if text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value < 0x7F }) { return text }
    return text.map { replacement(for: $0) ?? String($0) }.joined()
  }

  private static func replacement(for character: Character) -> String? {
    guard let scalar = character.unicodeScalars.first else { return nil }
    if scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) { return "\u{FFFD}" }
    // Overrides of the writing direction would show another text than the one that is read.
    let isOverride = character.unicodeScalars.contains {
      (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value)
    }
    return isOverride ? "\u{FFFD}" : nil
  }

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
