import Diagnostics

/// Random transforms in evaluation.
enum RandomEvaluation: Lint {
  static let page = CodePage(
    "random-eval", .warning, "evaluation changes pictures at random",
    text: """
      `transforms.eval` serves validation, test and use. A random step there makes the numbers of \
      two epochs differ for no reason of the network's, and harder than the task is.
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], RandomHorizontalFlip, ToTensor, Normalize: imagenet]
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
      phase.evalPipeline.randomSteps.map { index in
        let step = phase.evalPipeline.components[index]
        return finding(
          "'\(step.name)' changes evaluation pictures at random", at: step.values.span,
          help: "leave it to 'transforms.train'")
      }
    }
  }
}
