/// The kinds of element that a `.safetensors` file may hold, in the format's spelling.
package enum ElementType: String, Sendable, Hashable, CaseIterable {
  case boolean = "BOOL"
  case uint8 = "U8"
  case int8 = "I8"
  case float8e5m2 = "F8_E5M2"
  case float8e4m3 = "F8_E4M3"
  case int16 = "I16"
  case uint16 = "U16"
  case float16 = "F16"
  case bfloat16 = "BF16"
  case int32 = "I32"
  case uint32 = "U32"
  case float32 = "F32"
  case float64 = "F64"
  case int64 = "I64"
  case uint64 = "U64"

  /// Bytes of one element.
  package var width: Int {
    switch self {
    case .boolean, .uint8, .int8, .float8e5m2, .float8e4m3: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int32, .uint32, .float32: 4
    case .float64, .int64, .uint64: 8
    }
  }
}

/// IEEE 754's 16-bit floats, as bits: the same on every processor and toolchain.
package enum HalfPrecision {
  /// The nearest half, ties to even; beyond its range an infinity.
  package static func bits(_ value: Float) -> UInt16 {
    let sign = UInt16(truncatingIfNeeded: (value.bitPattern >> 16) & 0x8000)
    var magnitude = value.bitPattern & 0x7FFF_FFFF
    if magnitude > 0x7F80_0000 {
      // NaN keeps its first digits, and is made quiet.
      return sign | 0x7E00 | UInt16(truncatingIfNeeded: (magnitude >> 13) & 0x1FF)
    }
    if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
    if magnitude < 0x3880_0000 {
      // Below 2^-14: one unit of 0.5 is 2^-24, the least half, so that the sum rounds where a half does.
      let shifted = Float(bitPattern: magnitude) + 0.5
      return sign | UInt16(truncatingIfNeeded: shifted.bitPattern - Float(0.5).bitPattern)
    }
    let isOdd = (magnitude >> 13) & 1
    magnitude = magnitude &- (112 << 23) &+ 0xFFF &+ isOdd
    return sign | UInt16(truncatingIfNeeded: magnitude >> 13)
  }

  /// The value of a half, exactly.
  package static func value(_ bits: UInt16) -> Float {
    let sign = UInt32(bits & 0x8000) << 16
    let magnitude = UInt32(bits & 0x7FFF) << 13
    switch bits & 0x7C00 {
    case 0x7C00: return Float(bitPattern: sign | magnitude | 0x7F80_0000)
    case 0:
      let least = Float(bitPattern: magnitude | 113 << 23) - Float(bitPattern: 113 << 23)
      return Float(bitPattern: sign | least.bitPattern)
    default: return Float(bitPattern: sign | (magnitude + (112 << 23)))
    }
  }
}
