import Glibc
import Tensors

/// An open `.safetensors` file: its header is checked whole, tensors are read when asked for.
///
/// Tensors are read by position and not mapped, so that a file that shrinks meanwhile is an error and no signal.
/// - Source: the format of github.com/huggingface/safetensors: eight bytes with the header's length, a JSON
///   header, then the data without gaps.
package final class SafeTensorsFile: Sendable {
  /// A tensor as the header states it.
  package struct Entry: Sendable, Hashable {
    package let name: String
    package let element: ElementType
    package let shape: Shape
    /// Of the whole file.
    package let bytes: Range<Int>
  }

  /// As in the format's own reader.
  static let headerLimit: UInt64 = 100_000_000

  package let path: String
  package let metadata: [String: String]
  /// In the order of their data.
  package let entries: [Entry]
  private let places: [String: Int]
  private let descriptor: Int32

  /// Opens a file and checks its header against its length.
  package init(path: String) throws(WeightsError) {
    let (descriptor, length) = try RegularFile.open(path)
    do throws(WeightsError) {
      let header = try SafeTensorsHeader(
        descriptor: descriptor, path: path, fileLength: length)
      metadata = header.metadata
      entries = header.entries
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
    places = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.name, $0.offset) })
  }

  deinit { close(descriptor) }

  package func entry(_ name: String) -> Entry? { places[name].map { entries[$0] } }

  /// A tensor's values as float32, whatever kind of float they are stored as.
  package func floats(_ name: String) throws(WeightsError) -> FloatBuffer {
    let entry = try existing(name)
    let buffer = FloatBuffer(count: entry.shape.count)
    let floats = buffer.pointer
    switch entry.element {
    case .float32:
      let raw = UnsafeMutableRawBufferPointer(start: floats, count: buffer.count * 4)
      try read(entry, into: raw)
    case .float16:
      try convert(entry, UInt16.self) { floats[$0] = HalfPrecision.value($1) }
    case .bfloat16:
      try convert(entry, UInt16.self) { floats[$0] = Float(bitPattern: UInt32($1) << 16) }
    case .float64:
      try convert(entry, UInt64.self) { floats[$0] = Float(Double(bitPattern: $1)) }
    default: throw .unsupportedElement(path: path, name: name, entry.element)
    }
    return buffer
  }

  /// A tensor of 64-bit integers.
  package func integers(_ name: String) throws(WeightsError) -> [Int] {
    let entry = try existing(name)
    guard entry.element == .int64 else {
      throw .unsupportedElement(path: path, name: name, entry.element)
    }
    var values = [Int](repeating: 0, count: entry.shape.count)
    try convert(entry, UInt64.self) { values[$0] = Int(truncatingIfNeeded: $1) }
    return values
  }

  private func existing(_ name: String) throws(WeightsError) -> Entry {
    guard let entry = entry(name) else { throw .noTensor(path: path, name: name) }
    return entry
  }

  /// Reads a tensor in pieces, and gives each element's little-endian bits with its index.
  private func convert<Bits: FixedWidthInteger>(
    _ entry: Entry, _ type: Bits.Type, _ body: (Int, Bits) -> Void
  ) throws(WeightsError) {
    var piece = [Bits](repeating: 0, count: min(entry.shape.count, 1 << 16))
    var done = 0
    while done < entry.shape.count {
      let count = min(piece.count, entry.shape.count - done)
      try piece.withUnsafeMutableBufferPointer { (elements) throws(WeightsError) in
        let part = UnsafeMutableBufferPointer(rebasing: elements[..<count])
        try read(entry, from: done * Bits.bitWidth / 8, into: UnsafeMutableRawBufferPointer(part))
      }
      for index in 0..<count { body(done + index, Bits(littleEndian: piece[index])) }
      done += count
    }
  }

  private func read(
    _ entry: Entry, from start: Int = 0, into raw: UnsafeMutableRawBufferPointer
  ) throws(WeightsError) {
    let offset = entry.bytes.lowerBound + start
    let count = try SafeTensorsHeader.fill(raw, from: descriptor, at: offset, path: path)
    guard count == raw.count else {
      throw .damaged(path: path, offset: offset + count, .cutWhileReading(name: entry.name))
    }
  }
}
