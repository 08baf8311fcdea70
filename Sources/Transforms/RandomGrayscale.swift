import Declarations
import Images
import Tensors

/// Takes the colour out of some pictures; they keep three equal channels.
///
/// - Shape: unchanged.
/// - Draws: whether to take it out.
/// - Mirrors: `torchvision.transforms.RandomGrayscale`.
struct RandomGrayscale: Transform {
  static let p = Parameter<Double>(
    "p", in: .unit, default: 0.1, unit: .probability, doc: "how often a picture loses its colour")

  static let declaration = Declaration(
    "RandomGrayscale", [p], doc: "takes the colour out of some pictures",
    mirrors: "torchvision.transforms.RandomGrayscale",
    source: "ITU-R BT.601, in the fixed point of Pillow 13.0.0, src/libImaging/Convert.c",
    formula: "R, G, B ← 0.299 · R + 0.587 · G + 0.114 · B, rounded, with probability p",
    shape: "unchanged: [3, H, W] bytes",
    draws: "whether to take the colour out",
    example: "RandomGrayscale: {p: 0.025}")

  struct Draw: Sendable, Codable { var turnsGrey: Bool }

  let p: Double

  init(_ values: Values) {
    p = values[Self.p]
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func isIdentity(for input: ImageShape) -> Bool { p == 0 }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    Draw(turnsGrey: stream.bernoulli(p))
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    if draw.turnsGrey { canvas.picture.turnGrey() }
  }
}
