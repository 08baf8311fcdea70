import Diagnostics

/// Early stopping that cannot trigger.
enum NoEffectEarlyStopping: Lint {
  static let page = CodePage(
    "no-effect-early-stopping", .warning, "early stopping cannot trigger before the last epoch",
    text: """
      The first epoch always improves, so a phase can end early only after `patience` further ones. \
      With as many epochs as that, or fewer, it never does.
      """,
    wrong: .init("early_stopping", "early_stopping: {patience: 100}"),
    right: .init("early_stopping", "early_stopping: {patience: 2}"))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      // Stops after an epoch when `patience` epochs passed without improvement; after the last there is nothing to save.
      guard let rule = phase.phase.earlyStopping, rule.patience + 1 >= phase.phase.epochs
      else { return nil }
      let epochs = phase.phase.epochs
      return finding(
        "early stopping cannot trigger: 'patience' is \(rule.patience) and the phase has "
          + "\(epochs) epoch\(epochs == 1 ? "" : "s")",
        at: phase.phase.places.span(of: "early_stopping.patience"),
        labels: .at(phase.phase.places.span(of: "epochs"), "the phase's length"),
        help: epochs > 2
          ? "use a 'patience' of at most \(epochs - 2), or leave 'early_stopping' out"
          : "leave 'early_stopping' out of so short a phase")
    }
  }
}
