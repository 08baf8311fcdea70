import Experiments
import Reports
import Runs
import Statistics

/// What gates are checked on: the numbers and predictions of one run, or of one evaluation.
package struct GateSubject: Sendable {
  /// How it is called in messages.
  package let name: String
  /// Nil for what was computed just now.
  package let folder: RunFolder?
  private let value: @Sendable (GateMetric) -> Double?
  private let rows: @Sendable (String) throws(WholeFile.Problem) -> [PredictionsReader.Row]
  /// How many pictures a split has.
  private let pictures: @Sendable (String) -> Int?

  /// A stored run: its best epoch, what its best weights gave on the test split, and its predictions.
  package init(_ run: RunReader) {
    name = run.folder.name
    folder = run.folder
    value = { metric in
      switch metric.name {
      case "seconds": run.summary.seconds
      case "images_per_second": run.summary.imagesPerSecond
      case "resident_mib": run.summary.residentMiB
      default: Metric(metric.name)?.value(of: run)
      }
    }
    rows = { split throws(WholeFile.Problem) in
      try PredictionsReader.read(run.folder.predictions(split))
    }
    pictures = { run.record?.data.pictures[$0] }
  }

  /// What an evaluation of a split gave.
  package init(
    evaluationOf name: String, split: String, values: [(String, Double)],
    rows found: [PredictionsReader.Row]
  ) {
    self.name = name
    folder = nil
    let values = Dictionary(values) { first, _ in first }
    value = { values[$0.name] }
    rows = { _ in found }
    pictures = { $0 == split ? found.count : nil }
  }

  /// Nil where there is no such number.
  func value(of metric: GateMetric) -> Double? { value(metric) }

  func predictions(_ split: String) throws(WholeFile.Problem) -> [PredictionsReader.Row] {
    try rows(split)
  }

  /// The pictures that a share is of; nil where it is not known how many there are.
  func proportion(_ metric: GateMetric) -> Proportion? {
    guard let split = metric.split, let value = value(of: metric), value >= 0, value <= 1,
      let count = pictures(split), count > 0
    else { return nil }
    return Proportion(successes: Int((value * Double(count)).rounded()), count: count)
  }

  /// Of each class of a split, by the name of its folder.
  func classes(_ split: String) throws(WholeFile.Problem) -> [(name: String, share: Proportion)] {
    let confusion = Confusion(try rows(split), classes: [])
    return confusion.perClass.filter { $0.count > 0 }.map {
      (confusion.classes[$0.place], Proportion(successes: $0.correct, count: $0.count))
    }
  }
}
