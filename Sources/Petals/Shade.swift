import Tensors

/// A colour as red, green and blue display values, 0 to 1; between operations it may leave that range.
typealias Shade = SIMD3<Float>

extension SIMD3<Float> {
  /// Both colours mixed; all of `other` at 1.
  func mixed(with other: Shade, _ amount: Float) -> Shade { self + (other - self) * amount }

  /// A colour from hue in turns (any number), saturation and value.
  static func hsv(_ hue: Float, _ saturation: Float, _ value: Float) -> Shade {
    let sector = (hue - hue.rounded(.down)) * 6
    func channel(_ offset: Float) -> Float {
      // Distance on the hue circle decides; the standard six-sector formula in closed form.
      var k = offset + sector
      if k >= 6 { k -= 6 }
      return value - value * saturation * Swift.max(0, Swift.min(k, 4 - k, 1))
    }
    return Shade(channel(5), channel(3), channel(1))
  }
}

extension RandomStream {
  /// A single-precision number in `[lower, upper)`.
  mutating func float(_ lower: Float, _ upper: Float) -> Float {
    lower + (upper - lower) * (Float(next() >> 8) * 0x1p-24)
  }

  /// One element, each as likely.
  mutating func element<T>(of list: [T]) -> T { list[integer(in: 0...(list.count - 1))] }
}
