import Declarations
import Images

/// Turns a picture of bytes into floats from 0 to 1, channel by channel.
///
/// - Shape: `[3, H, W]` bytes to `[3, H, W]` floats.
/// - Draws: nothing.
/// - Mirrors: `torchvision.transforms.ToTensor`: each byte divided by 255 in single precision.
struct ToTensor: Transform {
  static let declaration = Declaration(
    "ToTensor", [], doc: "turns bytes into floats from 0 to 1, channel by channel",
    mirrors: "torchvision.transforms.ToTensor",
    formula: "y = x / 255, in single precision",
    shape: "[3, H, W] bytes to [3, H, W] floats from 0 to 1",
    draws: "nothing",
    example: "ToTensor")

  init(_ values: Values) {}

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    var shape = try input.picture()
    shape.element = .floats
    return shape
  }

  func outputRange(for input: ValueRange) -> ValueRange {
    ValueRange(channels: input.channels.map { $0.lowerBound / 255...$0.upperBound / 255 })
  }

  func apply(_ draw: NoDraw, to canvas: inout Canvas) {
    let count = canvas.picture.width * canvas.picture.height
    let floats = canvas.floats
    precondition(floats.count == 3 * count, "the destination has the picture's size")
    guard let planes = floats.baseAddress else { return }
    canvas.picture.writeFloats(to: planes)
  }
}
