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
          guard step.name == "CenterCrop", let newHeight = after.height, let newWidth = after.width
          else { return nil }
          let resize = pipeline.components[..<index].last { $0.name == "Resize" }
          let picture: String
          if let height = before.height, let width = before.width {
            guard newHeight > height || newWidth > width else { return nil }
            picture = "\(height) x \(width)"
          } else {
            // Of a picture whose shorter side alone is known, that side is certain to be too short.
            guard pipeline.components[index - 1].name == "Resize",
              case .integer(let side)? = resize?.values.entries["size"],
              min(newHeight, newWidth) > side
            else { return nil }
            picture = "\(side) at its shorter side"
          }
          return finding(
            "the crop is \(newHeight) x \(newWidth), the picture \(picture): "
              + "the rest is black", at: step.values.span(of: "size"),
            labels: .at(resize?.values.span(of: "size"), "the picture's size"),
            help: "resize to at least the crop's size")
        }
      }
    }
  }
}
