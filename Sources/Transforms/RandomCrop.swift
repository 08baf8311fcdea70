import Declarations
import Images
import Tensors

/// Cuts a window out of a random place of a picture, which may be padded before.
///
/// - Shape: `[3, H, W]` to `[3, h, w]`; one length means a square.
/// - Draws: the place of the window's corner.
/// - Mirrors: `torchvision.transforms.RandomCrop` on PIL pictures.
struct RandomCrop: Transform {
  static let size = Parameter<Size>(
    "size", unit: .pixels, doc: "side of the square window, or its [height, width]")
  static let padding = Parameter<Padding?>(
    "padding", default: .some(nil), unit: .pixels,
    doc:
      "what is added first: to every side, or [left and right, top and bottom], or [left, top, right, bottom]"
  )
  static let padIfNeeded = Parameter<Bool>(
    "pad_if_needed", default: false,
    doc: "whether a picture smaller than the window is padded instead of refused")
  static let fill = Parameter<Fill>(
    "fill", default: Fill.one(0), doc: "level of what is added, or [red, green, blue]")
  static let paddingMode = Parameter<PaddingMode>(
    "padding_mode", default: .constant,
    doc: "what is added: 'fill', or copies of the picture as in 'Pad'")

  static let declaration = Declaration(
    "RandomCrop", [size, padding, padIfNeeded, fill, paddingMode],
    doc: "cuts a window out of a random place, after padding where that is asked for",
    mirrors: "torchvision.transforms.RandomCrop",
    formula: """
      top uniform from 0 to H - h, left uniform from 0 to W - w, whole pixels
      H and W are those after 'padding'. With 'pad_if_needed' a picture that is
      still narrower than w gets w - W columns at the left and as many at the
      right; rows likewise.
      """,
    shape: "[3, H, W] bytes to [3, h, w] bytes",
    draws: "the window's row, then its column, uniform",
    differs: "'padding' must not be negative, which in torchvision cuts pixels off",
    example: "RandomCrop: {size: 32, padding: 4}")

  /// The window's corner in the padded picture.
  struct Draw: Sendable, Codable { var top, left: Int }

  let height: Int
  let width: Int
  let padding: Padding
  let padsIfNeeded: Bool
  let fill: (UInt8, UInt8, UInt8)
  let mode: PaddingMode

  init(_ values: Values) {
    (height, width) = values[Self.size].square
    padding = values[Self.padding] ?? .all(0)
    padsIfNeeded = values[Self.padIfNeeded]
    fill = values[Self.fill].colour
    mode = values[Self.paddingMode]
  }

  func outputShape(for input: ImageShape) throws(TransformError) -> ImageShape {
    let input = try input.picture()
    for (window, length, padding) in [
      (height, input.height, padding.down), (width, input.width, padding.across),
    ] {
      guard let length, !padsIfNeeded, window > length + padding.total else { continue }
      throw .tooLarge("size", window, limit: length + padding.total)
    }
    return input.sized(height: height, width: width)
  }

  func isIdentity(for input: ImageShape) -> Bool {
    input.height == height && input.width == width && padding.isNothing
  }

  func draw(for input: PictureSize, from stream: inout RandomStream) -> Draw {
    let top = stream.integer(in: 0...line(input.height, padding.down, height).room)
    let left = stream.integer(in: 0...line(input.width, padding.across, width).room)
    return Draw(top: top, left: left)
  }

  func apply(_ draw: Draw, to canvas: inout Canvas) {
    let rows = line(canvas.picture.height, padding.down, height).window(at: draw.top)
    let columns = line(canvas.picture.width, padding.across, width).window(at: draw.left)
    canvas.redraw(height: height, width: width) { source, target in
      source.pick(rows: rows, columns: columns, into: &target, fill: fill)
    }
  }

  private func line(_ length: Int, _ padding: LinePadding, _ window: Int) -> Line {
    let padded = length + padding.total
    return Line(
      length: length, before: padding.before, padded: padded,
      more: padsIfNeeded ? max(0, window - padded) : 0, window: window, mode: mode)
  }

  /// A row or column of the picture, padded once by `padding` and once because it was too short.
  private struct Line {
    let length, before, padded, more, window: Int
    let mode: PaddingMode

    /// The last place where the window can begin.
    var room: Int { max(0, padded + 2 * more - window) }

    /// The old pixel for each of the window's. The second padding reflects what the first one made.
    func window(at start: Int) -> [Int] {
      (start..<start + window).map { place in
        let inner = mode.index(place - more, in: padded)
        return inner < 0 ? -1 : mode.index(inner - before, in: length)
      }
    }
  }
}
