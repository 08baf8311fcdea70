import Declarations
import Images

/// Adds pixels to the sides of a picture: of one colour, or made of those at its edge.
///
/// - Shape: `[3, H, W]` to `[3, H + top + bottom, W + left + right]`.
/// - Draws: nothing.
/// - Mirrors: `torchvision.transforms.Pad` on PIL pictures.
struct Pad: Transform {
  static let padding = Parameter<Padding>(
    "padding", unit: .pixels,
    doc: "what every side gets, or [left and right, top and bottom], or [left, top, right, bottom]")
  static let fill = Parameter<Fill>(
    "fill", default: Fill.one(0), doc: "level of what is added, or [red, green, blue]")
  static let paddingMode = Parameter<PaddingMode>(
    "padding_mode", default: .constant, doc: "what is added: 'fill', or copies of the picture")

  static let declaration = Declaration(
    "Pad", [padding, fill, paddingMode], doc: "adds pixels to the sides of pictures",
    mirrors: "torchvision.transforms.Pad",
    formula: """
      The pixels 1 2 3 4 with two more at each side:
      constant   0 0 1 2 3 4 0 0    0: 'fill'
      edge       1 1 1 2 3 4 4 4
      reflect    3 2 1 2 3 4 3 2
      symmetric  2 1 1 2 3 4 4 3
      Reflections go on to and fro where more is added than there is.
      """,
    shape: "[3, H, W] bytes to [3, H + top + bottom, W + left + right] bytes",
    draws: "nothing",
    differs: "'padding' must not be negative, which in torchvision cuts pixels off",
    example: "Pad: {padding: 4, padding_mode: reflect}")

  let padding: Padding
  let fill: (UInt8, UInt8, UInt8)
  let mode: PaddingMode

  init(_ values: Values) {
    padding = values[Self.padding]
    fill = values[Self.fill].colour
    mode = values[Self.paddingMode]
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    let input = try input.picture()
    let height = input.height.map { $0 + padding.down.total }
    let width = input.width.map { $0 + padding.across.total }
    if let height, let width, height * width > Picture.pixelLimit {
      throw .tooManyPixels("padding", height: height, width: width)
    }
    return input.sized(height: height, width: width)
  }

  func isIdentity(for input: ImageShape) -> Bool { padding.isNothing }

  func apply(_ draw: NoDraw, to canvas: inout Canvas) {
    func line(_ length: Int, _ padding: LinePadding) -> [Int] {
      (-padding.before..<length + padding.after).map { mode.index($0, in: length) }
    }
    let rows = line(canvas.picture.height, padding.down)
    let columns = line(canvas.picture.width, padding.across)
    canvas.redraw(height: rows.count, width: columns.count) { source, target in
      source.pick(rows: rows, columns: columns, into: &target, fill: fill)
    }
  }
}
