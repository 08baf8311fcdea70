import Diagnostics

/// Rows of text in aligned columns, fitted to a width.
package struct Table: Sendable {
  package struct Column: Sendable {
    package let title: String
    package let isNumeric: Bool
    /// What gives way first where the width is short: columns of higher rank are dropped before others; nil never.
    package let dropRank: Int?
    /// What it is called where the width is short; nil where the title has no shorter form.
    package let shortTitle: String?
    package init(
      _ title: String, isNumeric: Bool = false, dropRank: Int? = nil, shortTitle: String? = nil
    ) {
      self.title = title
      self.isNumeric = isNumeric
      self.dropRank = dropRank
      self.shortTitle = shortTitle
    }
  }

  package let columns: [Column]
  package private(set) var rows: [[String]] = []

  package init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row with a cell for each column; what would hide something is shown as `\u{FFFD}`.
  package mutating func add(_ row: [String]) {
    precondition(row.count == columns.count, "a row has a cell for each column")
    rows.append(row.map(Self.printable))
  }

  /// Folder names and settings come from anywhere: a line break would break the table, an escape the terminal.
  package static func printable(_ text: String) -> String { VisibleText.of(text) }

  /// The table's lines; where they do not fit, titles are shortened, columns are dropped by rank, and the widest text
  /// column is shortened, in this order.
  ///
  /// A last line says which columns were dropped.
  package func text(width: Int) -> String {
    var shown = Array(columns.indices)
    // Settings and metrics are named by files, too.
    var titles = columns.map { Self.printable($0.title) }
    let contents = columns.indices.map { column in
      rows.reduce(0) { max($0, DisplayWidth.of($1[column])) }
    }
    var widths = zip(titles, contents).map { max(DisplayWidth.of($0), $1) }
    func total() -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * max(0, shown.count - 1) }
    if total() > width {
      titles = columns.map { Self.printable($0.shortTitle ?? $0.title) }
      widths = zip(titles, contents).map { max(DisplayWidth.of($0), $1) }
    }
    var dropped: [Int] = []
    while total() > width,
      let victim = shown.filter({ columns[$0].dropRank != nil }).max(by: {
        (columns[$0].dropRank ?? 0, $0) < (columns[$1].dropRank ?? 0, $1)
      })
    {
      shown.removeAll { $0 == victim }
      dropped.append(victim)
    }
    // A narrow column may fit where a wide one that says more did not.
    for column in dropped.reversed() where total() + 2 + widths[column] <= width {
      shown = (shown + [column]).sorted()
      dropped.removeAll { $0 == column }
    }
    while total() > width,
      let widest = shown.filter({ !columns[$0].isNumeric && widths[$0] > 8 })
        .max(by: { widths[$0] < widths[$1] })
    {
      widths[widest] = max(8, widths[widest] - (total() - width))
    }
    var lines = ([titles] + rows).map { row in
      var line = ""
      for (place, column) in shown.enumerated() {
        if place > 0 { line += "  " }
        Self.add(
          row[column], to: &line, width: widths[column], right: columns[column].isNumeric)
      }
      while line.utf8.last == 0x20 { line.removeLast() }
      return line
    }
    if !dropped.isEmpty {
      lines += Wrapped.lines(
        "(not shown at this width: \(dropped.reversed().map { columns[$0].title }.joined(separator: ", ")))",
        width: width,
        hanging: 2)
    }
    return lines.joined(separator: "\n")
  }

  private static func add(_ text: String, to line: inout String, width: Int, right: Bool) {
    let own = DisplayWidth.of(text)
    guard own <= width else {
      return add(shortened(text, to: width), to: &line, width: width, right: right)
    }
    if !right { line += text }
    for _ in own..<width { line += " " }
    if right { line += text }
  }

  /// The text with its middle left out: the ends of names tell runs apart.
  private static func shortened(_ text: String, to width: Int) -> String {
    var (head, tail) = (text[...], text[...])
    while !head.isEmpty, DisplayWidth.of(String(head)) > (width - 1) / 2 { head.removeLast() }
    while DisplayWidth.of(String(tail)) > width - 1 - DisplayWidth.of(String(head)) {
      tail.removeFirst()
    }
    return head + "…" + tail
  }
}
