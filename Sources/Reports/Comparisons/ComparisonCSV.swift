import Runs
import Statistics

extension Comparison {
  /// A row for each configuration (RFC 4180), numbers with all their digits; what is not known is empty.
  package var csv: String {
    var columns: [(title: String, cell: (RunGroup, Int) -> String)] = [
      ("run", { group, _ in group.label }),
      ("configuration", { group, _ in group.runs[0].record?.configuration ?? "" }),
      ("runs", { group, _ in "\(group.runs.count)" }),
      ("seeds", { group, _ in group.seeds.map(String.init).joined(separator: " ") }),
    ]
    var metrics = [metric]
    metrics += Metric.shown.filter { $0 != metric }
    for metric in metrics {
      columns += [
        ("\(metric.name) n", { group, _ in "\(group.values(metric).seeds.count)" }),
        ("\(metric.name) mean", { group, _ in Self.text(group.mean(metric)) }),
        (
          "\(metric.name) std",
          { group, _ in Self.text(group.values(metric).summary.standardDeviation) }
        ),
      ]
    }
    columns += [
      ("low", { group, _ in Self.text(self.interval(group)?.lower) }),
      ("high", { group, _ in Self.text(self.interval(group)?.upper) }),
      ("last", { group, _ in Self.text(group.lastMean(self.metric)) }),
      (
        "best_epochs", { group, _ in group.bestEpochs.map(String.init).joined(separator: " ") }
      ),
      ("epochs", { group, _ in Self.text(group.epochs) }),
      ("seconds", { group, _ in Self.text(group.seconds) }),
      ("images_per_second", { group, _ in Self.text(group.imagesPerSecond) }),
      ("resident_mib", { group, _ in Self.text(group.residentMiB) }),
    ]
    if let verdicts {
      func entry(_ row: Int) -> ComparisonVerdicts.Entry? { verdicts.entry(of: row) }
      columns += [
        (
          "verdict",
          { _, row in
            row == verdicts.baseline ? "baseline" : entry(row)?.judgement.verdict.word ?? ""
          }
        ),
        ("difference", { _, row in Self.text(entry(row)?.judgement.difference.estimate) }),
        ("difference_low", { _, row in Self.text(entry(row).flatMap(verdicts.interval)?.lower) }),
        ("difference_high", { _, row in Self.text(entry(row).flatMap(verdicts.interval)?.upper) }),
        ("p", { _, row in Self.text(entry(row)?.judgement.differencePValue) }),
        ("p_equivalence", { _, row in Self.text(entry(row)?.judgement.equivalencePValue) }),
        ("p_adjusted", { _, row in Self.text(entry(row)?.judgement.adjustedPValue) }),
        (
          "p_equivalence_adjusted",
          { _, row in Self.text(entry(row)?.judgement.adjustedEquivalencePValue) }
        ),
      ]
    }
    for path in differing {
      columns.append((path, { group, _ in group.has(path) ? group.text(path) : "" }))
    }
    let rows =
      [columns.map(\.title)]
      + groups.enumerated().map { row, group in columns.map { $0.cell(group, row) } }
    return rows.map { $0.map(PredictionsWriter.field).joined(separator: ",") }
      .joined(separator: "\n")
  }

  func interval(_ group: RunGroup) -> Interval? {
    group.interval(metric, level: options.level)
  }

  private static func text(_ value: Double?) -> String {
    value.flatMap { $0.isFinite ? Numbers.short($0) : nil } ?? ""
  }
}
