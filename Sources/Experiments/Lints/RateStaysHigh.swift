import Diagnostics

/// A head trained at a high rate that never falls.
enum RateStaysHigh: Lint {
  private static let limit = 1e-2

  static let page = CodePage(
    "rate-stays-high", .warning, "the rate is high and never falls during the run",
    text: """
      A head on frozen features converges at Adam rates near 1e-3. At 1e-2 that stays, the same \
      102 classes of flowers reach .57 instead of .63 (EfficientNet-Lite0) or never leave chance \
      (SqueezeNet). Lower it, or let a scheduler take it down within the run.
      """,
    wrong: .init(
      "optimizer",
      """
      freeze: {all_but: head}
      optimizer: {Adam: {lr: 1e-2}}
      """),
    right: .init(
      "optimizer",
      """
      freeze: {all_but: head}
      optimizer: {Adam: {lr: 1e-3}}
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard subject.isPretrained else { return [] }
    return subject.plan.phases.compactMap { phase in
      guard phase.phase.isAdaptive, !subject.trainsBackbone(phase),
        let rates = phase.rates(pictures: nil)?.epochs, let lowest = rates.min(), lowest >= limit
      else { return nil }
      return finding(
        "the rate stays at \(lowest) or above in all \(rates.count) epochs of "
          + "'\(phase.phase.name)'", at: phase.phase.optimizer.values.span(of: "lr"),
        help: "try 1e-3, or a scheduler that lowers it within the run")
    }
  }
}
