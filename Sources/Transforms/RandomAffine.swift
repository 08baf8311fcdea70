import Declarations
import Glibc
import Images
import Tensors

/// Turns, shifts, scales and shears a picture about its middle at random; what comes into view is filled.
///
/// - Shape: unchanged.
/// - Draws: the angle, the shift across and down, the scale, the shear across and down; each where it is asked for.
/// - Mirrors: `torchvision.transforms.RandomAffine` on PIL pictures, bit for bit as Pillow 13 does it.
struct RandomAffine: Transform {
  static let degrees = Parameter<Spread>(
    "degrees", unit: .degrees, doc: "largest angle to either side, or [min, max]; clockwise")
  static let translate = Parameter<[Double]?>(
    "translate", .optional(.list(.number(.unit), count: 2...2)), default: .some(nil),
    doc: "largest shift [across, down] to either side, as parts of the width and the height")
  static let scale = Parameter<[Double]?>(
    "scale", .optional(.list(.number(.positive), count: 2...2)), default: .some(nil),
    doc: "[min, max] of how much larger things become")
  static let shear = Parameter<Shear?>(
    "shear", default: .some(nil), unit: .degrees,
    doc: "largest slant across to either side, or its [min, max], or [min, max] across and down")
  static let interpolation = Parameter<RotationInterpolation>(
    "interpolation", default: .nearest, doc: "how new pixels are made of old ones")
  static let fill = Parameter<Fill>(
    "fill", default: Fill.one(0), doc: "level of what comes into view, or [red, green, blue]")

  static let declaration = Declaration(
    "RandomAffine", [degrees, translate, scale, shear, interpolation, fill],
    doc: "turns, shifts, scales and shears pictures about their middle at random",
    mirrors: "torchvision.transforms.RandomAffine",
    source: "Pillow 13.0.0, src/libImaging/Geometry.c",
    formula: """
      An old pixel at (x, y) from the middle comes to M · (x, y) + (tx, ty):
        M = s · R(θ) · Y · X        R(θ) turns by θ
        X: x ← x - tan(φx) · y      Y: y ← y - tan(φy) · x
      θ from 'degrees', s from 'scale', φx and φy from 'shear', uniform
      tx uniform within W · translate[0] to either side, rounded; ty likewise
      Where the old picture ends, 'fill'.
      """,
    shape: "unchanged: [3, H, W] bytes",
    draws:
      "the angle; the shift across and down; the scale; the shear across and down; all uniform",
    differs:
      "there is no 'center': pictures turn about their middle; 'interpolation' has no 'bicubic'",
    example: "RandomAffine: {degrees: 15, translate: [0.1, 0.1], shear: 5}")

  /// Degrees and whole pixels.
  struct Draw: Sendable, Codable {
    var angle: Double
    var across = 0
    var down = 0
    var scale = 1.0
    var shearAcross = 0.0
    var shearDown = 0.0
  }

  let degrees: ClosedRange<Double>
  let translate: (across: Double, down: Double)?
  let scale: ClosedRange<Double>?
  let shear: (across: ClosedRange<Double>, down: ClosedRange<Double>?)?
  let interpolation: Interpolation
  let fill: (UInt8, UInt8, UInt8)

  init(_ values: Values) throws(TransformError) {
    degrees = try values[Self.degrees].range("degrees", center: 0) ?? 0...0
    translate = values[Self.translate].map { ($0[0], $0[1]) }
    if let ends = values[Self.scale] {
      scale = try ClosedRange(ends: ends, of: "scale")
    } else {
      scale = nil
    }
    shear = try values[Self.shear]?.ranges()
    interpolation = values[Self.interpolation] == .nearest ? .nearest : .bilinear
    fill = values[Self.fill].colour
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func isIdentity(for input: ImageShape) -> Bool {
    degrees == 0...0 && (translate.map { $0 == (0, 0) } ?? true) && (scale ?? 1...1) == 1...1
      && (shear.map { $0.across == 0...0 && ($0.down ?? 0...0) == 0...0 } ?? true)
  }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    func uniform(_ range: ClosedRange<Double>) -> Double {
      stream.uniform(range.lowerBound, range.upperBound)
    }
    func pixels(_ most: Double) -> Int {
      Int(stream.uniform(-most, most).rounded(.toNearestOrEven))
    }
    var draw = Draw(angle: uniform(degrees))
    if let translate {
      draw.across = pixels(translate.across * Double(input.width))
      draw.down = pixels(translate.down * Double(input.height))
    }
    if let scale { draw.scale = uniform(scale) }
    if let shear {
      draw.shearAcross = uniform(shear.across)
      if let down = shear.down { draw.shearDown = uniform(down) }
    }
    return draw
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    let (height, width) = (canvas.picture.height, canvas.picture.width)
    let matrix = Self.matrix(draw, height, width)
    canvas.redraw(height: height, width: width) { source, target in
      source.transform(matrix, into: &target, interpolation, fill: fill)
    }
  }

  /// From the new picture back to the old, in torchvision's order of operations.
  private static func matrix(_ draw: Draw, _ height: Int, _ width: Int) -> AffineMatrix {
    func radians(_ degrees: Double) -> Double { degrees * (Double.pi / 180) }
    let turn = radians(draw.angle)
    let shearX = radians(draw.shearAcross)
    let shearY = radians(draw.shearDown)
    let (x, y) = (Double(width) * 0.5, Double(height) * 0.5)
    let (shiftX, shiftY) = (Double(draw.across), Double(draw.down))

    let a = cos(turn - shearY) / cos(shearY)
    let b = -cos(turn - shearY) * tan(shearX) / cos(shearY) - sin(turn)
    let c = sin(turn - shearY) / cos(shearY)
    let d = -sin(turn - shearY) * tan(shearX) / cos(shearY) + cos(turn)
    var matrix = AffineMatrix(
      d / draw.scale, -b / draw.scale, 0, -c / draw.scale, a / draw.scale, 0)
    matrix.c += matrix.a * (-x - shiftX) + matrix.b * (-y - shiftY)
    matrix.f += matrix.d * (-x - shiftX) + matrix.e * (-y - shiftY)
    matrix.c += x
    matrix.f += y
    return matrix
  }
}

/// A slant across to either side, from one angle to another, or across and down.
enum Shear: ParameterValue, Hashable {
  case around(Double)
  case across(Double, Double)
  case both([Double])

  static var kind: Kind {
    .either([
      .number(.nonnegative), .list(.number(.any), count: 2...2), .list(.number(.any), count: 4...4),
    ])
  }

  init?(_ declared: DeclaredValue) {
    if let value = declared.double {
      self = .around(value)
      return
    }
    guard let ends = [Double](declared) else { return nil }
    switch ends.count {
    case 2: self = .across(ends[0], ends[1])
    case 4: self = .both(ends)
    default: return nil
    }
  }

  var declared: DeclaredValue {
    switch self {
    case .around(let value): .number(value)
    case .across(let lower, let upper): .list([.number(lower), .number(upper)])
    case .both(let ends): .list(ends.map { .number($0) })
    }
  }

  /// The second is nil where nothing slants down.
  func ranges() throws(TransformError) -> (
    across: ClosedRange<Double>, down: ClosedRange<Double>?
  ) {
    switch self {
    case .around(let value): (-value...value, nil)
    case .across(let lower, let upper): (try ClosedRange(ends: [lower, upper], of: "shear"), nil)
    case .both(let ends):
      (
        try ClosedRange(ends: [ends[0], ends[1]], of: "shear"),
        try ClosedRange(ends: [ends[2], ends[3]], of: "shear")
      )
    }
  }
}
