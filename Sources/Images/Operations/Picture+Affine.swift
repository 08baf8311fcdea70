/// From a place in the new picture to one in the old: `x' = a x + b y + c`, `y' = d x + e y + f`.
package struct AffineMatrix: Sendable, Hashable {
  package var a, b, c, d, e, f: Double

  package init(_ a: Double, _ b: Double, _ c: Double, _ d: Double, _ e: Double, _ f: Double) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
    self.e = e
    self.f = f
  }

  func x(_ x: Double, _ y: Double) -> Double { a * x + b * y + c }
  func y(_ x: Double, _ y: Double) -> Double { d * x + e * y + f }
}

extension Picture {
  /// Writes at each place of `target` the pixel that the matrix leads to, or `fill` where there is none.
  ///
  /// Mirrors PIL's `Image.transform` with `Transform.AFFINE`; `.nearest` and `.bilinear` only.
  /// - Source: Pillow 13.0.0, `Geometry.c`.
  package borrowing func transform(
    _ matrix: AffineMatrix, into target: inout Picture, _ interpolation: Interpolation,
    fill: (UInt8, UInt8, UInt8)
  ) {
    precondition(
      interpolation == .nearest || interpolation == .bilinear,
      "affine transforms are nearest or bilinear")
    let columns = target.width
    let rows = target.height
    let old = PixelSource(
      bytes: withBytes { $0 }, width: width, height: height, fill: fill)
    target.withMutableBytes { new in
      if interpolation == .bilinear {
        old.blend(matrix, into: new, rows, columns)
      } else if matrix.b == 0 && matrix.d == 0 {
        old.scale(matrix, into: new, rows, columns)
      } else if old.fitsFixedPoint(matrix, rows, columns) {
        old.pickInFixedPoint(matrix, into: new, rows, columns)
      } else {
        old.pick(matrix, into: new, rows, columns)
      }
    }
  }
}

/// The old pixels, for the length of one transform: the caller holds the picture.
struct PixelSource {
  let bytes: UnsafePointer<UInt8>
  let width: Int
  let height: Int
  let fill: (UInt8, UInt8, UInt8)

  @inline(__always)
  func copy(_ x: Int, _ y: Int, to pixel: UnsafeMutablePointer<UInt8>) {
    if x >= 0 && x < width && y >= 0 && y < height {
      let from = bytes + (y &* width &+ x) &* 3
      pixel[0] = from[0]
      pixel[1] = from[1]
      pixel[2] = from[2]
    } else {
      pixel[0] = fill.0
      pixel[1] = fill.1
      pixel[2] = fill.2
    }
  }

  /// Coordinates stay within 16 bits before the point. PIL decides the same way, by the corners.
  func fitsFixedPoint(_ matrix: AffineMatrix, _ rows: Int, _ columns: Int) -> Bool {
    let corners = [(0, 0), (columns, rows), (0, rows), (columns, 0)]
    return corners.allSatisfy { x, y in
      abs(matrix.x(Double(x), Double(y))) < 32768 && abs(matrix.y(Double(x), Double(y))) < 32768
    }
  }

  func pickInFixedPoint(
    _ matrix: AffineMatrix, into target: UnsafeMutablePointer<UInt8>, _ rows: Int, _ columns: Int
  ) {
    // A step along a single row or column is never taken, and may be larger than 32 bits.
    func fixed(_ value: Double) -> Int32 {
      Int32(truncatingIfNeeded: Int64((value * 65536 + 0.5).rounded(.down)))
    }
    let (a, b) = (fixed(matrix.a), fixed(matrix.b))
    let (d, e) = (fixed(matrix.d), fixed(matrix.e))
    var rowX = fixed(matrix.c + matrix.a * 0.5 + matrix.b * 0.5)
    var rowY = fixed(matrix.f + matrix.d * 0.5 + matrix.e * 0.5)
    var pixel = target
    for _ in 0..<rows {
      var x = rowX
      var y = rowY
      for _ in 0..<columns {
        copy(Int(x >> 16), Int(y >> 16), to: pixel)
        pixel += 3
        x &+= a
        y &+= d
      }
      rowX &+= b
      rowY &+= e
    }
  }

  func pick(
    _ matrix: AffineMatrix, into target: UnsafeMutablePointer<UInt8>, _ rows: Int, _ columns: Int
  ) {
    var rowX = matrix.c + matrix.b * 0.5 + matrix.a * 0.5
    var rowY = matrix.f + matrix.e * 0.5 + matrix.d * 0.5
    var pixel = target
    for _ in 0..<rows {
      var x = rowX
      var y = rowY
      for _ in 0..<columns {
        copy(index(x), index(y), to: pixel)
        pixel += 3
        x += matrix.a
        y += matrix.d
      }
      rowX += matrix.b
      rowY += matrix.e
    }
  }

  /// Without rotation each column of the new picture is one of the old.
  func scale(
    _ matrix: AffineMatrix, into target: UnsafeMutablePointer<UInt8>, _ rows: Int, _ columns: Int
  ) {
    var pixel = target
    var y = matrix.f + matrix.e * 0.5
    for _ in 0..<rows {
      let row = index(y)
      var x = matrix.c + matrix.a * 0.5
      for _ in 0..<columns {
        copy(index(x), row, to: pixel)
        pixel += 3
        x += matrix.a
      }
      y += matrix.e
    }
  }

  func blend(
    _ matrix: AffineMatrix, into target: UnsafeMutablePointer<UInt8>, _ rows: Int, _ columns: Int
  ) {
    var pixel = target
    for row in 0..<rows {
      for column in 0..<columns {
        let x = matrix.x(Double(column) + 0.5, Double(row) + 0.5)
        let y = matrix.y(Double(column) + 0.5, Double(row) + 0.5)
        blend(x, y, to: pixel)
        pixel += 3
      }
    }
  }

  @inline(__always)
  func blend(_ x: Double, _ y: Double, to pixel: UnsafeMutablePointer<UInt8>) {
    guard x >= 0 && x < Double(width) && y >= 0 && y < Double(height) else {
      pixel[0] = fill.0
      pixel[1] = fill.1
      pixel[2] = fill.2
      return
    }
    let left = (x - 0.5).rounded(.down)
    let top = (y - 0.5).rounded(.down)
    let across = x - 0.5 - left
    let down = y - 0.5 - top
    let x0 = max(0, Int(left)) &* 3
    let x1 = min(width &- 1, Int(left) &+ 1) &* 3
    let upper = bytes + max(0, Int(top)) &* width &* 3
    // Below the last row there is nothing to mix with.
    let lower = Int(top) &+ 1 < height ? bytes + (Int(top) &+ 1) &* width &* 3 : upper
    for channel in 0..<3 {
      let first = mix(upper[x0 &+ channel], upper[x1 &+ channel], across)
      let second = mix(lower[x0 &+ channel], lower[x1 &+ channel], across)
      pixel[channel] = UInt8(first + (second - first) * down)
    }
  }

  @inline(__always)
  private func mix(_ a: UInt8, _ b: UInt8, _ share: Double) -> Double {
    Double(a) + Double(Int(b) &- Int(a)) * share
  }

  /// The pixel that a coordinate lies in, or -1 left of or above the first, and beyond any picture.
  @inline(__always)
  func index(_ coordinate: Double) -> Int {
    coordinate >= 0 && coordinate < 0x1p31 ? Int(coordinate) : -1
  }
}
