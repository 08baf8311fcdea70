import Declarations
import Images

/// How files become pictures: `data.decode`.
package enum Decoding: String, ChoiceValue, Hashable {
  /// Every pixel, as PIL has it.
  case exact
  /// As `exact`, but where the first transform is a `Resize` that halves a JPEG file or more, it is decoded at a
  /// half, a quarter or an eighth: never below the size asked for.
  case fast
}

extension Pipeline {
  /// What no side of a decoded picture may fall below; nil where pictures are decoded at their own size.
  ///
  /// Of a `Resize` to a length of the shorter side it is that length for both: the longer side has more.
  package var decodedSize: PictureSize? {
    guard decoding == .fast, let resize = steps.first as? Resize else { return nil }
    return PictureSize(height: resize.size.square.height, width: resize.size.square.width)
  }

  /// Replaces the canvas's picture by that of a file, as this pipeline wants it.
  package func decode(
    _ file: UnsafeRawBufferPointer, into canvas: inout Canvas
  ) throws(PictureError) {
    try canvas.picture.decode(file, atLeast: decodedSize)
  }
}
