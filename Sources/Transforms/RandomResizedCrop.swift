import Declarations
import Images
import Tensors

/// Cuts a window of random place, area and shape out of a picture and scales it to one size.
///
/// - Shape: `[3, H, W]` to `[3, h, w]`; one length means a square.
/// - Draws: the window's area and shape, at most ten times, then its place.
/// - Mirrors: `torchvision.transforms.RandomResizedCrop` on PIL pictures, bit for bit as Pillow 13 does it.
struct RandomResizedCrop: Transform {
  static let size = Parameter<Size>(
    "size", unit: .pixels, doc: "side of the square that comes out, or its [height, width]")
  static let scale = Parameter<[Double]>(
    "scale", .list(.number(.nonnegative), count: 2...2), default: [0.08, 1],
    doc: "[min, max] of the window's part of the picture's area")
  static let ratio = Parameter<[Double]>(
    "ratio", .list(.number(.positive), count: 2...2), default: [3.0 / 4, 4.0 / 3],
    doc: "[min, max] of the window's width over its height")
  static let interpolation = Parameter<InterpolationChoice>(
    "interpolation", default: .bilinear, doc: "how new pixels are made of old ones")

  static let declaration = Declaration(
    "RandomResizedCrop", [size, scale, ratio, interpolation],
    doc: "cuts a window of random area and shape out of a random place and scales it to one size",
    mirrors: "torchvision.transforms.RandomResizedCrop",
    source:
      "Szegedy et al. 2015, arXiv:1409.4842, section 6; Pillow 13.0.0, src/libImaging/Resample.c",
    formula: """
      a uniform from 'scale', ln r uniform between the logarithms of 'ratio'
      w = √(H · W · a · r), h = √(H · W · a / r), rounded to whole pixels
      The first of ten such windows that fits into the picture is taken, its place
      uniform. Where none fits, the largest one in the middle that 'ratio' allows.
      The window is scaled to 'size' as 'Resize' scales, with antialiasing.
      """,
    shape: "[3, H, W] bytes to [3, h, w] bytes; of any H and W",
    draws: "area and shape of the window, until one of ten fits, then its row and its column",
    differs: "there is no 'antialias', which torchvision ignores for PIL pictures",
    example: "RandomResizedCrop: {size: 224, scale: [0.25, 1]}")

  /// The window in the picture.
  struct Draw: Sendable, Codable { var top, left, height, width: Int }

  let height: Int
  let width: Int
  let window: AreaAndRatio
  let interpolation: Interpolation

  init(_ values: Values) throws(TransformError) {
    (height, width) = values[Self.size].square
    window = try AreaAndRatio(values, scale: Self.scale, ratio: Self.ratio)
    interpolation = values[Self.interpolation].interpolation
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture().sized(height: height, width: width)
  }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    let (rows, columns) = (input.height, input.width)
    let sides = window.sides(area: rows * columns, from: &stream) { width, height in
      width >= 1 && width <= Double(columns) && height >= 1 && height <= Double(rows)
    }
    guard let (width, height) = sides else { return middle(of: input) }
    let top = stream.integer(in: 0...(rows - height))
    let left = stream.integer(in: 0...(columns - width))
    return Draw(top: top, left: left, height: height, width: width)
  }

  /// The largest window of an allowed shape.
  private func middle(of input: PictureSize) -> Draw {
    var (height, width) = (input.height, input.width)
    let shape = Double(width) / Double(height)
    if shape < window.ratio.lowerBound {
      height = max(
        1, Int((Double(width) / window.ratio.lowerBound).rounded(.toNearestOrEven)))
    } else if shape > window.ratio.upperBound {
      width = max(
        1, Int((Double(height) * window.ratio.upperBound).rounded(.toNearestOrEven)))
    }
    return Draw(
      top: (input.height - height) / 2, left: (input.width - width) / 2, height: height,
      width: width)
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    if canvas.picture.size != PictureSize(height: draw.height, width: draw.width) {
      canvas.redraw(height: draw.height, width: draw.width) { source, target in
        source.crop(top: draw.top, left: draw.left, into: &target)
      }
    }
    canvas.resize(height: height, width: width, interpolation)
  }
}
