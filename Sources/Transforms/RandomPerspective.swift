import Declarations
import Images
import Tensors

/// Moves the corners of some pictures inwards at random, as if seen at an angle; what comes into view is filled.
///
/// - Shape: unchanged.
/// - Draws: whether to move them, then across and down for each of the four corners.
/// - Mirrors: `torchvision.transforms.RandomPerspective` on PIL pictures.
struct RandomPerspective: Transform {
  static let distortionScale = Parameter<Double>(
    "distortion_scale", in: .unit, default: 0.5, unit: .fraction,
    doc: "how far corners may come towards the middle; 1 is all the way")
  static let p = Parameter<Double>(
    "p", in: .unit, default: 0.5, unit: .probability, doc: "how often a picture is distorted")
  static let interpolation = Parameter<RotationInterpolation>(
    "interpolation", default: .bilinear, doc: "how new pixels are made of old ones")
  static let fill = Parameter<Fill>(
    "fill", default: Fill.one(0), doc: "level of what comes into view, or [red, green, blue]")

  static let declaration = Declaration(
    "RandomPerspective", [distortionScale, p, interpolation, fill],
    doc: "shows some pictures as if seen at a random angle",
    mirrors: "torchvision.transforms.RandomPerspective",
    source: "Pillow 13.0.0, src/libImaging/Geometry.c",
    formula: """
      Each corner comes inwards by 0 to distortion_scale · ⌊W / 2⌋ pixels across
      and 0 to distortion_scale · ⌊H / 2⌋ down, whole pixels, with probability p.
      The new pixel (x, y) comes from the old
        x' = (a x + b y + c) / (g x + h y + 1)
        y' = (d x + e y + f) / (g x + h y + 1)
      with a to h such that the moved corners come from the old ones.
      Where the old picture ends, 'fill'.
      """,
    shape: "unchanged: [3, H, W] bytes",
    draws: "whether to distort; then each corner's column and row, clockwise from the top left",
    differs:
      "'interpolation' has no 'bicubic'; where three moved corners lie on a line, as in pictures of one row, the picture stays as it is, while torchvision fails or leaves it to rounding",
    example: "RandomPerspective: {distortion_scale: 0.3, p: 0.5}")

  /// Where the corners come to: x and y, clockwise from the top left. Empty where they stay.
  struct Draw: Sendable, Codable { var corners: [Int] }

  let distortionScale: Double
  let p: Double
  let interpolation: Interpolation
  let fill: (UInt8, UInt8, UInt8)

  init(_ values: Values) {
    distortionScale = values[Self.distortionScale]
    p = values[Self.p]
    interpolation = values[Self.interpolation] == .nearest ? .nearest : .bilinear
    fill = values[Self.fill].colour
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture()
  }

  func isIdentity(for input: ImageShape) -> Bool {
    if p == 0 || distortionScale == 0 { return true }
    guard let height = input.height, let width = input.width else { return false }
    return reach(of: height) == 0 && reach(of: width) == 0
  }

  /// How far a corner comes along a side.
  private func reach(of side: Int) -> Int { Int(distortionScale * Double(side / 2)) }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    guard stream.bernoulli(p) else { return Draw(corners: []) }
    var corners: [Int] = []
    for (isRight, isLower) in [(false, false), (true, false), (true, true), (false, true)] {
      for (isFar, side) in [(isRight, input.width), (isLower, input.height)] {
        let inwards = stream.integer(in: 0...reach(of: side))
        corners.append(isFar ? side - 1 - inwards : inwards)
      }
    }
    return Draw(corners: corners)
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    guard draw.corners.count == 8 else { return }
    let (height, width) = (canvas.picture.height, canvas.picture.width)
    let moved = stride(from: 0, to: 8, by: 2).map { (x: draw.corners[$0], y: draw.corners[$0 + 1]) }
    guard let matrix = PerspectiveMatrix(from: moved, toCornersOf: canvas.picture.size) else {
      return
    }
    canvas.redraw(height: height, width: width) { source, target in
      source.transform(matrix, into: &target, interpolation, fill: fill)
    }
  }
}
