import Diagnostics

/// Dampening without momentum.
enum NoEffectDampening: Lint {
  static let page = CodePage(
    "no-effect-dampening", .warning, "'dampening' has no effect without 'momentum'",
    text: "Dampening weakens what enters the momentum buffer; with `momentum: 0` there is none.",
    wrong: .init("optimizer", "optimizer: {SGD: {lr: 0.01, dampening: 0.5}}"),
    right: .init("optimizer", "optimizer: {SGD: {lr: 0.01, momentum: 0.9, dampening: 0.5}}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let values = phase.phase.optimizer.values
      guard phase.phase.optimizer.name == "SGD", values.entries["momentum"]?.double == 0,
        let dampening = values.entries["dampening"]?.double, dampening != 0
      else { return nil }
      return finding(
        "'dampening' has no effect while 'momentum' is 0", at: values.span(of: "dampening"),
        help: "state 'momentum', such as 0.9, or leave 'dampening' out")
    }
  }
}
