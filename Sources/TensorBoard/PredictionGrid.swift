import Images
import Runs

/// A sheet of pictures with what the best weights call them: green where that is right, red where it is wrong, with
/// the right name below.
package struct PredictionGrid {
  /// Pictures in a row, and rows, at most.
  package static let columns = 6
  package static let rows = 6
  /// Pixels of a picture's side with its frame, and between pictures.
  package static let side = 192
  package static let gap = 8
  private static let scale = 2
  /// Two lines of text.
  private static let lineHeight = (SmallFont.height + 2) * scale
  private static let cellHeight = side + 2 * lineHeight + 4

  private static let background = PixelColour(24, 26, 30)
  /// The frames' colours.
  package static let right = PixelColour(22, 120, 60)
  package static let wrong = PixelColour(176, 36, 36)
  private static let bright = PixelColour(255, 255, 255)

  /// Those that are shown.
  package let predictions: [PredictionsReader.Row]
  private let name: (_ label: String) -> String
  private let file: (_ path: String) -> String

  /// - Parameters:
  ///   - predictions: of a whole split; some of them are shown, evenly spread.
  ///   - name: what a class is called.
  ///   - file: where a picture is.
  package init(
    _ predictions: [PredictionsReader.Row], name: @escaping (String) -> String,
    file: @escaping (String) -> String
  ) {
    let count = min(predictions.count, Self.columns * Self.rows)
    self.predictions = (0..<count).map { predictions[$0 * predictions.count / count] }
    self.name = name
    self.file = file
  }

  /// The sheet; nil without predictions.
  package func drawn() -> Picture? {
    guard !predictions.isEmpty else { return nil }
    let columns = min(Self.columns, predictions.count)
    let rows = (predictions.count + columns - 1) / columns
    var canvas = PixelCanvas(
      width: columns * (Self.side + Self.gap) + Self.gap,
      height: rows * (Self.cellHeight + Self.gap) + Self.gap, filledWith: Self.background)
    for (place, prediction) in predictions.enumerated() {
      draw(
        prediction, on: &canvas, x: Self.gap + place % columns * (Self.side + Self.gap),
        y: Self.gap + place / columns * (Self.cellHeight + Self.gap))
    }
    return canvas.picture
  }

  private func draw(_ row: PredictionsReader.Row, on canvas: inout PixelCanvas, x: Int, y: Int) {
    let colour = row.isCorrect ? Self.right : Self.wrong
    canvas.fill(x: x, y: y, width: Self.side, height: Self.cellHeight, colour)
    do throws(PictureError) {
      canvas.draw(try Self.thumbnail(file(row.path), side: Self.side - 8), x: x + 4, y: y + 4)
    } catch {
      // A picture that is gone since leaves its place empty.
    }
    let width = (Self.side - 12) / Self.scale
    let lines =
      row.isCorrect
      ? SmallFont.lines(name(row.label), in: width)
      : [name(row.predicted), "is " + name(row.label)].map { SmallFont.fitting($0, in: width) }
    for (number, line) in lines.enumerated() {
      canvas.write(
        line, x: x + 6, y: y + Self.side + 2 + number * Self.lineHeight, scale: Self.scale,
        Self.bright)
    }
  }

  /// The middle of a picture, at this size.
  private static func thumbnail(_ path: String, side: Int) throws(PictureError) -> Picture {
    var buffer = FileBytes()
    var picture = Picture()
    try buffer.read(path)
    try picture.decode(buffer.bytes, atLeast: PictureSize(height: side, width: side))
    // 1. The largest square in the middle.
    let length = min(picture.width, picture.height)
    var square = Picture(width: length, height: length)
    let (left, top) = ((picture.width - length) / 2, (picture.height - length) / 2)
    let stride = picture.width * 3
    picture.withBytes { source in
      square.withMutableBytes { target in
        for row in 0..<length {
          let from = source + (top + row) * stride + left * 3
          (target + row * length * 3).update(from: from, count: length * 3)
        }
      }
    }
    // 2. Its size.
    var thumbnail = Picture(width: side, height: side)
    var resizer = Resizer()
    resizer.resize(square, into: &thumbnail, .bilinear)
    return thumbnail
  }
}
