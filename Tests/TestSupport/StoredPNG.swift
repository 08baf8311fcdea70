/// PNG files whose pixels are not compressed: for tests that need given pixels in a file.
///
/// Source: PNG specification (W3C), sections 5 and 10; RFC 1950 and 1951 for the stored blocks.
package enum StoredPNG {
  /// - Parameter rgb: `height × width × 3` bytes.
  package static func bytes(width: Int, height: Int, rgb: [UInt8]) -> [UInt8] {
    precondition(rgb.count == width * height * 3)
    var lines: [UInt8] = []
    for row in 0..<height {
      lines.append(0)  // no filter
      lines += rgb[row * width * 3..<(row + 1) * width * 3]
    }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", bigEndian(width) + bigEndian(height) + [8, 2, 0, 0, 0])
      + chunk("IDAT", zlib(lines)) + chunk("IEND", [])
  }

  private static func bigEndian(_ value: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
  }

  private static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
    let body = Array(type.utf8) + content
    return bigEndian(content.count) + body + bigEndian(Int(crc(body)))
  }

  private static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
    }
    return ~crc
  }

  private static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = [0x78, 0x01]
    var start = 0
    repeat {
      let count = min(65535, bytes.count - start)
      let isLast: UInt8 = start + count == bytes.count ? 1 : 0
      let low = UInt8(count & 255)
      let high = UInt8(count >> 8)
      result += [isLast, low, high, ~low, ~high]
      result += bytes[start..<start + count]
      start += count
    } while start < bytes.count
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return result + bigEndian(Int(b << 16 | a))
  }
}
