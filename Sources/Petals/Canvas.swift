/// A square picture in the making: two by two samples for each pixel of the finished picture.
struct Canvas {
  /// Pixels of the finished picture on each side.
  static let side = 64
  static let samplesPerSide = side * 2

  /// Rows from the top; the picture spans -1 to 1 in both directions.
  private(set) var samples: [Shade]

  init(filledWith shade: Shade) {
    samples = Array(repeating: shade, count: Self.samplesPerSide * Self.samplesPerSide)
  }

  /// Where a sample lies along one side.
  static func place(_ index: Int) -> Float { (Float(index) + 0.5) / Float(side) - 1 }

  /// Lets `shade` change every sample whose place is within `reach` of `centre` on both axes.
  @inline(__always)
  mutating func paint(
    around centre: SIMD2<Float> = .zero, reach: Float = 2,
    _ shade: (SIMD2<Float>, inout Shade) -> Void
  ) {
    let columns = Self.indices(from: centre.x - reach, to: centre.x + reach)
    for row in Self.indices(from: centre.y - reach, to: centre.y + reach) {
      let y = Self.place(row)
      for column in columns {
        shade(SIMD2(Self.place(column), y), &samples[row * Self.samplesPerSide + column])
      }
    }
  }

  private static func indices(from lower: Float, to upper: Float) -> Range<Int> {
    let limit = Float(samplesPerSide)
    let first = min(max(((lower + 1) * Float(side)).rounded(.down), 0), limit)
    let last = min(max(((upper + 1) * Float(side)).rounded(.up), first), limit)
    return Int(first)..<Int(last)
  }

  /// Averages over a square window of `2 * radius + 1` samples a side, twice; edges are repeated.
  mutating func blur(radius: Int) {
    guard radius > 0 else { return }
    for _ in 0..<2 {
      // Along rows first, then along columns: a pass gives the transposed picture.
      samples = Self.blurredAndTransposed(samples, radius)
      samples = Self.blurredAndTransposed(samples, radius)
    }
  }

  private static func blurredAndTransposed(_ source: [Shade], _ radius: Int) -> [Shade] {
    let n = samplesPerSide
    var target = source
    let share = 1 / Float(2 * radius + 1)
    for row in 0..<n {
      let start = row * n
      var sum = Shade.zero
      for offset in -radius...radius { sum += source[start + min(max(offset, 0), n - 1)] }
      for column in 0..<n {
        target[column * n + row] = sum * share
        sum += source[start + min(column + radius + 1, n - 1)]
        sum -= source[start + max(column - radius, 0)]
      }
    }
    return target
  }

  /// The finished picture's pixels, rows from the top: the mean of each pixel's four samples.
  func pixels() -> [Shade] {
    let n = Self.samplesPerSide
    var result: [Shade] = []
    result.reserveCapacity(Self.side * Self.side)
    for row in stride(from: 0, to: n, by: 2) {
      for column in stride(from: 0, to: n, by: 2) {
        let first = row * n + column
        let sum = samples[first] + samples[first + 1] + samples[first + n] + samples[first + n + 1]
        result.append(sum * 0.25)
      }
    }
    return result
  }
}
