import Declarations
import Diagnostics

/// Evaluation pictures at another scale than training ones.
enum EvalScale: Lint {
  static let page = CodePage(
    "eval-scale", .warning, "evaluation shows things at another size than training does",
    text: """
      The usual script trains on `Resize 96, CenterCrop 64` and validates on `Resize 64`: everything \
      in a validation picture is a third smaller than what the network learnt, and reached .48 where \
      the same weights reach .56 at training's scale (102 classes of flowers, EfficientNet-Lite0).

      Evaluate at training's scale: the same `Resize`, then the same crop. With \
      `RandomResizedCrop` training has no one scale, so there is nothing to compare.
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
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
      // Scales are drawn there: a 'Resize' before it says nothing of what the network sees.
      let random = "RandomResizedCrop"
      guard
        phase.phase.trainTransforms.last(named: random) == nil,
        phase.phase.evalTransforms.last(named: random) == nil
      else { return nil }
      let train = phase.phase.trainTransforms.last(named: "Resize")
      let eval = phase.phase.evalTransforms.last(named: "Resize")
      let (trainSize, evalSize) = (train.flatMap(size), eval.flatMap(size))
      guard
        let place = eval?.values.span(of: "size")
          ?? phase.phase.places.span(
            of: "transforms.eval"), trainSize != evalSize
      else { return nil }
      // One length is the shorter side's: with both sides known elsewhere only that can be compared.
      if let trainSize, let evalSize, trainSize.count != evalSize.count,
        trainSize.min() == evalSize.min()
      {
        return nil
      }
      let other =
        train?.values.span(of: "size") ?? phase.phase.places.span(of: "transforms.train")
      return finding(
        "evaluation scales pictures \(text(evalSize)), training \(text(trainSize))", at: place,
        labels: .at(other, "training's scale"),
        help: "give 'eval' the same 'Resize' as 'train', and crop as training does")
    }
  }

  private static func size(_ resize: ComponentValue) -> [Int]? {
    switch resize.values.entries["size"] {
    case .integer(let length)?: [length]
    case .list(let lengths)?: lengths.compactMap { Int($0) }
    default: nil
    }
  }

  private static func text(_ size: [Int]?) -> String {
    guard let size else { return "not at all" }
    return "to " + size.map(String.init).joined(separator: " x ")
  }
}
