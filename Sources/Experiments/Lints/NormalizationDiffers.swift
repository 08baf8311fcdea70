import Diagnostics

/// Training and evaluation pictures normalised in two ways.
enum NormalizationDiffers: Lint {
  static let page = CodePage(
    "normalization-differs", .warning, "training and evaluation normalise in two ways",
    text: """
      The network sees other numbers in evaluation than it learnt from. Give both pipelines the \
      same `Normalize`.
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor]
      """),
    right: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let (train, eval) = (phase.phase.trainTransforms, phase.phase.evalTransforms)
      let isSame =
        switch (train.normalization, eval.normalization) {
        case (.some(let one), .some(let other)): one == other
        case (.none, .none): true
        default: false
        }
      guard !isSame else { return nil }
      let other =
        train.last(named: "Normalize")?.values.span
        ?? phase.phase.places.span(of: "transforms.train")
      return finding(
        "evaluation and training normalise in two ways",
        at: eval.last(named: "Normalize")?.values.span
          ?? phase.phase.places.span(of: "transforms.eval"),
        labels: .at(other, "training"),
        help: "give both the same 'Normalize'")
    }
  }
}
