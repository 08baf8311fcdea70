import Experiments
import Glibc
import Reports
import Training

/// Shows a run's progress on standard error.
final class ProgressObserver: TrainingObserver {
  private let progress: Progress
  private let isQuiet: Bool

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    let start = ContinuousClock.now
    progress = Progress(
      redraws: Terminal.redraws(STDERR_FILENO), width: { Terminal.width(STDERR_FILENO) },
      now: {
        let time = (ContinuousClock.now - start).components
        return Double(time.seconds) + Double(time.attoseconds) * 1e-18
      },
      sink: { Terminal.write($0, to: STDERR_FILENO) })
  }

  func say(_ text: String) { if !isQuiet { progress.line(text) } }
  func finish() { progress.clear() }

  func began(phase: PhasePlan, epoch: Int, pictures: Int, split: Split) {
    progress.begin(
      "\(phase.phase.name) \(epoch + 1)/\(phase.phase.epochs) \(split.rawValue)", total: pictures)
  }

  func advanced(pictures: Int, metrics: EpochMetrics?) {
    guard !isQuiet else { return }
    progress.advance(
      pictures,
      detail: metrics.map {
        "loss \(Numbers.fixed($0.loss, 4))  acc1 \(Numbers.fixed($0.acc1, 4))"
      } ?? "")
  }

  func ended(
    phase: PhasePlan, epoch: Int, rate: Double, train: EpochMetrics, val: EpochMetrics,
    seconds: Double, rank: EpochRank
  ) {
    say(
      "\(phase.phase.name) \(epoch + 1)/\(phase.phase.epochs)"
        + "  lr \(Self.short(rate))"
        + "  train loss \(Numbers.fixed(train.loss, 4)) acc1 \(Numbers.fixed(train.acc1, 4))"
        + "  val loss \(Numbers.fixed(val.loss, 4)) acc1 \(Numbers.fixed(val.acc1, 4))"
        + "  \(Numbers.duration(seconds))" + Self.words(rank))
  }

  private static func words(_ rank: EpochRank) -> String {
    switch rank {
    case .none: ""
    case .phase: "  best of phase"
    case .run: "  best"
    }
  }

  func noted(_ text: String) { say(text) }

  func tested(_ metrics: EpochMetrics) {
    say(
      "test     loss \(Numbers.fixed(metrics.loss, 4))  acc1 \(Numbers.fixed(metrics.acc1, 4))  acc5 "
        + "\(Numbers.fixed(metrics.acc5, 4))  mean per class "
        + "\(Numbers.fixed(metrics.accPerClassMean, 4))")
  }

  /// A rate with three significant digits.
  private static func short(_ value: Double) -> String {
    guard value > 0 else { return "0" }
    let exponent = Int(floor(log10(value)))
    if exponent >= -4, exponent < 4 {
      var text = Numbers.fixed(value, max(0, 2 - exponent))
      while text.contains("."), text.hasSuffix("0") { text.removeLast() }
      if text.hasSuffix(".") { text.removeLast() }
      return text
    }
    let mantissa = value / pow(10, Double(exponent))
    return "\(Numbers.fixed(mantissa, 2))e\(exponent)"
  }
}
