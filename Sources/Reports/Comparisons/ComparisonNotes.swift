import Diagnostics
import Runs
import Statistics

/// What one should know before believing a comparison's numbers.
enum ComparisonNotes {
  static func all(
    _ groups: [RunGroup], _ metric: Metric, unfinished: [RunReader], by: String?,
    differing: [String]
  ) -> [String] {
    selection(groups, metric) + pictures(groups, metric) + diverged(groups, unfinished)
      + repeated(groups) + mixed(groups, by, differing)
  }

  // MARK: Chosen on what it is reported on

  /// Rows whose runs are looked at: the estimate simulates, and the rows are alike.
  private static let looked = 8

  private static func selection(_ groups: [RunGroup], _ metric: Metric) -> [String] {
    let draws = draws(for: groups.prefix(looked))
    let bias = groups.prefix(looked).compactMap { selectionBias($0, metric, draws) }.max()
    guard let bias else { return [] }
    let size = bias < 0.00005 ? "but hardly at all" : "by up to about \(Numbers.rate(bias))"
    let direction = metric.isAccuracy ? "high" : "low"
    let other = groups.contains { $0.mean(testLike(metric)) != nil }
    return [
      "each run's \(metric.name) is that of the epoch chosen on these same pictures, so it is too "
        + "\(direction), \(size)"
        + (other ? "; --metric \(testLike(metric).name) is not" : "")
    ]
  }

  private static func testLike(_ metric: Metric) -> Metric {
    Metric("test/" + metric.name.split(separator: "/").dropFirst().joined()) ?? metric
  }

  /// What the estimates of these rows draw.
  static func draws(for groups: some Collection<RunGroup>) -> SelectionBias.Draws {
    let longest = groups.reduce(0) { longest, group in
      group.runs.prefix(looked).reduce(longest) { max($0, $1.summary.epochs) }
    }
    return SelectionBias.Draws(epochs: longest)
  }

  /// How much better than they are a row's values look on average; nil where their epochs were not chosen on the
  /// split that is reported.
  static func selectionBias(
    _ group: RunGroup, _ metric: Metric, _ draws: SelectionBias.Draws
  ) -> Double? {
    RunGroup.seeded(group.runs.prefix(looked)) { run in
      let chosenOn = run.record?.best?.metric.prefix { $0 != "/" }
      guard metric.split != "test", chosenOn.map(String.init) == metric.split,
        run.summary.epochs > 1
      else { return nil }
      let curve = metric.curve(of: run)
      return SelectionBias.estimate(
        curve,
        pictures: metric.isAccuracy ? run.record?.data.pictures[metric.split] : nil,
        direction: metric.direction,
        // Since it was listed a run may have gone on.
        draws: curve.count <= run.summary.epochs ? draws : nil)
    }.summary.mean
  }

  // MARK: Not the same things

  private static func pictures(_ groups: [RunGroup], _ metric: Metric) -> [String] {
    var fingerprints = Set<String>()
    var last: String?
    for group in groups {
      for run in group.runs {
        // Thousands of runs have the same.
        guard let own = run.record?.data.fingerprint, own != last else { continue }
        last = own
        fingerprints.insert(own)
      }
    }
    guard fingerprints.count > 1 else { return [] }
    return [
      "the runs did not see the same pictures (\(fingerprints.count) fingerprints of the data): "
        + "differences may be due to that"
    ]
  }

  private static func diverged(_ groups: [RunGroup], _ unfinished: [RunReader]) -> [String] {
    var counts: [String: Int] = [:]
    for run in unfinished where run.state == .diverged {
      counts[run.record?.configuration ?? "", default: 0] += 1
    }
    if counts.isEmpty { return [] }
    return groups.compactMap { group in
      let configurations = Set(group.runs.compactMap { $0.record?.configuration })
      let count = configurations.reduce(0) { $0 + (counts[$1] ?? 0) }
      guard count > 0 else { return nil }
      return "\(Counted.of(count, "run")) of \(group.label) diverged and "
        + "\(count == 1 ? "is" : "are") not in its mean, which is that of the others"
    }
  }

  private static func repeated(_ groups: [RunGroup]) -> [String] {
    let again = groups.filter { group in
      group.settings.count == 1 && group.seeds.count < group.runs.count { $0.record != nil }
    }
    guard !again.isEmpty else { return [] }
    let names = again.prefix(3).map(\.label).joined(separator: ", ") + (again.count > 3 ? " …" : "")
    return ["\(names): several runs of one seed count once, with their mean"]
  }

  private static func mixed(
    _ groups: [RunGroup], _ by: String?, _ differing: [String]
  ) -> [String] {
    guard let by, groups.contains(where: { $0.settings.count > 1 }) else { return [] }
    let names =
      differing.prefix(4).joined(separator: ", ") + (differing.count > 4 ? " …" : "")
    return [
      "rows by \(by) hold runs that differ in other settings too (\(names)): where these are not "
        + "spread alike over the rows, a difference may be theirs"
    ]
  }
}
