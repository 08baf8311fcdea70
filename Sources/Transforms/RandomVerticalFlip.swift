import Declarations
import Images
import Tensors

/// Exchanges top and bottom with a given probability.
///
/// - Shape: unchanged.
/// - Draws: whether to flip.
/// - Mirrors: `torchvision.transforms.RandomVerticalFlip`.
struct RandomVerticalFlip: Transform {
  static let p = Parameter<Double>(
    "p", in: .unit, default: 0.5, unit: .probability, doc: "how often a picture is flipped")

  static let declaration = Declaration(
    "RandomVerticalFlip", [p], doc: "exchanges top and bottom of some pictures",
    mirrors: "torchvision.transforms.RandomVerticalFlip",
    formula: "y[r, c] = x[H - 1 - r, c], with probability p",
    shape: "unchanged: [3, H, W] bytes",
    draws: "whether to flip",
    example: "RandomVerticalFlip: {p: 0.5}")

  struct Draw: Sendable, Codable { var flips: Bool }

  let p: Double

  init(_ values: Values) {
    p = values[Self.p]
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func isIdentity(for input: ImageShape) -> Bool { p == 0 }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    Draw(flips: stream.bernoulli(p))
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    if draw.flips { canvas.picture.flipVertically() }
  }
}
