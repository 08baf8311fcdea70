import Diagnostics

/// A batch-norm mode where no frozen batch norm is.
enum NoEffectBatchNormMode: Lint {
  static let page = CodePage(
    "no-effect-bn", .warning, "'bn' has no effect: no batch-norm layer is frozen",
    text: """
      `bn` says what batch-norm layers with frozen parameters do. SqueezeNet has none, and a \
      selector may freeze other layers only.
      """,
    wrong: .init(
      "model",
      """
      model: {backbone: squeezenet1_0}
      freeze: {only: ["features.0.*"], bn: train}
      """),
    right: .init(
      "model",
      """
      model: {backbone: squeezenet1_0}
      freeze: {only: ["features.0.*"]}
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      guard case .written(let span)? = phase.phase.places["freeze.bn"] else { return nil }
      let layers = phase.network.tensors.filter { $0.kind == .runningMean }.map(\.layer)
      guard
        layers.allSatisfy({
          phase.trained.contains($0 + ".weight") && phase.trained.contains($0 + ".bias")
        })
      else { return nil }
      // What is written for one phase may matter to another that shares it.
      let isSharedWithEffect = subject.plan.phases.contains { other in
        guard case .written(let place)? = other.phase.places["freeze.bn"],
          place.source === span.source, place.range == span.range
        else { return false }
        return layers.contains { !other.trained.contains($0 + ".weight") }
      }
      guard !isSharedWithEffect else { return nil }
      return finding(
        layers.isEmpty
          ? "'bn' has no effect: '\(phase.network.backbone.name)' has no batch norm"
          : "'bn' has no effect: no batch-norm layer is frozen", at: span,
        help: "leave 'bn' out")
    }
  }
}
