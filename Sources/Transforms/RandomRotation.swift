import CShims
import Declarations
import Glibc
import Images
import Tensors

/// Turns a picture round its middle by a random angle; what comes into view is filled.
///
/// - Shape: unchanged.
/// - Draws: the angle, counterclockwise.
/// - Mirrors: `torchvision.transforms.RandomRotation` with `expand=False`, bit for bit as Pillow 13 does it.
struct RandomRotation: Transform {
  static let degrees = Parameter<Spread>(
    "degrees", unit: .degrees, doc: "largest angle to either side, or [min, max]")
  static let interpolation = Parameter<RotationInterpolation>(
    "interpolation", default: .nearest, doc: "how new pixels are made of old ones")
  static let fill = Parameter<Fill>(
    "fill", default: Fill.one(0), doc: "level of what comes into view, or [red, green, blue]")

  static let declaration = Declaration(
    "RandomRotation", [degrees, interpolation, fill],
    doc: "turns pictures round their middle by a random angle",
    mirrors: "torchvision.transforms.RandomRotation",
    source: "Pillow 13.0.0, src/PIL/Image.py and src/libImaging/Geometry.c",
    formula: """
      θ uniform from -degrees to degrees, or from min to max; counterclockwise
      The new pixel (x, y) comes from the old
        x' = cx + cos θ · (x - cx) - sin θ · (y - cy)
        y' = cy + sin θ · (x - cx) + cos θ · (y - cy)
      about the middle (cx, cy); from 'fill' where that lies outside.
      """,
    shape: "unchanged: [3, H, W] bytes",
    draws: "the angle, uniform",
    differs:
      "there are no 'expand' and 'center': pictures keep their size and turn about their middle; 'interpolation' has no 'bicubic'",
    example: "RandomRotation: {degrees: 45, interpolation: bilinear}")

  struct Draw: Sendable, Codable { var angle: Double }

  let range: ClosedRange<Double>
  let interpolation: Interpolation
  let fill: (UInt8, UInt8, UInt8)

  init(_ values: Values) throws(TransformError) {
    range = try values[Self.degrees].range("degrees", center: 0) ?? 0...0
    interpolation = values[Self.interpolation] == .nearest ? .nearest : .bilinear
    fill = values[Self.fill].colour
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func isIdentity(for input: ImageShape) -> Bool { range == 0...0 }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    Draw(angle: stream.uniform(range.lowerBound, range.upperBound))
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    // Python's remainder: never negative.
    var angle = fmod(draw.angle, 360)
    if angle < 0 { angle += 360 }
    let height = canvas.picture.height
    let width = canvas.picture.width
    switch angle {
    case 0:
      return
    case 180:
      canvas.picture.flipHorizontally()
      canvas.picture.flipVertically()
    case 90 where height == width, 270 where height == width:
      canvas.redraw(height: height, width: width) { source, target in
        source.turn(counterclockwise: angle == 90, into: &target)
      }
    default:
      let matrix = Self.matrix(angle, height, width)
      canvas.redraw(height: height, width: width) { source, target in
        source.transform(matrix, into: &target, interpolation, fill: fill)
      }
    }
  }

  /// From the turned picture back to the picture, about its middle.
  private static func matrix(_ degrees: Double, _ height: Int, _ width: Int) -> AffineMatrix {
    let angle = -(degrees * (Double.pi / 180))
    let x = Double(width) / 2
    let y = Double(height) / 2
    var matrix = AffineMatrix(
      xr_round15(cos(angle)), xr_round15(sin(angle)), 0,
      xr_round15(-sin(angle)), xr_round15(cos(angle)), 0)
    matrix.c = matrix.a * -x + matrix.b * -y + matrix.c + x
    matrix.f = matrix.d * -x + matrix.e * -y + matrix.f + y
    return matrix
  }
}

/// The interpolations that a rotation knows.
enum RotationInterpolation: String, ChoiceValue, Hashable {
  case nearest, bilinear
}
