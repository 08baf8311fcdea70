import Diagnostics
import Reports
import Runs

/// Which classes are taken for which: pairs, the most confused first, then the whole matrix.
enum ConfusionSection {
  /// How many pairs are shown at first.
  private static let shown = 40
  /// The most that are in the page: all that 102 classes can have.
  private static let listed = 10_302
  /// The first pairs are shown with pictures, so many of each.
  private static let illustrated = (pairs: 12, pictures: 3)

  static func section(_ run: RunContents) -> Page.Section {
    if let problem = run.predictionsProblem {
      return Page.Section(
        "confusion", "Confusion",
        RunContents.missing("There are no predictions to show: \(problem)."))
    }
    let confusion = run.confusion
    let pairs = confusion.pairs
    let body: HTML = """
      \(lead(run))
      \(agreement(run))
      <h3>Most confused pairs</h3>
      \(pairs.isEmpty ? "<p>Every picture is called what it is.</p>" : list(run, pairs))
      <h3>The matrix</h3>
      \(MatrixPicture(confusion, names: confusion.classes.map(run.name)).html)
      """
    return Page.Section("confusion", "Confusion", body)
  }

  private static func lead(_ run: RunContents) -> HTML {
    let confusion = run.confusion
    let wrong = confusion.total - confusion.correct
    return """
      <p>Of \(Numbers.grouped(confusion.total)) \(run.split) pictures the best weights call <b>\(Numbers.grouped(confusion.correct)) what they are</b> (\(Value.html(confusion.accuracy))) and \(Numbers.grouped(wrong)) something else; the mean over classes is \(Value.html(confusion.meanPerClass)).</p>
      """
  }

  /// Whether predictions and metrics, which were written apart, say the same.
  private static func agreement(_ run: RunContents) -> HTML {
    let name = "\(run.split)/acc1"
    let line = run.split == "test" ? run.reader.test : run.reader.best
    guard let reported = line?.numbers[name], let own = run.confusion.accuracy else { return "" }
    let file = "predictions/\(run.split).csv"
    if reported == own {
      return """
        <p class="muted small">✓ \(file) and metrics.jsonl agree to the last digit: \(name) is \(Numbers.short(own)).</p>
        """
    }
    return """
      <p class="note warn">\(file) gives \(name) \(Numbers.short(own)), and metrics.jsonl says \(Numbers.short(reported)) for the best epoch: one of them is not of these weights.</p>
      """
  }

  private static func list(_ run: RunContents, _ pairs: [Confusion.Pair]) -> HTML {
    let listed = pairs.prefix(Self.listed)
    let pictures = examples(run, Array(listed.prefix(illustrated.pairs)))
    var table = SortableTable(
      columns: [
        SortableTable.Column(title: "is"), SortableTable.Column(title: "called"),
        SortableTable.Column(title: "pictures", isNumeric: true, order: .descending),
        SortableTable.Column(title: "of", isNumeric: true),
        SortableTable.Column(title: "share", isNumeric: true),
        SortableTable.Column(title: "other way", isNumeric: true),
      ] + (pictures.isEmpty ? [] : [SortableTable.Column(title: "for example")]),
      style: "wide pairs", hasStyledColumns: true,
      shown: listed.count > Self.shown ? Self.shown : nil, label: "Most confused pairs")
    for (index, pair) in listed.enumerated() {
      let share = Double(pair.count) / Double(pair.of)
      var row: [SortableTable.Cell] = [
        .text(run.name(at: pair.label)), .text(run.name(at: pair.predicted)), .count(pair.count),
        .count(pair.of),
        SortableTable.Cell(
          html: HTML(text: Numbers.fixed(share * 100, 0) + "\u{A0}%"), key: Numbers.fixed(share, 4)),
        .count(pair.reverse),
      ]
      if !pictures.isEmpty {
        let thumbs = index < pictures.count ? pictures[index] : []
        row.append(
          thumbs.isEmpty
            ? SortableTable.Cell(html: "")
            : SortableTable.Cell(
              html: "<span class=\"thumbs\">\(thumbs.joined())</span>", key: "\(index)"))
      }
      table.rows.append(row)
    }
    let rest = pairs.count - listed.count
    let more: HTML =
      rest > 0
      ? "<p class=\"muted small\">and \(Counted.of(rest, "pair")) more, of \(Counted.of(pairs[listed.count].count, "picture")) each or fewer: predictions/\(run.split).csv has them.</p>"
      : ""
    let choice: HTML =
      table.shown == nil
      ? ""
      : "<input type=\"checkbox\" class=\"show-all\" id=\"all-pairs\"><label for=\"all-pairs\">show all \(Numbers.grouped(listed.count)) pairs, not only the first \(Self.shown)</label>\n"
    return "<div>\(choice)<div class=\"scroll tall\">\(table.html)</div>\(more)</div>"
  }

  /// The first pictures of each pair.
  private static func examples(_ run: RunContents, _ pairs: [Confusion.Pair]) -> [[HTML]] {
    guard run.pictures.data != nil else { return [] }
    let rows = pairs.map { pair in
      run.rows.filter {
        $0.label == run.confusion.classes[pair.label]
          && $0.predicted == run.confusion.classes[pair.predicted]
      }.prefix(illustrated.pictures)
    }
    let thumbnails = run.pictures.thumbnails(rows.joined().map(\.path), side: 88)
    var next = 0
    return rows.map { rows in
      rows.compactMap { row in
        defer { next += 1 }
        return thumbnails[next].thumbnail?.html(row.path)
      }
    }
  }
}
