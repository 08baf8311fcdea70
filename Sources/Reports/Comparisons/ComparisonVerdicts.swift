import Statistics

/// Each row of a comparison against one of them, the baseline.
package struct ComparisonVerdicts: Sendable {
  package struct Entry: Sendable {
    /// The row's place.
    package let group: Int
    package let judgement: VerdictRule.Judgement
    /// Seeds of the row and of the baseline.
    package let seeds: (own: Int, baseline: Int)
  }

  /// The baseline's place among the rows.
  package let baseline: Int
  /// Whether it was named; else it is the best row.
  package let isGiven: Bool
  /// Whether no row is better than the baseline by its mean.
  package let isBestOfAll: Bool
  /// One for each other row, in their order.
  package let entries: [Entry]
  /// How many comparisons share the error rate. More than there are entries where the values chose the baseline:
  /// then each row might have been held against each.
  package let family: Int
  package let level: Double
  package let margin: Double?

  /// Nil for fewer than two rows with the metric.
  ///
  /// - Parameters:
  ///   - baseline: nil for the best row: of those with several seeds, since nothing can be said against one alone.
  ///   - lookedAt: how many rows of several seeds there are with those that are not shown. Of one seed nothing can be
  ///     claimed, so that it takes nothing from the others.
  init?(
    _ groups: [RunGroup], _ metric: Metric, baseline: Int?, lookedAt: Int,
    _ options: Comparison.Options
  ) {
    let values = groups.map { $0.values(metric) }
    let known = values.indices.filter { values[$0].summary.mean != nil }
    let several = known.filter { values[$0].seeds.count > 1 }
    func best(_ rows: [Int]) -> Int? {
      rows.reduce(nil) { best, row in
        guard let best else { return row }
        return metric.isBetter(values[row].summary.mean, values[best].summary.mean) ? row : best
      }
    }
    isGiven = baseline != nil
    guard groups.count > 1, let baseline = baseline ?? best(several) ?? best(known) else {
      return nil
    }
    self.baseline = baseline
    isBestOfAll = best(known) == baseline
    let others = groups.indices.filter { $0 != baseline }
    let lookedAt = max(lookedAt, several.count)
    family =
      isGiven
      ? lookedAt - (several.contains(baseline) ? 1 : 0) : lookedAt * (lookedAt - 1) / 2
    level = options.level
    margin = options.margin
    let rule = VerdictRule(metric.direction, level: level, margin: margin)
    let resolution = metric.resolution(of: groups[baseline].runs)
    let differences = others.map { row in
      Difference(
        candidate: values[row], baseline: values[baseline],
        resolution: max(metric.resolution(of: groups[row].runs), resolution))
    }
    let judgements = rule.judge(
      differences, unseen: family - several.count { $0 != baseline }, seeking: options.seeking)
    entries = zip(others, judgements).map { row, judgement in
      Entry(
        group: row, judgement: judgement,
        seeds: (values[row].seeds.count, values[baseline].seeds.count))
    }
  }

  /// Of a row; nil for the baseline itself.
  package func entry(of group: Int) -> Entry? {
    // The entries are those of the rows without the baseline, in their order.
    guard group != baseline else { return nil }
    return entries[group < baseline ? group : group - 1]
  }

  /// Where the true difference lies, for this comparison alone.
  package func interval(_ entry: Entry) -> Interval? {
    entry.judgement.difference.interval(level: level)
  }
}

extension Verdict {
  package var word: String {
    switch self {
    case .better: "better"
    case .worse: "worse"
    case .equivalent: "equivalent"
    case .inconclusive: "inconclusive"
    }
  }
}
