import Diagnostics

/// Starting from the best of a phase that has one epoch.
enum NoEffectStartFrom: Lint {
  static let page = CodePage(
    "no-effect-start-from", .warning, "the phase before has one epoch, so its best is its last",
    text:
      "`start_from: best` goes back to the best epoch; of one epoch that is where training is anyway.",
    wrong: .init(
      "epochs",
      """
      phases:
        - {name: a, epochs: 1}
        - {name: b, start_from: best, epochs: 2}
      """),
    right: .init(
      "epochs",
      """
      phases:
        - {name: a, epochs: 3}
        - {name: b, start_from: best, epochs: 2}
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    zip(subject.plan.phases, subject.plan.phases.dropFirst()).compactMap { before, phase in
      guard phase.phase.startFrom == .best, before.phase.epochs == 1 else { return nil }
      return finding(
        "'start_from: best' has no effect: '\(before.phase.name)' has one epoch",
        at: phase.phase.places.span(of: "start_from"),
        labels: .at(before.phase.places.span(of: "epochs"), "one epoch"),
        help: "leave it out, or give the phase before more epochs")
    }
  }
}
