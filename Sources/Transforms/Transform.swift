import Declarations
import Images
import Tensors

/// A step between a decoded picture and the floats that a network takes.
///
/// Drawing and applying are apart: `draw` is the only place that touches randomness, and `apply` is a
/// function of the picture and the draw, so it can be compared with torchvision by giving both the same draw.
package protocol Transform: Sendable {
  /// What one picture's random numbers decide; goldens spell it in JSON.
  associatedtype Draw: Sendable & Codable = NoDraw

  static var declaration: Declaration { get }

  /// - Throws: where values are valid alone but not together.
  init(_ values: Values) throws(TransformError)

  /// The shape that `apply` gives; lengths that are not known stay unknown.
  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape

  /// Whether two passes over a picture may differ; false where arguments leave nothing to chance.
  var isRandom: Bool { get }

  /// Whether pictures of this shape come out as they went in, whatever is drawn.
  func isIdentity(for input: ImageShape) -> Bool

  /// What values `apply` gives for those of the input; by default the same, as of everything that keeps to bytes.
  func outputRange(for input: ValueRange) -> ValueRange

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw

  func apply(_ draw: Draw, to canvas: inout Canvas)
}

/// The draw of a transform that draws nothing.
package struct NoDraw: Sendable, Codable {
  package init() {}
}

extension Transform {
  /// Whether there is anything to draw, with some arguments at least.
  package static var isRandom: Bool { Draw.self != NoDraw.self }

  package var isRandom: Bool { Self.isRandom }

  package func isIdentity(for input: ImageShape) -> Bool { false }

  package func outputRange(for input: ValueRange) -> ValueRange { input }

  /// Draws and applies.
  func run(on canvas: inout Canvas, drawingFrom stream: inout RandomStream) {
    apply(draw(for: canvas.picture.size, from: &stream), to: &canvas)
  }
}

extension Transform where Draw == NoDraw {
  package func draw(for input: PictureSize, from stream: inout RandomStream) -> NoDraw { NoDraw() }
}
