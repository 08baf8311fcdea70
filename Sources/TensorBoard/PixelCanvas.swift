import Images

/// A picture that is drawn: rectangles, other pictures, text.
struct PixelCanvas {
  let width: Int
  let height: Int
  private var bytes: [UInt8]

  init(width: Int, height: Int, filledWith colour: PixelColour) {
    self.width = width
    self.height = height
    bytes = []
    bytes.reserveCapacity(width * height * 3)
    for _ in 0..<width * height { bytes += [colour.red, colour.green, colour.blue] }
  }

  var picture: Picture { Picture(width: width, height: height, bytes: bytes) }

  /// What lies outside is left out.
  mutating func fill(x: Int, y: Int, width: Int, height: Int, _ colour: PixelColour) {
    for row in max(0, y)..<max(0, y, min(self.height, y + height)) {
      for column in max(0, x)..<max(0, x, min(self.width, x + width)) {
        set(column, row, colour)
      }
    }
  }

  /// Puts a picture, which must lie inside.
  mutating func draw(_ picture: borrowing Picture, x: Int, y: Int) {
    let (columns, rows) = (picture.width, picture.height)
    precondition(x >= 0 && y >= 0 && x + columns <= width && y + rows <= height)
    let canvasWidth = width
    picture.withBytes { source in
      for row in 0..<rows {
        let target = ((y + row) * canvasWidth + x) * 3
        for index in 0..<columns * 3 { bytes[target + index] = source[row * columns * 3 + index] }
      }
    }
  }

  /// Writes text with its upper left corner here, each of the font's pixels `scale` wide and high.
  mutating func write(_ text: String, x: Int, y: Int, scale: Int, _ colour: PixelColour) {
    var left = x
    for glyph in SmallFont.glyphs(text) {
      for (row, bits) in glyph.rows.enumerated() {
        for column in 0..<glyph.width where bits >> column & 1 == 1 {
          fill(
            x: left + column * scale, y: y + row * scale, width: scale, height: scale, colour)
        }
      }
      left += (glyph.width + 1) * scale
    }
  }

  private mutating func set(_ column: Int, _ row: Int, _ colour: PixelColour) {
    let place = (row * width + column) * 3
    bytes[place] = colour.red
    bytes[place + 1] = colour.green
    bytes[place + 2] = colour.blue
  }
}

/// A colour of a canvas.
package struct PixelColour: Sendable, Hashable {
  package let red: UInt8
  package let green: UInt8
  package let blue: UInt8

  package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }
}
