import Declarations
import Glibc

/// Lets the rate fall along half a cosine, and rise again where it goes on.
///
/// - Formula: `eta_min + (lr - eta_min) * (1 + cos(pi * t / T_max)) / 2`.
/// - Mirrors: `torch.optim.lr_scheduler.CosineAnnealingLR`.
/// - Source: Loshchilov and Hutter 2017, arXiv:1608.03983, equation 5, without restarts.
package struct CosineAnnealingLR: Scheduler {
  package static let tMax = Parameter<Int>(
    "T_max", in: 1...1_000_000_000, doc: "epochs (or steps) until the rate is least")
  package static let etaMin = Parameter<Double>(
    "eta_min", in: .nonnegative, default: 0, doc: "the least rate")

  package static let declaration = Declaration(
    "CosineAnnealingLR", [tMax, etaMin], doc: "Lets the rate fall to 'eta_min' along a cosine",
    mirrors: "torch.optim.lr_scheduler.CosineAnnealingLR", source: "arXiv:1608.03983, equation 5",
    formula: """
      rate(t) = eta_min + (lr - eta_min) · (1 + cos(π · t / T_max)) / 2
      t: epochs, or steps with 'by: step', from 0; beyond T_max the rate rises again
      """,
    differs: "'by' is ours: torch steps where the loop calls 'step()'; there is no 'last_epoch'",
    example: "CosineAnnealingLR: {T_max: 20, eta_min: 1e-5}")

  let tMax: Int
  let etaMin: Double

  package init(_ values: Values) {
    tMax = values[Self.tMax]
    etaMin = values[Self.etaMin]
  }

  package func rate(base: Double, at step: Int) -> Double {
    // The whole turns are taken off as integers, so that late steps lose no digits.
    let turn = Double(step % (2 * tMax)) / Double(tMax)
    return etaMin + (base - etaMin) * (1 + cos(Double.pi * turn)) / 2
  }
}
