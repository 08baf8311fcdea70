import Diagnostics
import Runs
import Statistics

/// What `xrun compare` shows: runs of one configuration together, with only the settings that differ, and which
/// differences are real.
package struct Comparison: Sendable {
  package let metric: Metric
  /// The rows, in the order in which they are shown.
  package let groups: [RunGroup]
  /// Rows that were found and are not shown, because of a filter or a limit.
  package let hidden: Int
  /// Paths of settings that are not the same in all rows, sorted.
  package let differing: [String]
  /// Runs that are not completed, or that left nothing to compare.
  package let unfinished: [RunReader]
  /// Each row against the baseline; nil where there is nothing to compare.
  package let verdicts: ComparisonVerdicts?
  /// Two runs, picture by picture; nil where there are not two.
  package let pictures: PicturePairs?
  /// What one should know before believing the numbers, a sentence each.
  package let notes: [String]
  package let options: Options

  /// How runs are compared. Names are as people write them.
  package struct Options: Sendable {
    /// Nil for `val/acc1`.
    package var metric: String?
    /// A setting to group by instead of the configuration.
    package var by: String?
    /// Nil for the metric.
    package var sort: String?
    package var isReversed = false
    package var top: Int?
    package var filter: String?
    /// A run: its folder, its folder's name, or the label of its row. Nil for the best row.
    package var baseline: String?
    /// Leaves out columns that say the same of all rows.
    package var onlyChanged = false
    package var level = 0.95
    package var margin: Double?
    /// For how many rows to say how many more seeds would decide.
    package var seeking = Comparison.mostSentences
    package init() {}
  }

  /// The comparison, or all that is wrong with the options.
  package static func make(
    _ runs: [RunReader], _ options: Options = Options()
  ) -> (comparison: Comparison?, mistakes: [Diagnostic]) {
    var mistakes: [Diagnostic] = []
    let finished = runs.filter(isComparable)
    let configurations = ConfigurationSettings(finished)
    let metrics = Metric.all(in: finished)
    let settings = configurations.all

    func span(_ name: String, _ option: String) -> Span {
      let source = SourceText(name: "<argument \(option)>", text: name, isFile: false)
      return Span(source, 0..<source.bytes.count)
    }
    // 1. What the options mean. Without runs nothing can be misspelt.
    guard !finished.isEmpty else {
      return (Comparison(nothingBut: runs, options), [])
    }
    let (metric, wrongMetric) = metric(options.metric, among: metrics)
    mistakes += wrongMetric.map { [$0] } ?? []
    var sort: ComparisonField?
    if let name = options.sort {
      let (field, mistake) = ComparisonField.named(
        name, at: span(name, "--sort"), metrics: metrics, settings: settings)
      sort = field
      mistakes += mistake.map { [$0] } ?? []
    }
    var byPaths: [String]?
    if let name = options.by {
      let (paths, mistake) = ComparisonField.setting(
        named: name, at: span(name, "--by"), metrics: metrics, settings: settings)
      byPaths = paths
      mistakes += mistake.map { [$0] } ?? []
    }
    var filter: ComparisonFilter?
    if let text = options.filter {
      let (found, mistake) = ComparisonFilter.parse(text, metrics: metrics, settings: settings)
      filter = found
      mistakes += mistake.map { [$0] } ?? []
    }
    guard mistakes.isEmpty else { return (nil, mistakes) }

    // 2. Rows, and which of them is the baseline.
    let all = RunGroup.groups(finished, by: byPaths, byName: options.by, configurations)
    var baseline: Int?
    if let name = options.baseline {
      baseline = NamedRun(name).row(in: all)
      guard baseline != nil else { return (nil, [unknownBaseline(name, all)]) }
    }
    return (
      Comparison(
        all, metric, baseline: baseline, filter, sort ?? .metric(metric), by: byPaths ?? [],
        unfinished: runs.filter { !isComparable($0) }, options), []
    )
  }

  private init(
    _ all: [RunGroup], _ metric: Metric, baseline: Int?, _ filter: ComparisonFilter?,
    _ sort: ComparisonField, by: [String], unfinished: [RunReader], _ options: Options
  ) {
    self.metric = metric
    self.options = options
    self.unfinished = unfinished
    // 1. The order; equals by name, so that it does not depend on how folders are listed.
    let values = all.map { sort.value(of: $0) }
    let sorted = all.indices.sorted { a, b in
      let (first, second) = options.isReversed ? (values[b], values[a]) : (values[a], values[b])
      if (values[a] == nil) != (values[b] == nil) { return values[b] == nil }
      if sort.precedes(first, second) { return true }
      if sort.precedes(second, first) { return false }
      return all[a].label < all[b].label
    }.map { (index: $0, group: all[$0]) }
    // 2. What is shown. The baseline is, always: the others are held against it.
    let accepted = sorted.filter { $0.index == baseline || filter?.accepts($0.group) ?? true }
    var shown = Array(accepted.prefix(options.top ?? accepted.count))
    if let row = accepted.first(where: { $0.index == baseline }),
      !shown.contains(where: { $0.index == baseline })
    {
      shown.append(row)
    }
    groups = shown.map(\.group)
    hidden = all.count - shown.count
    differing = RunSettings.differing(groups.flatMap(\.settings)).filter { !by.contains($0) }
    // 3. What is hidden because of its results was looked at all the same.
    let rows = filter?.usesSettingsOnly ?? false ? accepted.map(\.group) : all
    let lookedAt = rows.count { $0.values(metric).seeds.count > 1 }
    verdicts = ComparisonVerdicts(
      groups, metric, baseline: shown.firstIndex { $0.index == baseline },
      lookedAt: lookedAt, options)
    let runs = groups.flatMap(\.runs)
    pictures =
      runs.count == 2 ? PicturePairs(runs[0], runs[1], metric.split, level: options.level) : nil
    notes = ComparisonNotes.all(
      groups, metric, unfinished: unfinished, by: options.by, differing: differing)
  }

  /// Without anything to compare.
  private init(nothingBut runs: [RunReader], _ options: Options) {
    self.options = options
    metric = options.metric.flatMap { Metric($0) } ?? .standard
    (groups, hidden, differing, unfinished) = ([], 0, [], runs)
    (verdicts, pictures, notes) = (nil, nil, [])
  }

  /// Completed, or of a damaged folder in which there is something to show.
  private static func isComparable(_ run: RunReader) -> Bool {
    switch run.record?.status {
    case .completed?: run.summary.epochs > 0 || run.record?.best != nil
    case nil: run.summary.epochs > 0
    default: false
    }
  }

  /// What cannot be read beside what the runs themselves name.
  package var problems: [String] {
    groups.filter { !$0.hasSettings }.map {
      "\($0.runs[0].folder.resolved): cannot be read, so its settings are not compared"
    } + (pictures?.problems ?? [])
  }
}

// MARK: Mistakes

extension Comparison {
  private static func metric(
    _ name: String?, among known: [Metric]
  ) -> (metric: Metric, mistake: Diagnostic?) {
    guard let name else { return (.standard, nil) }
    if let metric = known.first(where: { $0.name == name }) { return (metric, nil) }
    let names = known.map(\.name)
    let source = SourceText(name: "<argument --metric>", text: name, isFile: false)
    return (
      .standard,
      .error(
        "unknown-field", "these runs have no metric '\(name)'",
        at: Span(source, 0..<source.bytes.count), label: Suggestion.label(for: name, among: names),
        help: names.isEmpty ? nil : "there are \(Suggestion.list(names))")
    )
  }

  private static func unknownBaseline(_ name: String, _ groups: [RunGroup]) -> Diagnostic {
    let names = groups.flatMap { [$0.label] + $0.runs.map(\.folder.name) }
    let source = SourceText(name: "<argument --baseline>", text: name, isFile: false)
    return .error(
      "missing-run", "'\(name)' is none of the runs that are compared",
      at: Span(source, 0..<source.bytes.count), label: Suggestion.label(for: name, among: names),
      help: "name a completed run, or its row, such as '\(names.first ?? "?")'")
  }
}
