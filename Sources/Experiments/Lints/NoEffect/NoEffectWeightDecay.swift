import Diagnostics

/// Decoupled weight decay that single precision rounds away.
enum NoEffectWeightDecay: Lint {
  static let page = CodePage(
    "no-effect-weight-decay", .warning, "the weight decay is so small that rounding removes it",
    text: """
      AdamW multiplies every parameter by `1 - lr * weight_decay`. Where the product is below \
      3e-8, that factor is exactly 1 in single precision, in torch too: nothing decays.
      """,
    wrong: .init("optimizer", "optimizer: {AdamW: {lr: 1e-4, weight_decay: 1e-4}}"),
    right: .init("optimizer", "optimizer: {AdamW: {lr: 1e-4, weight_decay: 0.01}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let values = phase.phase.optimizer.values
      // A schedule may raise the rate; by step it could do so in ways not known here.
      guard phase.phase.optimizer.name == "AdamW",
        let decay = values.entries["weight_decay"]?.double, decay != 0,
        let highest = phase.rates(pictures: nil)?.epochs.max(),
        Float(1 - highest * decay) == 1
      else { return nil }
      return finding(
        "a decay of \(decay) at a rate of \(highest) is rounded away: 1 - \(highest * decay) is 1 in "
          + "single precision", at: values.span(of: "weight_decay"),
        help: "use a larger 'weight_decay', such as 0.01, or 0 to say that there is none")
    }
  }
}
