import Reports
import Runs

/// How each class does: its accuracy, how many pictures it has, and what it is taken for.
enum ClassesSection {
  static func section(_ run: RunContents) -> Page.Section {
    if run.predictionsProblem != nil {
      return Page.Section(
        "classes", "Classes",
        RunContents.missing("Without predictions nothing is known of classes."))
    }
    let hasNames = run.confusion.classes.contains { run.name($0) != $0 }
    var table = SortableTable(
      columns: [SortableTable.Column(title: "class")]
        + (hasNames ? [SortableTable.Column(title: "folder")] : [])
        + [
          SortableTable.Column(title: "accuracy", isNumeric: true, order: .ascending),
          SortableTable.Column(title: ""),
          SortableTable.Column(title: "right", isNumeric: true),
          SortableTable.Column(title: "pictures", isNumeric: true),
          SortableTable.Column(title: "most often called instead"),
          SortableTable.Column(title: "times", isNumeric: true),
        ], style: "wide", label: "Classes")
    // The worst first: they are what one looks for.
    let results = run.confusion.perClass.sorted { a, b in
      (a.accuracy ?? 2, a.place) < (b.accuracy ?? 2, b.place)
    }
    for result in results {
      let folder = run.confusion.classes[result.place]
      table.rows.append(
        [.text(run.name(folder), style: "name")] + (hasNames ? [.text(folder)] : [])
          + [
            .number(result.accuracy),
            SortableTable.Cell(
              html: bar(result.accuracy), key: result.accuracy.map(Numbers.short) ?? ""),
            .count(result.correct), .count(result.count),
            .text(result.mistake.map { run.name(at: $0.place) } ?? "", style: "name"),
            SortableTable.Cell(
              html: result.mistake.map { "\($0.count)" } ?? "",
              key: result.mistake.map { "\($0.count)" } ?? ""),
          ])
    }
    let body: HTML = """
      <p>On the \(run.split) pictures, the worst class first<span class="on-screen">; press a column's head to order by it</span>.</p>
      <div class="scroll tall">\(table.html)</div>
      """
    return Page.Section("classes", "Classes", body)
  }

  private static func bar(_ share: Double?) -> HTML {
    guard let share else { return "" }
    return """
      <svg class="bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="all" width="100" height="8" rx="2"/><rect class="part" width="\(Value.place(share * 100))" height="8" rx="2"/></svg>
      """
  }
}
