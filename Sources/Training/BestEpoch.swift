import Diagnostics
import Experiments

/// The epoch whose weights are kept.
package struct BestEpoch: Sendable {
  package let metric: String
  package let value: Double
  package let phase: String
  package let phaseIndex: Int
  /// From 1.
  package let epoch: Int

  /// Whether a value of a metric is strictly better: losses are minimised, the rest is maximised.
  static func isBetter(_ value: Double, than other: Double, metric: String) -> Bool {
    guard !value.isNaN else { return false }
    return metric.hasSuffix("/loss") ? value < other : value > other
  }
}

/// Watches a phase's monitored metric: which epoch is its best, and whether it has stopped to improve.
package struct EarlyStoppingState {
  private let metric: String
  private let rule: EarlyStopping?
  private var best: Double?
  /// The value that the last real improvement reached; `min_delta` counts from it.
  private var reference: Double?
  private var epochsWithout = 0

  /// - Parameters:
  ///   - metric: the monitored one; losses are minimised, the rest is maximised.
  ///   - rule: nil to find the best only.
  package init(metric: String, rule: EarlyStopping?) {
    self.metric = metric
    self.rule = rule
  }

  init(_ phase: Phase) {
    self.init(metric: phase.train.monitor, rule: phase.earlyStopping)
  }

  /// Takes the next epoch's value.
  ///
  /// - Returns: whether it is the best so far; of equal ones the first is.
  package mutating func isBest(_ value: Double) -> Bool {
    let isBest = best.map { BestEpoch.isBetter(value, than: $0, metric: metric) } ?? !value.isNaN
    if isBest { best = value }
    let delta = (rule?.minDelta ?? 0) * (metric.hasSuffix("/loss") ? -1 : 1)
    let improves =
      reference.map { BestEpoch.isBetter(value, than: $0 + delta, metric: metric) } ?? !value.isNaN
    if improves {
      reference = value
      epochsWithout = 0
    } else {
      epochsWithout += 1
    }
    return isBest
  }

  /// Whether more epochs than `patience` bears have passed without improvement.
  package var shouldStop: Bool { rule.map { epochsWithout >= $0.patience } ?? false }

  /// Why the phase ends, in words: `val/acc1 has not improved for 5 epochs`.
  package var reason: String {
    let delta = rule?.minDelta ?? 0
    return "\(metric) has not improved \(delta > 0 ? "by more than \(delta) " : "")for "
      + Counted.of(epochsWithout, "epoch")
  }
}

/// Seconds since the last look.
struct EpochClock {
  private var last = ContinuousClock.now

  mutating func lap() -> Double {
    let now = ContinuousClock.now
    defer { last = now }
    let parts = (now - last).components
    return Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
  }
}
