import Diagnostics
import Reports

/// Curves of the configurations, each with the spread over its seeds.
enum GroupCurvesSection {
  /// As many as have colours of their own.
  private static let drawn = 8

  static func section(_ comparison: Comparison) -> Page.Section? {
    let shown = Array(comparison.groups.prefix(drawn))
    var metrics = comparison.metric.split == "test" ? [] : [comparison.metric]
    for name in ["val/acc1", "val/loss", "train/loss"] {
      if let metric = Metric(name), !metrics.contains(metric) { metrics.append(metric) }
    }
    let charts = metrics.prefix(3).map { chart($0, shown, comparison).html }
    guard charts.contains(where: { !$0.isEmpty }) else { return nil }
    let rest = comparison.groups.count - shown.count
    let body: HTML = """
      <div class="charts">
      \(charts.joined())</div>
      <p class="muted small">Lines are means over the runs of a row, as far as all of them went; the bands are one standard deviation to either side.\(rest > 0 ? " Of \(comparison.groups.count) rows the first \(drawn) are drawn." : "")</p>
      """
    return Page.Section("curves", "Curves", body)
  }

  private static func chart(
    _ metric: Metric, _ groups: [RunGroup], _ comparison: Comparison
  ) -> LineChart {
    let curves = groups.map { GroupCurve($0, metric) }
    let length = curves.map(\.means.count).max() ?? 0
    let series = zip(groups, curves).enumerated().map { index, pair in
      let (group, curve) = pair
      let missing = length - curve.means.count
      return LineChart.Series(
        name: name(group, comparison),
        values: curve.means + Array(repeating: .nan, count: missing),
        band: curve.spreads + Array(repeating: nil, count: missing),
        colour: ComparisonPage.colour(index))
    }
    return LineChart(
      title: metric.name, labels: (0..<length).map { "epoch \($0 + 1)" },
      ticks: (0..<length).map { "\($0 + 1)" }, series: series,
      bounds: metric.isAccuracy ? 0...1 : nil)
  }

  /// What tells the rows apart, as short as may be.
  private static func name(_ group: RunGroup, _ comparison: Comparison) -> String {
    guard comparison.differing.count == 1, group.hasSettings else { return group.label }
    let path = comparison.differing[0]
    return "\(path.split(separator: ".").last ?? "") \(group.text(path))"
  }
}
