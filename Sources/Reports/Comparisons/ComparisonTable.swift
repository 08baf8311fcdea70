import Statistics
import Tensors

extension Comparison {
  /// The rows in columns; those that tell least give way first where the width is short.
  package var table: Table { table(settingsFirst: false) }

  /// - Parameter settingsFirst: whether what differs stands before what else was measured.
  func table(settingsFirst: Bool) -> Table {
    var columns = [Table.Column("run"), Table.Column("n", isNumeric: true)]
    var cells: [@Sendable (RunGroup, Int) -> String] = [
      { group, _ in group.label }, { group, _ in self.count(group) },
    ]
    func add(
      _ title: String, isNumeric: Bool = true, dropRank: Int?, shortTitle: String? = nil,
      _ cell: @escaping @Sendable (RunGroup, Int) -> String
    ) {
      columns.append(
        Table.Column(title, isNumeric: isNumeric, dropRank: dropRank, shortTitle: shortTitle))
      cells.append(cell)
    }
    add(metric.name, dropRank: nil) { group, _ in Self.spread(group.values(self.metric).summary) }
    // What sentences below the table tell of each row is told there.
    let areTold = groups.count <= Self.mostSentences + 1
    add("\(Numbers.percent(options.level)) interval", dropRank: areTold ? 3 : 6) { group, _ in
      Self.interval(group.interval(self.metric, level: self.options.level))
    }
    if let verdicts {
      add("verdict", isNumeric: false, dropRank: areTold ? 6 : 3) { _, row in
        row == verdicts.baseline
          ? "baseline" : verdicts.entry(of: row)?.judgement.verdict.word ?? "-"
      }
    }
    func addSettings() {
      for (index, path) in differing.enumerated() {
        add(
          path, isNumeric: false, dropRank: index < 2 ? 2 : 5,
          shortTitle: Self.shortTitle(of: path, among: differing)
        ) { group, _ in group.text(path) }
      }
    }
    if settingsFirst { addSettings() }
    if metric.split != "test" {
      add("epoch", dropRank: 7) { group, _ in Self.epochs(group) }
      add("last", dropRank: 8) { group, _ in Numbers.fixed(group.lastMean(self.metric), 4) }
    }
    for other in Metric.shown where other != metric {
      add(other.name, dropRank: other.name == "val/loss" ? 9 : 4) { group, _ in
        Self.spread(group.values(other).summary)
      }
    }
    add("time", dropRank: 10) { group, _ in Numbers.duration(group.seconds ?? .nan) }
    add("images/s", dropRank: 11) { group, _ in Numbers.fixed(group.imagesPerSecond, 0) }
    add("MiB", dropRank: 12) { group, _ in Numbers.fixed(group.residentMiB, 0) }
    if !settingsFirst { addSettings() }
    var rows = Threads.map(groups.count) { [cells] row in cells.map { $0(groups[row], row) } }
    let kept = columns.indices.filter { column in
      if column == 0 || columns[column].title == metric.name { return true }
      if options.onlyChanged, rows.count > 1 {
        return rows.contains { $0[column] != rows[0][column] }
      }
      // What is known of no row, such as a test split, is no column.
      return rows.contains { $0[column] != "-" }
    }
    columns = kept.map { columns[$0] }
    rows = rows.map { row in kept.map { row[$0] } }
    var table = Table(columns)
    for row in rows { table.add(row) }
    return table
  }

  /// The end of a setting's path, as options take it too: `lr`, and with the transform in front in a list of them.
  static func shortTitle(of path: String, among paths: [String]) -> String? {
    let parts = path.split(separator: ".")
    let isInList = parts.count > 2 && parts[parts.count - 3].contains("[")
    for count in (isInList ? 2 : 1)..<max(2, parts.count) where count < parts.count {
      let end = parts.suffix(count).joined(separator: ".")
      if !paths.contains(where: { $0 != path && ($0 == end || $0.hasSuffix("." + end)) }) {
        return end
      }
    }
    return nil
  }

  /// The number of seeds; with that of runs where it is another.
  private func count(_ group: RunGroup) -> String {
    let seeds = group.values(metric).seeds.count
    return seeds == group.runs.count ? "\(seeds)" : "\(seeds) (\(group.runs.count) runs)"
  }

  /// `mean ± standard deviation` where there are several values.
  static func spread(_ summary: Summary) -> String {
    guard let deviation = summary.standardDeviation else { return Numbers.fixed(summary.mean, 4) }
    return "\(Numbers.fixed(summary.mean, 4)) ± \(Numbers.fixed(deviation, 4))"
  }

  private static func interval(_ interval: Interval?) -> String {
    interval.map { "\(Numbers.fixed($0.lower, 4))–\(Numbers.fixed($0.upper, 4))" } ?? "-"
  }

  /// The best epoch of all, over all phases: `3/10`, `3-5/10` where runs differ.
  static func epochs(_ group: RunGroup) -> String {
    let lengths = group.runs.map(\.summary.epochs).filter { $0 > 0 }
    func range(_ values: [Int]) -> String {
      guard let least = values.min(), let most = values.max() else { return "-" }
      return least == most ? "\(least)" : "\(least)-\(most)"
    }
    return lengths.isEmpty ? "-" : "\(range(group.bestEpochs))/\(range(lengths))"
  }
}
