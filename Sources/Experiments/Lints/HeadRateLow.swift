import Diagnostics

/// A fresh head that is trained with the small rate of a pretrained backbone.
enum HeadRateLow: Lint {
  private static let adaptiveLimit = 1e-4
  private static let limit = 1e-3

  static let page = CodePage(
    "head-rate-low", .warning, "a fresh head learns at the small rate of its backbone",
    text: """
      The head starts from random numbers and has everything to learn, while the backbone should \
      move little. One small rate for both leaves the head behind: its random gradients reach the \
      backbone for many epochs. Train the head alone in a first phase, then all of it.
      """,
    wrong: .init("optimizer", "optimizer: {Adam: {lr: 1e-5}}"),
    right: .init("optimizer", "optimizer: {Adam: {lr: 1e-3}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard subject.isPretrained, let phase = subject.plan.phases.first,
      subject.trainsBackbone(phase), let rate = phase.phase.baseRate, rate > 0,
      rate < (phase.phase.isAdaptive ? adaptiveLimit : limit)
    else { return [] }
    // Weights of our own for these very classes bring their head.
    if let classes = subject.weights?.classes, classes == subject.data?.classes { return [] }
    return [
      finding(
        "a fresh head learns at \(rate), the backbone's small rate",
        at: phase.phase.optimizer.values.span(of: "lr"),
        help: "train the head alone in a first phase: 'freeze: {all_but: head}' at about 1e-3")
    ]
  }
}
