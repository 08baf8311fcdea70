import Diagnostics
import Models

/// Pictures normalised in another way than the weights were trained with.
enum NormalizationUnlikeWeights: Lint {
  static let page = CodePage(
    "normalization-unlike-weights", .warning,
    "pictures are normalised in another way than the weights expect",
    text: """
      Pretrained weights expect the mean and deviation that they were trained with: torchvision's \
      ImageNet weights `imagenet`, timm's `tf_` models 0.5 and 0.5, a run's weights those of its \
      file. Batch norm in train mode hides a wrong normalisation, `bn: eval` does not: an ImageNet \
      head named 34 of 40 ants with its own numbers and 25 with the wrong ones.
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], ToTensor, Normalize: {mean: [0.5], std: [0.5]}]
        eval: [Resize: [64, 64], ToTensor, Normalize: {mean: [0.5], std: [0.5]}]
      """),
    right: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], ToTensor, Normalize: imagenet]
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    guard subject.isPretrained else { return [] }
    let expected =
      subject.weights?.normalization ?? subject.plan.network.backbone.normalization
    return subject.plan.phases.flatMap { phase -> [Diagnostic] in
      let lists = [
        ("train", phase.phase.trainTransforms), ("eval", phase.phase.evalTransforms),
      ]
      return lists.compactMap { key, transforms in
        let found = transforms.normalization
        if let found, found.isClose(to: expected) { return nil }
        let place =
          transforms.last(named: "Normalize")?.values.span
          ?? phase.phase.places.span(of: "transforms.\(key)")
        return finding(
          "the weights expect 'Normalize: \(expected.text)'"
            + (found.map { ", not '\($0.text)'" } ?? ", and there is no 'Normalize'"),
          at: place,
          labels: .at(subject.experiment.model.places.span(of: "weights"), "the weights"),
          help: "write 'Normalize: \(expected.text)'")
      }
    }
  }
}
