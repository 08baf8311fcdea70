import Diagnostics

/// A crop larger than the picture, which pads with black.
enum CropPads: Lint {
  static let page = CodePage(
    "crop-pads", .warning, "a crop is larger than the picture, so the rest is black",
    text: """
      As torchvision's, `CenterCrop` pads a smaller picture with zeros. Black borders are seldom \
      what is wanted: scale to at least the crop's size first.
      """,
    wrong: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [64, 64], CenterCrop: 96, ToTensor, Normalize: imagenet]
        eval: [Resize: [64, 64], CenterCrop: 96, ToTensor, Normalize: imagenet]
      """),
    right: .init(
      "transforms",
      """
      transforms:
        train: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
        eval: [Resize: [96, 96], CenterCrop: 64, ToTensor, Normalize: imagenet]
      """))

  static func check(_ subject: LintSubject) -> [Diagnostic] {
    subject.plan.phases.flatMap { phase -> [Diagnostic] in
      [phase.trainPipeline, phase.evalPipeline].flatMap { pipeline in
        pipeline.components.indices.dropFirst().compactMap { index -> Diagnostic? in
          let step = pipeline.components[index]
          let (before, after) = (pipeline.shapes[index - 1], pipeline.shapes[index])
          guard step.name == "CenterCrop", let height = before.height, let width = before.width,
            let newHeight = after.height, let newWidth = after.width,
            newHeight > height || newWidth > width
          else { return nil }
          let resize = pipeline.components[..<index].last { $0.name == "Resize" }
          return finding(
            "the crop is \(newHeight) x \(newWidth), the picture \(height) x \(width): "
              + "the rest is black", at: step.values.span(of: "size"),
            labels: resize?.values.span(of: "size").map {
              [Diagnostic.Label($0, "the picture's size")]
            } ?? [],
            help: "resize to at least the crop's size")
        }
      }
    }
  }
}
