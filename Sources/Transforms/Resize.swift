import Declarations
import Images

/// Scales a picture, with antialiasing where it shrinks.
///
/// - Shape: `[3, H, W]` to `[3, h, w]`; one length is that of the shorter side.
/// - Draws: nothing.
/// - Mirrors: `torchvision.transforms.Resize` on PIL pictures, bit for bit as Pillow 13 does it.
struct Resize: Transform {
  static let size = Parameter<Size>(
    "size", unit: .pixels, doc: "length of the shorter side, or [height, width]")
  static let interpolation = Parameter<InterpolationChoice>(
    "interpolation", default: .bilinear, doc: "how new pixels are made of old ones")
  static let maxSize = Parameter<Int?>(
    "max_size", .optional(.integer(Size.range)), default: .some(nil), unit: .pixels,
    doc: "what the longer side is held to, where 'size' is the shorter")

  static let declaration = Declaration(
    "Resize", [size, interpolation, maxSize],
    doc: "scales pictures to a height and width, or to a length of their shorter side",
    mirrors: "torchvision.transforms.Resize", source: "Pillow 13.0.0, src/libImaging/Resample.c",
    formula: """
      size: [h, w]     to h rows and w columns
      size: s, H <= W  h = s, w = s · W / H rounded down; likewise where W < H
      'max_size' m     where the longer side would exceed m, it becomes m and the
                       shorter one shrinks in proportion, rounded down
      A new pixel is a mean of old ones, weighted by the interpolation's filter,
      which is widened where the picture shrinks (antialiasing).
      'nearest' takes one pixel.
      """,
    shape: "[3, H, W] bytes to [3, h, w] bytes",
    draws: "nothing",
    differs:
      "there is no 'antialias', which torchvision ignores for PIL pictures, and no 'nearest-exact'",
    example: "Resize: {size: 256, interpolation: bicubic}")

  let size: Size
  let interpolation: Interpolation
  let maxSize: Int?

  init(_ values: Values) throws(TransformError) {
    size = values[Self.size]
    interpolation = values[Self.interpolation].interpolation
    maxSize = values[Self.maxSize]
    if let maxSize {
      guard case .one(let length) = size else { throw .maximumWithBothSides }
      guard maxSize > length else { throw .maximumNotAbove(maxSize, size: length) }
    }
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    let input = try input.picture()
    switch size {
    case .both(let height, let width):
      return input.sized(height: height, width: width)
    case .one:
      guard let height = input.height, let width = input.width else {
        return input.sized(height: nil, width: nil)
      }
      let (newHeight, newWidth) = scaled(height, width)
      // A thin picture's longer side can become absurd.
      guard newHeight * newWidth <= Picture.pixelLimit else {
        throw .tooManyPixels("size", height: newHeight, width: newWidth)
      }
      return input.sized(height: newHeight, width: newWidth)
    }
  }

  func isIdentity(for input: ImageShape) -> Bool {
    guard let height = input.height, let width = input.width else { return false }
    return scaled(height, width) == (height, width)
  }

  func apply(_ draw: NoDraw, to canvas: inout Canvas) {
    let (height, width) = scaled(canvas.picture.height, canvas.picture.width)
    canvas.resize(height: height, width: width, interpolation)
  }

  /// The new height and width; the longer side is cut off to whole pixels, as torchvision does.
  private func scaled(_ height: Int, _ width: Int) -> (Int, Int) {
    guard case .one(let length) = size else { return size.square }
    let (short, long) = width <= height ? (width, height) : (height, width)
    var newShort = length
    var newLong = Int(Double(length * long) / Double(short))
    if let maxSize, newLong > maxSize {
      newShort = max(1, Int(Double(maxSize * newShort) / Double(newLong)))
      newLong = maxSize
    }
    return width <= height ? (newLong, newShort) : (newShort, newLong)
  }
}

/// The interpolations by the names that they have in YAML.
enum InterpolationChoice: String, ChoiceValue, Hashable {
  case bilinear, nearest, bicubic, box, hamming, lanczos

  var interpolation: Interpolation {
    switch self {
    case .bilinear: .bilinear
    case .nearest: .nearest
    case .bicubic: .bicubic
    case .box: .box
    case .hamming: .hamming
    case .lanczos: .lanczos
    }
  }
}
