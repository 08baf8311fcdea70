/// A protocol-buffer message that is written, field by field: numbers, text, bytes, and messages in it.
///
/// Every field that is set is written, also where it is zero or empty: readers take that as the same, and in a
/// `oneof` it says which.
///
/// - Source: Protocol Buffers documentation, "Encoding".
package struct Message {
  package private(set) var bytes: [UInt8] = []

  /// A message whose fields the closure writes.
  package init(_ fill: (inout Message) -> Void) { fill(&self) }

  /// An `int32`, `int64` or enumeration.
  package mutating func set(_ field: Int, _ value: Int) {
    key(field, wireType: 0)
    varint(UInt64(bitPattern: Int64(value)))
  }

  /// A `bool`.
  package mutating func set(_ field: Int, _ value: Bool) { set(field, value ? 1 : 0) }

  /// A `double`.
  package mutating func set(_ field: Int, _ value: Double) {
    key(field, wireType: 1)
    fixed(value.bitPattern)
  }

  /// A `float`.
  package mutating func set(_ field: Int, _ value: Float) {
    key(field, wireType: 5)
    fixed(value.bitPattern)
  }

  /// A `string`.
  package mutating func set(_ field: Int, _ text: String) { set(field, Array(text.utf8)) }

  /// A `bytes`.
  package mutating func set(_ field: Int, _ content: [UInt8]) {
    key(field, wireType: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  /// A message; of a repeated field one element.
  package mutating func set(_ field: Int, _ fill: (inout Message) -> Void) {
    set(field, Message(fill).bytes)
  }

  private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

  /// Seven bits a byte, the lowest first; the top bit says that more follow.
  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func fixed(_ value: some FixedWidthInteger) {
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
  }
}
