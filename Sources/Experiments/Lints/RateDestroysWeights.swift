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
      SGD with momentum at most 1e-2. A higher rate starts from something near random weights \
      after a few steps, and the pretraining is wasted.
      """,
    wrong: .init("optimizer", "optimizer: {Adam: {lr: 1e-2}}"),
    right: .init("optimizer", "optimizer: {Adam: {lr: 1e-4}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard subject.isPretrained else { return [] }
    return subject.plan.phases.compactMap { phase in
      guard subject.trainsBackbone(phase), let rate = phase.phase.baseRate else { return nil }
      let limit = phase.phase.isAdaptive ? adaptiveLimit : limit
      guard rate > limit else { return nil }
      return finding(
        "a rate of \(rate) with '\(phase.phase.optimizer.name)' destroys what the pretrained "
          + "layers know", at: phase.phase.optimizer.values.span(of: "lr"),
        labels: subject.experiment.model.places.span(of: "weights").map {
          [Diagnostic.Label($0, "the pretrained weights")]
        } ?? [],
        help:
          "fine-tune with at most \(limit), or freeze the backbone with 'freeze: {all_but: head}'")
    }
  }
}
