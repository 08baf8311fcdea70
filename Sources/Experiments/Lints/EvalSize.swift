import Diagnostics

/// Evaluation tensors of another size than training ones.
enum EvalSize: Lint {
  static let page = CodePage(
    "eval-size", .warning, "evaluation pictures are of another size than training ones",
    text: """
      A network takes pictures of other sizes, but its pooled features shift with the size \
      (Touvron et al. 2019, arXiv:1906.06423). Where that is meant, allow it.
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
        eval: [Resize: [96, 96], ToTensor, Normalize: imagenet]
      """),
    right: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
        eval: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.compactMap { phase in
      let (train, eval) = (phase.trainPipeline.outputShape, phase.evalPipeline.outputShape)
      guard train != eval else { return nil }
      return finding(
        "evaluation gives the network \(eval), training \(train)",
        at: phase.phase.evalTransforms.placeOfSize(phase.evalPipeline.shapes),
        labels: .at(
          phase.phase.trainTransforms.placeOfSize(phase.trainPipeline.shapes), "training's size"),
        help: "end 'eval' with the crop that 'train' has")
    }
  }
}
