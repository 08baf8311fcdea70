import Runs
import Statistics

/// A number that runs are compared by, such as `val/acc1`.
package struct Metric: Sendable, Hashable {
  package let name: String
  // Kept, since sorting thousands of rows asks for them each time.
  package let isAccuracy: Bool
  package let split: String

  /// Nil for a name that does not say what it measures: losses are better lower, accuracies higher.
  package init?(_ name: String) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, ["train", "val", "test"].contains(parts[0]),
      parts[1].contains("loss") || parts[1].hasPrefix("acc")
    else { return nil }
    self.init(known: name)
  }

  private init(known name: String) {
    self.name = name
    isAccuracy = !name.contains("loss")
    split = String(name.prefix { $0 != "/" })
  }

  package static let standard = Metric(known: "val/acc1")

  /// What the table shows of each run, whatever it is compared by.
  static let shown = [standard, Metric(known: "val/loss"), Metric(known: "test/acc1")]

  package var direction: VerdictRule.Direction { isAccuracy ? .higherIsBetter : .lowerIsBetter }

  /// Whether the first of two values is the better one; what is no number is worse than any.
  package func isBetter(_ a: Double?, _ b: Double?) -> Bool {
    guard let a, a.isFinite else { return false }
    guard let b, b.isFinite else { return true }
    return isAccuracy ? a > b : a < b
  }

  /// The metrics that runs have, by name.
  package static func all(in runs: [RunReader]) -> [Metric] {
    var names = Set<String>()
    var last: [String] = []
    for run in runs {
      // Thousands of runs have the same.
      if run.summary.names != last {
        last = run.summary.names
        names.formUnion(last)
      }
      if let best = run.record?.best?.metric { names.insert(best) }
      names.formUnion((run.record?.test ?? [:]).keys)
    }
    return names.sorted().compactMap { Metric($0) }
  }

  /// At the run's best epoch; on the test split what its best weights gave.
  package func value(of run: RunReader) -> Double? {
    if split == "test" { return run.test?.numbers[name] ?? run.record?.test?[name] }
    if let best = run.summary.best { return best.numbers[name] }
    // Of a run whose metrics are lost what its record keeps.
    return run.record?.best?.metric == name ? run.record?.best?.value : nil
  }

  /// At the run's last epoch; nil on the test split, which is looked at once.
  package func lastValue(of run: RunReader) -> Double? {
    split == "test" ? nil : run.summary.last?.numbers[name]
  }

  /// One value for each epoch; empty on the test split.
  package func curve(of run: RunReader) -> [Double] {
    split == "test" ? [] : run.epochs.map { $0.numbers[name] ?? .nan }
  }

  /// The largest step that the metric makes in any of the runs: a picture more or less of an accuracy; 0 where there is
  /// none.
  package func resolution(of runs: [RunReader]) -> Double {
    guard isAccuracy else { return 0 }
    let fewest = runs.compactMap { $0.record?.data.pictures[split] }.filter { $0 > 0 }.min()
    return fewest.map { 1 / Double($0) } ?? 0
  }
}
