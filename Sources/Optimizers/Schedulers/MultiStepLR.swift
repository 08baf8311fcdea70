import Declarations
import Glibc

/// Multiplies the rate by a factor at chosen times.
///
/// - Formula: `lr * gamma ^ (milestones passed)`; a milestone that stands twice counts twice.
/// - Mirrors: `torch.optim.lr_scheduler.MultiStepLR`.
package struct MultiStepLR: Scheduler {
  package static let milestones = Parameter<[Int]>(
    "milestones", .list(.integer(0...Int.max), count: 1...Int.max),
    doc: "epochs (or steps) at which the rate changes")
  package static let gamma = Parameter<Double>(
    "gamma", in: .nonnegative, default: 0.1, doc: "the factor")

  package static let declaration = Declaration(
    "MultiStepLR", [milestones, gamma], doc: "Multiplies the rate by 'gamma' at each milestone",
    mirrors: "torch.optim.lr_scheduler.MultiStepLR",
    formula: """
      rate(t) = lr · gamma^n, n: how many milestones are at most t
      t: epochs, or steps with 'by: step', from 0
      A milestone that stands twice counts twice.
      """,
    differs: "'by' is ours: torch steps where the loop calls 'step()'; there is no 'last_epoch'",
    example: "MultiStepLR: {milestones: [10, 15], gamma: 0.1}")

  let milestones: [Int]
  let gamma: Double

  package init(_ values: Values) {
    milestones = values[Self.milestones]
    gamma = values[Self.gamma]
  }

  package func rate(base: Double, at step: Int) -> Double {
    base * pow(gamma, Double(milestones.count { $0 <= step }))
  }
}
