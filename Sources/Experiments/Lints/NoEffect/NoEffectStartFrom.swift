import Diagnostics

/// Starting from the best of a phase that has one epoch.
enum NoEffectStartFrom: Lint {
  static let page = CodePage(
    "no-effect-start-from", .warning, "the phase before has one epoch, so its best is its last",
    text:
      "`start_from: best` goes back to the best epoch; of one epoch that is where training is anyway.",
    wrong: .init(
      nil,
      """
      name: example
      data: {builtin: petals}
      transforms:
        train: [Resize: [64, 64], ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      model: {backbone: resnet18, weights: builtin}
      optimizer: {Adam: {lr: 1e-4}}
      phases:
        - {name: a, epochs: 1}
        - {name: b, start_from: best, epochs: 2}
      """),
    right: .init(
      nil,
      """
      name: example
      data: {builtin: petals}
      transforms:
        train: [Resize: [64, 64], ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      model: {backbone: resnet18, weights: builtin}
      optimizer: {Adam: {lr: 1e-4}}
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
        labels: before.phase.places.span(of: "epochs").map {
          [Diagnostic.Label($0, "one epoch")]
        } ?? [],
        help: "leave it out, or give the phase before more epochs")
    }
  }
}
