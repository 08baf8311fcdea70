import Runs
import Statistics

/// A metric by epoch for runs that are one row: the mean over them, and how far they scatter.
package struct GroupCurve: Sendable {
  /// One for each epoch that all of the runs have: a mean over fewer of them would jump.
  package let means: [Double]
  /// One standard deviation to either side of the mean; nil for one run.
  package let spreads: [ClosedRange<Double>?]
  /// How many runs there are.
  package let count: Int

  package init(_ group: RunGroup, _ metric: Metric) {
    let curves = group.runs.map { metric.curve(of: $0) }.filter { !$0.isEmpty }
    let length = curves.map(\.count).min() ?? 0
    let summaries = (0..<length).map { epoch in Summary(curves.map { $0[epoch] }) }
    count = curves.count
    means = summaries.map { $0.mean ?? .nan }
    spreads = summaries.map { summary in
      guard let mean = summary.mean, let deviation = summary.standardDeviation else { return nil }
      return mean - deviation...mean + deviation
    }
  }
}
