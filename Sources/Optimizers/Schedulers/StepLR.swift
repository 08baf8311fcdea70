import Declarations
import Glibc

/// Multiplies the rate by a factor at regular distances.
///
/// - Formula: `lr * gamma ^ floor(t / step_size)`.
/// - Mirrors: `torch.optim.lr_scheduler.StepLR`.
package struct StepLR: Scheduler {
  package static let stepSize = Parameter<Int>(
    "step_size", in: 1...Int.max, doc: "epochs (or steps) between two changes")
  package static let gamma = Parameter<Double>(
    "gamma", in: .nonnegative, default: 0.1, doc: "the factor")

  package static let declaration = Declaration(
    "StepLR", [stepSize, gamma], doc: "Multiplies the rate by 'gamma' every 'step_size'",
    mirrors: "torch.optim.lr_scheduler.StepLR",
    formula: """
      rate(t) = lr · gamma^⌊t / step_size⌋
      t: epochs, or steps with 'by: step', from 0
      """,
    differs: "'by' is ours: torch steps where the loop calls 'step()'; there is no 'last_epoch'",
    example: "StepLR: {step_size: 7, gamma: 0.1}")

  let stepSize: Int
  let gamma: Double

  package init(_ values: Values) {
    stepSize = values[Self.stepSize]
    gamma = values[Self.gamma]
  }

  package func rate(base: Double, at step: Int) -> Double {
    base * pow(gamma, Double(step / stepSize))
  }
}
