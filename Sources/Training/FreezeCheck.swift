import Experiments
import Models
import Runs

/// Proves that a phase changed nothing that it must not: parameters, running statistics and counters.
struct FreezeCheck {
  private let plan: PhasePlan
  private let before: [String: String]

  /// Takes the digests before the phase.
  init(_ plan: PhasePlan, model: LiveModel) {
    self.plan = plan
    before = model.digests()
  }

  /// Every tensor with its digests before and after.
  func report(_ model: LiveModel) -> FreezeReport.Phase {
    let after = model.digests()
    return FreezeReport.Phase(
      name: plan.phase.name,
      tensors: plan.network.tensors.map { tensor in
        FreezeReport.Tensor(
          name: tensor.name, isFrozen: !plan.mayChange(tensor), before: before[tensor.name] ?? "",
          after: after[tensor.name] ?? "")
      })
  }
}
