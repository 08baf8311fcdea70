import Declarations
import Images

/// Takes the colour out of every picture; they keep three equal channels.
///
/// - Shape: unchanged.
/// - Draws: nothing.
/// - Mirrors: `torchvision.transforms.Grayscale` with three channels, as Pillow 13 converts.
struct Grayscale: Transform {
  static let channels = Parameter<Int>(
    "num_output_channels", in: 3...3, doc: "3: red, green and blue, all equal")

  static let declaration = Declaration(
    "Grayscale", [channels], doc: "takes the colour out of every picture",
    mirrors: "torchvision.transforms.Grayscale",
    source: "ITU-R BT.601, in the fixed point of Pillow 13.0.0, src/libImaging/Convert.c",
    formula: "R, G, B ← 0.299 · R + 0.587 · G + 0.114 · B, rounded",
    shape: "unchanged: [3, H, W] bytes",
    draws: "nothing",
    differs:
      "'num_output_channels' must be written and must be 3: torchvision's default of 1 gives pictures that no backbone here takes",
    example: "Grayscale: {num_output_channels: 3}")

  init(_ values: Values) {}

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func apply(_ draw: NoDraw, to canvas: inout Canvas) { canvas.picture.turnGrey() }
}
