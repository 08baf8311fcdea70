import Diagnostics

/// Rows of text in aligned columns, fitted to a width.
package struct Table: Sendable {
  package struct Column: Sendable {
    package let title: String
    package let isNumeric: Bool
    /// What gives way first where the width is short: columns of higher rank are dropped before others; nil never.
    package let dropRank: Int?
    package init(_ title: String, isNumeric: Bool = false, dropRank: Int? = nil) {
      self.title = title
      self.isNumeric = isNumeric
      self.dropRank = dropRank
    }
  }

  package let columns: [Column]
  package private(set) var rows: [[String]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row with a cell for each column; control characters are shown as `\u{FFFD}`.
  package mutating func add(_ row: [String]) {
    precondition(row.count == columns.count, "a row has a cell for each column")
    rows.append(row.map(Self.printable))
  }

  /// Folder names and settings come from anywhere: a line break would break the table, an escape the terminal.
  package static func printable(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
      return text
    }
    return String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
  }

  /// The table's lines; columns that do not fit are dropped by rank, then the widest text column is shortened.
  ///
  /// A last line says which columns were dropped.
  package func text(width: Int) -> String {
    var shown = Array(columns.indices)
    var widths = columns.indices.map { column in
      ([columns[column].title] + rows.map { $0[column] }).map(DisplayWidth.of).max() ?? 0
    }
    func total() -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1) }
    var dropped: [String] = []
    while total() > width,
      let victim = shown.filter({ columns[$0].dropRank != nil }).max(by: {
        (columns[$0].dropRank ?? 0, $0) < (columns[$1].dropRank ?? 0, $1)
      })
    {
      shown.removeAll { $0 == victim }
      dropped.append(columns[victim].title)
    }
    while total() > width,
      let widest = shown.filter({ !columns[$0].isNumeric && widths[$0] > 8 })
        .max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] = max(8, widths[widest] - (total() - width))
    }
    var lines = ([columns.map(\.title)] + rows).map { row in
      var line = shown.map { column in
        Self.padded(
          Self.shortened(row[column], to: widths[column]), to: widths[column],
          right: columns[column].isNumeric)
      }.joined(separator: "  ")
      while line.last == " " { line.removeLast() }
      return line
    }
    if !dropped.isEmpty {
      lines += Wrapped.lines(
        "(not shown at this width: \(dropped.reversed().joined(separator: ", ")))", width: width,
        hanging: 2)
    }
    return lines.joined(separator: "\n")
  }

  private static func padded(_ text: String, to width: Int, right: Bool) -> String {
    let space = String(repeating: " ", count: max(0, width - DisplayWidth.of(text)))
    return right ? space + text : text + space
  }

  /// The text with its middle left out: the ends of names tell runs apart.
  private static func shortened(_ text: String, to width: Int) -> String {
    guard DisplayWidth.of(text) > width else { return text }
    var (head, tail) = (text[...], text[...])
    while !head.isEmpty, DisplayWidth.of(String(head)) > (width - 1) / 2 { head.removeLast() }
    while DisplayWidth.of(String(tail)) > width - 1 - DisplayWidth.of(String(head)) {
      tail.removeFirst()
    }
    return head + "…" + tail
  }
}
