import Declarations

/// Moves the rate's factor on a straight line, as for a warm-up.
///
/// - Formula: `lr * (start_factor + (end_factor - start_factor) * min(t, total_iters) / total_iters)`.
/// - Mirrors: `torch.optim.lr_scheduler.LinearLR`.
package struct LinearLR: Scheduler {
  package static let startFactor = Parameter<Double>(
    "start_factor", in: NumberRange(0, 1, excludesLower: true), default: 1.0 / 3,
    doc: "the factor at the beginning")
  package static let endFactor = Parameter<Double>(
    "end_factor", in: .unit, default: 1, doc: "the factor from 'total_iters' on")
  package static let totalIters = Parameter<Int>(
    "total_iters", in: 1...Int.max, default: 5, doc: "epochs (or steps) until the last factor")

  package static let declaration = Declaration(
    "LinearLR", [startFactor, endFactor, totalIters],
    doc: "Moves the rate from 'start_factor' to 'end_factor' times itself in a line",
    mirrors: "torch.optim.lr_scheduler.LinearLR",
    formula: """
      rate(t) = lr · (start_factor + (end_factor - start_factor) · u)
      u = min(t, total_iters) / total_iters
      t: epochs, or steps with 'by: step', from 0
      """,
    differs: "'by' is ours: torch steps where the loop calls 'step()'; there is no 'last_epoch'",
    example: "LinearLR: {start_factor: 0.1, total_iters: 5}")

  let startFactor: Double
  let endFactor: Double
  let totalIters: Int

  package init(_ values: Values) {
    startFactor = values[Self.startFactor]
    endFactor = values[Self.endFactor]
    totalIters = values[Self.totalIters]
  }

  package func rate(base: Double, at step: Int) -> Double {
    let progress = Double(min(step, totalIters)) / Double(totalIters)
    return base * (startFactor + (endFactor - startFactor) * progress)
  }
}
