/// The checksum of event files: CRC-32 with Castagnoli's polynomial, and TensorFlow's masking of it.
///
/// - Source: RFC 3720, appendix B.4.
package enum CRC32C {
  /// The plain checksum.
  package static func checksum(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var crc = UInt32.max
    for byte in bytes { crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ crc >> 8 }
    return ~crc
  }

  /// As it stands in a file: a checksum over bytes that hold their own checksum would say little.
  package static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let crc = checksum(bytes)
    return (crc >> 15 | crc << 17) &+ 0xA282_EAD8
  }

  /// What eight steps of the reflected polynomial make of each byte.
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 1 ? 0x82F6_3B78 ^ crc >> 1 : crc >> 1 }
  }
}
