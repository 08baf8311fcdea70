/// From a place in the new picture to one in the old:
/// `x' = (a x + b y + c) / (g x + h y + 1)`, `y' = (d x + e y + f) / (g x + h y + 1)`.
package struct PerspectiveMatrix: Sendable, Hashable {
  /// `a` to `h`.
  let values: [Double]

  /// What leads from four corners of the new picture to those of an old one of the given size, in single precision
  /// as torchvision has it.
  ///
  /// Corners are clockwise from the top left. Nil where three lie on a line, or the new picture's corner would
  /// come from infinitely far away. Exact up to the last division, so that no rounding decides on which side of a
  /// pixel's edge a place lies: the rectangle's way to the four corners (Heckbert 1989) in whole
  /// numbers, and its adjugate for the way back.
  package init?(from corners: [(x: Int, y: Int)], toCornersOf size: PictureSize) {
    precondition(corners.count == 4, "a picture has four corners")
    let x = corners.map { Int128($0.x) }
    let y = corners.map { Int128($0.y) }
    for left in 0..<4 {
      let rest = (0..<4).filter { $0 != left }
      let (p, q, r) = (rest[0], rest[1], rest[2])
      if (x[q] - x[p]) * (y[r] - y[p]) == (y[q] - y[p]) * (x[r] - x[p]) { return nil }
    }
    // 1. From the unit square to the corners, everything times the last element.
    let (dx1, dx2, sx) = (x[1] - x[2], x[3] - x[2], x[0] - x[1] + x[2] - x[3])
    let (dy1, dy2, sy) = (y[1] - y[2], y[3] - y[2], y[0] - y[1] + y[2] - y[3])
    let i = dx1 * dy2 - dx2 * dy1
    let g = sx * dy2 - dx2 * sy
    let h = dx1 * sy - sx * dy1
    let (a, b, c) = ((x[1] - x[0]) * i + g * x[1], (x[3] - x[0]) * i + h * x[3], x[0] * i)
    let (d, e, f) = ((y[1] - y[0]) * i + g * y[1], (y[3] - y[0]) * i + h * y[3], y[0] * i)
    // 2. Back, and from the unit square to the old picture.
    let across = [e * i - f * h, c * h - b * i, b * f - c * e].map { $0 * Int128(size.width - 1) }
    let down = [f * g - d * i, a * i - c * g, c * d - a * f].map { $0 * Int128(size.height - 1) }
    let depth = a * e - b * d
    if depth == 0 { return nil }
    values = (across + down + [d * h - e * g, b * g - a * h]).map {
      Double(Float(Double($0) / Double(depth)))
    }
  }

  func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    let depth = values[6] * x + values[7] * y + 1
    return (
      (values[0] * x + values[1] * y + values[2]) / depth,
      (values[3] * x + values[4] * y + values[5]) / depth
    )
  }
}

extension Picture {
  /// Writes at each place of `target` the pixel that the matrix leads to, or `fill` where there is none.
  ///
  /// Mirrors PIL's `Image.transform` with `Transform.PERSPECTIVE`; `.nearest` and `.bilinear` only.
  /// - Source: Pillow 13.0.0, `Geometry.c`.
  package borrowing func transform(
    _ matrix: PerspectiveMatrix, into target: inout Picture, _ interpolation: Interpolation,
    fill: (UInt8, UInt8, UInt8)
  ) {
    precondition(
      interpolation == .nearest || interpolation == .bilinear,
      "perspective transforms are nearest or bilinear")
    let (rows, columns) = (target.height, target.width)
    let old = PixelSource(bytes: withBytes { $0 }, width: width, height: height, fill: fill)
    target.withMutableBytes { new in
      var pixel = new
      for row in 0..<rows {
        for column in 0..<columns {
          let place = matrix.place(Double(column) + 0.5, Double(row) + 0.5)
          if interpolation == .bilinear {
            old.blend(place.x, place.y, to: pixel)
          } else {
            old.copy(old.index(place.x), old.index(place.y), to: pixel)
          }
          pixel += 3
        }
      }
    }
  }
}
