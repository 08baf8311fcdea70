import Diagnostics

/// A rate that undoes what pretrained layers know.
enum RateDestroysWeights: Lint {
  /// Above these, pretrained layers forget faster than they learn; common practice lies ten times below.
  private static let adaptiveLimit = 1e-3
  private static let limit = 0.1

  static let page = CodePage(
    "rate-destroys-weights", .warning,
    "the rate is so high that pretrained layers lose what they know",
    text: """
      Pretrained layers are fine-tuned with small steps: for Adam at most 1e-3, better 1e-4; for \
      SGD at most 0.1, with a momentum of 0.9 at most 1e-2. A higher rate starts from something near random weights \
      after a few steps, and the pretraining is wasted.
      """,
    wrong: .init("optimizer", "optimizer: {Adam: {lr: 1e-2}}"),
    right: .init("optimizer", "optimizer: {Adam: {lr: 1e-4}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard subject.isPretrained else { return [] }
    return subject.plan.phases.compactMap { phase in
      guard subject.trainsBackbone(phase), let rate = phase.phase.baseRate else { return nil }
      // Momentum adds up what it keeps: its steps are longer by 1 / (1 - momentum).
      let momentum = phase.phase.optimizer.values.entries["momentum"]?.double ?? 0
      let limit =
        phase.phase.isAdaptive ? adaptiveLimit : Self.limit * max(0, 1 - min(momentum, 0.99))
      guard rate > limit * (1 + 1e-9) else { return nil }
      return finding(
        "a rate of \(rate) with '\(phase.phase.optimizer.name)' destroys what the pretrained "
          + "layers know", at: phase.phase.optimizer.values.span(of: "lr"),
        labels: .at(subject.experiment.model.places.span(of: "weights"), "the pretrained weights"),
        help:
          "fine-tune with at most \(Self.short(limit)), or freeze the backbone with 'freeze: {all_but: head}'"
      )
    }
  }

  /// Without the last digits of a product.
  private static func short(_ value: Double) -> String {
    let rounded = (value * 1e6).rounded() / 1e6
    return "\(rounded)"
  }
}
