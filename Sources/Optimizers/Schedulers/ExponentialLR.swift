import Declarations
import Glibc

/// Multiplies the rate by a factor each time.
///
/// - Formula: `lr * gamma ^ t`.
/// - Mirrors: `torch.optim.lr_scheduler.ExponentialLR`.
package struct ExponentialLR: Scheduler {
  package static let gamma = Parameter<Double>("gamma", in: .nonnegative, doc: "the factor")

  package static let declaration = Declaration(
    "ExponentialLR", [gamma], doc: "Multiplies the rate by 'gamma' each time",
    mirrors: "torch.optim.lr_scheduler.ExponentialLR",
    formula: """
      rate(t) = lr · gamma^t
      t: epochs, or steps with 'by: step', from 0
      """,
    differs: "'by' is ours: torch steps where the loop calls 'step()'; there is no 'last_epoch'",
    example: "ExponentialLR: {gamma: 0.9}")

  let gamma: Double

  package init(_ values: Values) { gamma = values[Self.gamma] }

  package func rate(base: Double, at step: Int) -> Double { base * pow(gamma, Double(step)) }
}
