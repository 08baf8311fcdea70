import Reports

/// The rows with their numbers, and the seeds that these are made of.
enum TableSection {
  /// The most rows that are drawn.
  private static let drawn = 40

  static func section(_ comparison: Comparison) -> Page.Section {
    let body: HTML = """
      <div class="scroll\(comparison.groups.count > 15 ? " tall" : "")">\(table(comparison).html)</div>
      <h3>\(comparison.metric.name) by seed</h3>
      \(seeds(comparison))
      """
    return Page.Section("table", "Configurations", body)
  }

  private static func table(_ comparison: Comparison) -> SortableTable {
    let source = comparison.table
    // What the rows are compared by, and what tells them apart, stand beside their names, where they are seen
    // without scrolling.
    let main = source.columns.indices.filter {
      $0 > 0 && [comparison.metric.name, "verdict"].contains(source.columns[$0].title)
    }
    let settings = source.columns.indices.filter {
      $0 > 0 && comparison.differing.contains(source.columns[$0].title)
    }
    let order =
      [0] + main + settings
      + source.columns.indices.dropFirst().filter { !main.contains($0) && !settings.contains($0) }
    var table = SortableTable(
      columns: order.map {
        SortableTable.Column(
          title: source.columns[$0].title, isNumeric: source.columns[$0].isNumeric)
      }, style: "wide", label: "Configurations")
    for (group, row) in zip(comparison.groups, source.rows) {
      table.rows.append(
        order.map { cell(row[$0], source.columns[$0], isFirst: $0 == 0, group) })
    }
    return table
  }

  private static func cell(
    _ text: String, _ column: Table.Column, isFirst: Bool, _ group: RunGroup
  ) -> SortableTable.Cell {
    if isFirst { return SortableTable.Cell(html: "<b>\(text)</b>", style: "keep") }
    if column.title == "verdict" {
      // Without the marks in front of the words.
      return SortableTable.Cell(
        html: VerdictsSection.pill(text), key: text == "-" ? "" : text == "baseline" ? nil : text)
    }
    guard column.isNumeric else { return .text(text) }
    // Durations are words; of everything else the number in front decides.
    if column.title == "time" {
      return SortableTable.Cell(html: HTML(text: text), key: group.seconds.map(Numbers.short) ?? "")
    }
    return SortableTable.Cell(html: HTML(text: text), key: text == "-" ? "" : nil)
  }

  private static func seeds(_ comparison: Comparison) -> HTML {
    let metric = comparison.metric
    let shown = comparison.groups.prefix(drawn)
    let rows = shown.enumerated().map { index, group -> IntervalPlot.Row in
      let values = group.values(metric)
      let interval = group.interval(metric, level: comparison.options.level)
      let range = interval.map {
        "<br><span class=\"muted\">\(Numbers.fixed($0.lower, 4)) to \(Numbers.fixed($0.upper, 4))</span>"
          as HTML
      }
      return IntervalPlot.Row(
        name: "\(ComparisonWords.name(group, comparison))", estimate: values.summary.mean,
        interval: interval, values: values.values,
        text: "<b>\(Value.html(values.summary.mean))</b>\(range ?? HTML())",
        colour: ComparisonPage.colour(index))
    }
    let rest = comparison.groups.count - shown.count
    return IntervalPlot(
      rows: rows, bounds: metric.isAccuracy ? 0...1 : nil, label: "Means and intervals"
    ).html
      + "<p class=\"muted small\">Circles are seeds, the square is their mean, the line its interval.\(rest > 0 ? " The first \(drawn) rows are drawn." : "")</p>"
  }
}
