import Diagnostics

/// A backbone that is frozen at random numbers.
enum FrozenRandomBackbone: Lint {
  static let page = CodePage(
    "frozen-random-backbone", .warning, "layers are frozen that never learnt anything",
    text: """
      With `weights: none` a frozen layer stays as it was drawn. The embedded set reaches .20 that \
      way instead of .73. Start from weights, or freeze nothing.
      """,
    wrong: .init(
      "model",
      """
      model: {backbone: resnet18, weights: none}
      freeze: {all_but: head}
      """),
    right: .init(
      "model",
      """
      model: {backbone: resnet18, weights: builtin}
      freeze: {all_but: head}
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard !subject.isPretrained, let phase = subject.plan.phases.first,
      phase.phase.freeze.selection != .none
    else { return [] }
    return [
      finding(
        "'freeze' keeps layers at the random numbers that 'weights: none' starts from",
        at: phase.phase.places.span(of: "freeze"),
        labels: .at(subject.experiment.model.places.span(of: "weights"), "no weights"),
        help: "start from weights, or write 'freeze: none'")
    ]
  }
}
