import Declarations
import Images

/// Cuts the middle out of a picture, after padding with black where it is smaller.
///
/// - Shape: `[3, H, W]` to `[3, h, w]`; one length means a square.
/// - Draws: nothing.
/// - Mirrors: `torchvision.transforms.CenterCrop`, which rounds halves of a pixel to even.
struct CenterCrop: Transform {
  static let size = Parameter<Size>(
    "size", unit: .pixels, doc: "side of the square window, or its [height, width]")

  static let declaration = Declaration(
    "CenterCrop", [size],
    doc: "cuts a window out of the middle; pads with black where the picture is smaller",
    mirrors: "torchvision.transforms.CenterCrop",
    formula: """
      top = (H - h) / 2, left = (W - w) / 2, halves rounded to even
      A picture lower than h first gets (h - H) / 2 black rows above, rounded down,
      and the rest below; columns likewise.
      """,
    shape: "[3, H, W] bytes to [3, h, w] bytes; of any H and W",
    draws: "nothing",
    example: "CenterCrop: 224")

  let height: Int
  let width: Int

  init(_ values: Values) {
    (height, width) = values[Self.size].square
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    try input.picture().sized(height: height, width: width)
  }

  func isIdentity(for input: ImageShape) -> Bool {
    input.height == height && input.width == width
  }

  func apply(_ draw: NoDraw, to canvas: inout Canvas) {
    let top = Self.start(of: height, in: canvas.picture.height)
    let left = Self.start(of: width, in: canvas.picture.width)
    canvas.redraw(height: height, width: width) { source, target in
      source.crop(top: top, left: left, into: &target)
    }
  }

  /// Where the window begins; negative inside the padding, of which the smaller half goes first.
  private static func start(of window: Int, in length: Int) -> Int {
    window > length
      ? -((window - length) / 2)
      : Int((Double(length - window) / 2).rounded(.toNearestOrEven))
  }
}
