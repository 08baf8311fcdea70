import Reports

/// A table whose columns order its rows when one presses their heads.
struct SortableTable {
  struct Column {
    /// Empty for one that rows are not ordered by.
    var title: String
    var isNumeric = false
    /// The order in which the rows stand already.
    var order: Order?

    enum Order: String { case ascending, descending }
  }

  struct Cell {
    var html: HTML
    /// What orders the row, where that is neither all digits of a number, nor the text, nor the number in front of it;
    /// empty for what is missing.
    var key: String?
    var style = ""

    static func text(_ text: String, style: String = "") -> Cell {
      Cell(html: HTML(text: text), style: style)
    }

    static func count(_ count: Int) -> Cell { Cell(html: "\(count)") }

    /// A number with all its digits behind the few that are shown.
    static func number(_ value: Double?, _ digits: Int = 4) -> Cell {
      Cell(html: Value.html(value, digits), key: value?.isFinite ?? false ? nil : "")
    }
  }

  var columns: [Column]
  var rows: [[Cell]] = []
  var style = ""
  /// Whether the style sheet knows the columns of the style, so that thousands of cells need not say what they are.
  var hasStyledColumns = false
  /// How many rows are shown at first, where not all are; nil for all.
  var shown: Int?
  /// For who cannot see where it stands.
  var label: String

  var html: HTML {
    let heads = columns.map { column -> HTML in
      let kind: HTML = column.isNumeric ? " class=\"num\"" : ""
      let order: HTML = column.order.map { " aria-sort=\"\($0.rawValue)\"" } ?? ""
      if column.title.isEmpty { return "<td\(kind)></td>" }
      // Paths of settings may be broken at their dots, on paper.
      let title = column.title.split(separator: ".", omittingEmptySubsequences: false)
        .map { HTML(text: String($0)) }.joined(separator: ".<wbr>")
      return
        "<th scope=\"col\"\(kind)\(order)><button type=\"button\">\(title)</button></th>"
    }
    let body = rows.enumerated().map { place, row -> HTML in
      let cells = zip(columns, row).map { column, cell -> HTML in
        let styles = [column.isNumeric ? "num" : "", cell.style].filter { !$0.isEmpty }
        let style: HTML =
          styles.isEmpty || hasStyledColumns ? "" : " class=\"\(styles.joined(separator: " "))\""
        let key: HTML = cell.key.map { " data-key=\"\($0)\"" } ?? ""
        return "<td\(style)\(key)>\(cell.html)</td>"
      }
      let more: HTML = shown.map { place >= $0 } ?? false ? " class=\"more\"" : ""
      return "<tr\(more)>\(cells.joined())</tr>\n"
    }
    return """
      <table class="sortable \(style)"\(shown.map { " data-shown=\"\($0)\"" as HTML } ?? HTML()) aria-label="\(label)">
      <thead><tr>\(heads.joined())</tr></thead>
      <tbody>
      \(body.joined())</tbody>
      </table>
      """
  }
}
