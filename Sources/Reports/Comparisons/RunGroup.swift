import Runs
import Statistics
import Synchronization
import Tensors

/// Runs that are one row of a comparison: those of one configuration, whatever their seeds, or those that share a
/// setting.
package struct RunGroup: Sendable {
  /// What the row is called.
  package let label: String
  package let runs: [RunReader]
  /// Of the runs' configurations, each once; several only where runs are grouped by a setting.
  package let settings: [RunSettings]

  private let known = KnownValues()

  /// What was computed once: among thousands of rows, each is asked for the same many times.
  private final class KnownValues: Sendable {
    let byMetric = Mutex<[String: SeededValues]>([:])
  }

  init(label: String, runs: [RunReader], settings: [RunSettings]) {
    (self.label, self.runs, self.settings) = (label, runs, settings)
  }

  /// The values of a metric, one for each seed.
  package func values(_ metric: Metric) -> SeededValues {
    if let values = known.byMetric.withLock({ $0[metric.name] }) { return values }
    let values = Self.seeded(runs, metric.value)
    known.byMetric.withLock { $0[metric.name] = values }
    return values
  }

  /// What runs have of a value, one for each seed.
  ///
  /// A run without a record has no known seed: it counts as one of its own, that is no pair of any other.
  static func seeded(
    _ runs: some Sequence<RunReader>, _ value: (RunReader) -> Double?
  ) -> SeededValues {
    SeededValues(
      runs.compactMap { run in
        value(run).map { (run.record?.seed ?? RandomStream.coordinate(of: run.folder.path), $0) }
      })
  }

  package func mean(_ metric: Metric) -> Double? { values(metric).summary.mean }

  /// Where the mean over seeds lies; never where the metric cannot be.
  package func interval(_ metric: Metric, level: Double) -> Interval? {
    values(metric).summary.interval(level: level).map {
      Interval(max(0, $0.lower), metric.isAccuracy ? min(1, $0.upper) : $0.upper)
    }
  }

  /// At the last epoch, the mean over the seeds.
  package func lastMean(_ metric: Metric) -> Double? {
    Self.seeded(runs, metric.lastValue).summary.mean
  }

  /// The mean over the runs that have the value; nil where none has.
  package func average(_ value: (RunReader) -> Double?) -> Double? {
    Summary(runs.compactMap(value)).mean
  }

  package var seconds: Double? { average(\.summary.seconds) }
  package var imagesPerSecond: Double? { average(\.summary.imagesPerSecond) }
  /// The greatest of any run.
  package var residentMiB: Double? { runs.compactMap(\.summary.residentMiB).max() }
  package var epochs: Double? {
    average { $0.summary.epochs == 0 ? nil : Double($0.summary.epochs) }
  }

  /// The best epochs of the runs, counted over all phases from 1.
  package var bestEpochs: [Int] { runs.compactMap(\.summary.bestEpoch) }

  /// The seeds of runs whose records can be read, ascending, each once.
  package var seeds: [UInt64] { Set(runs.compactMap { $0.record?.seed }).sorted() }

  /// Whether some of its settings can be read.
  package var hasSettings: Bool { settings.contains { !$0.isEmpty } }

  func has(_ path: String) -> Bool { settings.contains { $0.has(path) } }

  /// A setting; where the configurations of the row differ in it, all its values.
  package func text(_ path: String) -> String {
    let texts = Set(settings.map { $0.text(path) }).sorted()
    return texts.count > 3 ? "\(texts.count) values" : texts.joined(separator: " | ")
  }
}
