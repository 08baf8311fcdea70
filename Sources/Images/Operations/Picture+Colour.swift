// Colour as PIL computes it: `Convert.c`, `Blend.c` and `ImageEnhance.py` of Pillow 13.0.0.

extension Picture {
  /// Multiplies by a factor: a blend with black.
  package mutating func adjustBrightness(_ factor: Double) {
    apply(Self.blendTable(from: 0, factor))
  }

  /// Blends with the mean grey level, rounded, of the whole picture.
  package mutating func adjustContrast(_ factor: Double) {
    let count = width * height
    guard count > 0 else { return }
    let sum = withBytes { bytes in
      var sum = 0
      var pixel = bytes
      for _ in 0..<count {
        sum &+= Int(Self.grey(pixel))
        pixel += 3
      }
      return sum
    }
    apply(Self.blendTable(from: UInt8(Double(sum) / Double(count) + 0.5), factor))
  }

  /// Blends each pixel with its grey level.
  package mutating func adjustSaturation(_ factor: Double) {
    let count = width * height
    let share = Float(factor)
    withMutableBytes { bytes in
      var pixel = bytes
      for _ in 0..<count {
        let grey = Self.grey(pixel)
        pixel[0] = Self.blend(grey, pixel[0], share)
        pixel[1] = Self.blend(grey, pixel[1], share)
        pixel[2] = Self.blend(grey, pixel[2], share)
        pixel += 3
      }
    }
  }

  /// Turns the hue by a part of the circle, from -0.5 to 0.5, through HSV with eight bits each.
  package mutating func adjustHue(_ factor: Double) {
    // Wraps, as torchvision's addition of bytes does.
    let turn = UInt8(truncatingIfNeeded: Int(factor * 255))
    let count = width * height
    withMutableBytes { bytes in
      var pixel = bytes
      for _ in 0..<count {
        let (hue, saturation, value) = Self.hsv(pixel[0], pixel[1], pixel[2])
        Self.setRGB(pixel, hue &+ turn, saturation, value)
        pixel += 3
      }
    }
  }

  /// Replaces each pixel by its grey level, three times.
  package mutating func turnGrey() {
    let count = width * height
    withMutableBytes { bytes in
      var pixel = bytes
      for _ in 0..<count {
        let grey = Self.grey(pixel)
        pixel[0] = grey
        pixel[1] = grey
        pixel[2] = grey
        pixel += 3
      }
    }
  }

  /// Luma of ITU-R 601 in 16-bit fixed point.
  @inline(__always)
  private static func grey(_ pixel: UnsafePointer<UInt8>) -> UInt8 {
    let sum = Int(pixel[0]) &* 19595 &+ Int(pixel[1]) &* 38470 &+ Int(pixel[2]) &* 7471 &+ 0x8000
    return UInt8(truncatingIfNeeded: sum >> 16)
  }

  @inline(__always)
  private static func grey(_ pixel: UnsafeMutablePointer<UInt8>) -> UInt8 {
    grey(UnsafePointer(pixel))
  }

  /// From one byte to another by a share that may lie outside 0 to 1, in single precision, cut off.
  @inline(__always)
  private static func blend(_ from: UInt8, _ to: UInt8, _ share: Float) -> UInt8 {
    let value = Float(from) + share * Float(Int32(to) &- Int32(from))
    return UInt8(max(0, min(255, value)))
  }

  /// `blend` from one level for all 256 bytes.
  private static func blendTable(from level: UInt8, _ factor: Double) -> [UInt8] {
    let share = Float(factor)
    return (0...255).map { blend(level, UInt8($0), share) }
  }

  private mutating func apply(_ table: [UInt8]) {
    let count = byteCount
    withMutableBytes { bytes in
      table.withUnsafeBufferPointer { table in
        for index in 0..<count { bytes[index] = table[Int(bytes[index])] }
      }
    }
  }

  /// Hue, saturation and value, each cut off to a byte; single and double precision as in PIL's C.
  @inline(__always)
  static func hsv(_ red: UInt8, _ green: UInt8, _ blue: UInt8) -> (UInt8, UInt8, UInt8) {
    let most = max(red, max(green, blue))
    let least = min(red, min(green, blue))
    if most == least { return (0, 0, most) }
    let range = Float(most &- least)
    let saturation = range / Float(most)
    let redGap = Float(most &- red) / range
    let greenGap = Float(most &- green) / range
    let blueGap = Float(most &- blue) / range
    let sextant: Float =
      if red == most {
        blueGap - greenGap
      } else if green == most {
        Float(2 + Double(redGap) - Double(blueGap))
      } else {
        Float(4 + Double(greenGap) - Double(redGap))
      }
    // Between 5/6 and 11/6: the remainder by one is exact.
    var turn = Double(sextant) / 6 + 1
    if turn >= 1 { turn -= 1 }
    let hue = Int(Double(Float(turn)) * 255)
    return (
      UInt8(truncatingIfNeeded: hue), UInt8(truncatingIfNeeded: Int(Double(saturation) * 255)), most
    )
  }

  @inline(__always)
  static func setRGB(
    _ pixel: UnsafeMutablePointer<UInt8>, _ hue: UInt8, _ saturation: UInt8, _ value: UInt8
  ) {
    if saturation == 0 {
      pixel[0] = value
      pixel[1] = value
      pixel[2] = value
      return
    }
    let position = Double(hue) * 6 / 255
    let sextant = Int(position)
    let part = Float(position - Double(sextant))
    let share = Float(Double(saturation) / 255)
    // Rounded by adding a half and cutting off: equal to C's `round` here, checked for all bytes.
    let level = Double(value)
    let low = UInt8(truncatingIfNeeded: Int(level * (1 - Double(share)) + 0.5))
    let falling = UInt8(truncatingIfNeeded: Int(level * (1 - Double(share * part)) + 0.5))
    let rising = UInt8(
      truncatingIfNeeded: Int(level * (1 - Double(share) * (1 - Double(part))) + 0.5))
    let (red, green, blue) =
      switch sextant {
      case 1: (falling, value, low)
      case 2: (low, value, rising)
      case 3: (low, falling, value)
      case 4: (rising, low, value)
      case 5: (value, low, falling)
      default: (value, rising, low)
      }
    pixel[0] = red
    pixel[1] = green
    pixel[2] = blue
  }
}
