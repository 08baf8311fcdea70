import Declarations
import Images
import Tensors

/// Exchanges left and right with a given probability.
///
/// - Shape: unchanged.
/// - Draws: whether to flip.
/// - Mirrors: `torchvision.transforms.RandomHorizontalFlip`.
struct RandomHorizontalFlip: Transform {
  static let p = Parameter<Double>(
    "p", in: .unit, default: 0.5, unit: .probability, doc: "how often a picture is flipped")

  static let declaration = Declaration(
    "RandomHorizontalFlip", [p], doc: "exchanges left and right of some pictures",
    mirrors: "torchvision.transforms.RandomHorizontalFlip",
    formula: "y[r, c] = x[r, W - 1 - c], with probability p",
    shape: "unchanged: [3, H, W] bytes",
    draws: "whether to flip",
    example: "RandomHorizontalFlip: {p: 0.5}")

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
    if draw.flips { canvas.picture.flipHorizontally() }
  }
}
