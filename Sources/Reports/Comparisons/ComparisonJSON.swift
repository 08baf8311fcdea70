import Models
import Runs
import Statistics
import Tensors

extension Comparison {
  /// One object; what is not known is null.
  package var json: JSON {
    let draws = ComparisonNotes.draws(for: groups)
    return .object([
      "metric": .string(metric.name),
      "direction": .string(metric.isAccuracy ? "higher" : "lower"),
      "level": .number(options.level), "margin": .of(options.margin),
      "baseline": .of(verdicts.map { groups[$0.baseline].label }),
      "comparisons": verdicts.map { .integer($0.family) } ?? .null,
      "configurations": .array(Threads.map(groups.count) { object(groups[$0], $0, draws) }),
      "pictures": pictures?.json ?? .null,
      "hidden": .integer(hidden),
      "not_compared": .array(
        unfinished.map { run in
          .object(["run": .string(run.folder.path), "status": .of(run.state?.rawValue)])
        }),
      "notes": .array(notes.map(JSON.string)),
    ])
  }

  private func object(
    _ group: RunGroup, _ row: Int, _ draws: SelectionBias.Draws
  ) -> JSON {
    func statistics(_ metric: Metric) -> JSON {
      let summary = group.values(metric).summary
      guard summary.mean != nil else { return .null }
      return .object([
        "n": .integer(summary.count), "mean": .of(summary.mean),
        "standard_deviation": .of(summary.standardDeviation),
        "interval": .of(group.interval(metric, level: options.level)),
      ])
    }
    var members: [JSON.Member] = [
      JSON.Member("name", .string(group.label)),
      JSON.Member("runs", .array(group.runs.map { .string($0.folder.path) })),
      JSON.Member("n", .integer(group.values(metric).seeds.count)),
      JSON.Member("configuration", .of(group.runs[0].record?.configuration)),
      JSON.Member(
        "seeds",
        .array(
          group.runs.map { run in run.record.map { .integer(Int(clamping: $0.seed)) } ?? .null })),
    ]
    var metrics = [metric]
    metrics += Metric.shown.filter { $0 != metric }
    members += metrics.map { JSON.Member($0.name, statistics($0)) }
    members += [
      JSON.Member("last", .of(group.lastMean(metric))),
      JSON.Member("best_epochs", .array(group.bestEpochs.map(JSON.integer))),
      JSON.Member("selection_bias", .of(ComparisonNotes.selectionBias(group, metric, draws))),
      JSON.Member("epochs", .of(group.epochs)),
      JSON.Member("seconds", .of(group.seconds)),
      JSON.Member("images_per_second", .of(group.imagesPerSecond)),
      JSON.Member("resident_mib", .of(group.residentMiB)),
      JSON.Member(
        "differing",
        .object(
          differing.map { JSON.Member($0, group.has($0) ? .string(group.text($0)) : .null) })),
      JSON.Member("verdict", verdict(row)),
    ]
    return .object(members)
  }

  /// Against the baseline; null for the baseline itself.
  private func verdict(_ row: Int) -> JSON {
    guard let verdicts, let entry = verdicts.entry(of: row) else { return .null }
    let judgement = entry.judgement
    var more: JSON = .null
    if case .inconclusive(.about(let count)) = judgement.verdict { more = .integer(count) }
    var isPaired = false
    if case .paired = judgement.difference.design { isPaired = true }
    return .object([
      "verdict": .string(judgement.verdict.word),
      "difference": .of(judgement.difference.estimate),
      "interval": .of(verdicts.interval(entry)),
      "p": .of(judgement.differencePValue),
      "p_equivalence": .of(judgement.equivalencePValue),
      "p_adjusted": .of(judgement.adjustedPValue),
      "p_equivalence_adjusted": .of(judgement.adjustedEquivalencePValue),
      "paired": .boolean(isPaired),
      "seeds": .array([.integer(entry.seeds.own), .integer(entry.seeds.baseline)]),
      "more_seeds": more,
    ])
  }
}

extension JSON {
  static func of(_ number: Double?) -> JSON { number.map(JSON.number) ?? .null }

  static func of(_ interval: Interval?) -> JSON {
    interval.map { .array([.number($0.lower), .number($0.upper)]) } ?? .null
  }
}
