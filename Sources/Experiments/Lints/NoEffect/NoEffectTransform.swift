import Diagnostics
import Transforms

/// A transform that changes no picture.
enum NoEffectTransform: Lint {
  static let page = CodePage(
    "no-effect-transform", .warning, "a transform changes no picture",
    text: """
      For example `RandomHorizontalFlip: {p: 0}`, a jitter of nothing, a crop of the size that the \
      picture already has. Leave it out, or give it an argument that does something. (Random draws \
      depend on a transform's place in the list, so taking one away gives those behind it other \
      draws.)
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], RandomHorizontalFlip: {p: 0}, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      """),
    right: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.flatMap { phase in
      [phase.trainPipeline, phase.evalPipeline].flatMap { pipeline in
        pipeline.identities.map { index in
          let step = pipeline.components[index]
          return finding(
            "'\(step.name)' changes no picture here", at: step.values.span,
            help:
              "leave it out, or give it arguments that do something; see 'xrun explain \(step.name)'"
          )
        }
      }
    }
  }
}
