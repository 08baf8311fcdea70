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
    mirrors: "torch.optim.lr_scheduler.ExponentialLR")

  let gamma: Double

  package init(_ values: Values) { gamma = values[Self.gamma] }

  package func rate(base: Double, at step: Int) -> Double { base * pow(gamma, Double(step)) }
}
