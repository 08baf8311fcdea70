import Glibc
import Tensors

/// Reads a part of an open file from its start to its end, a piece at a time.
///
/// No length that the file states is believed: what is taken is compared with what is left first.
struct ByteCursor {
  let path: String
  private let descriptor: Int32
  /// The file's byte that comes next.
  private(set) var position: Int
  private let end: Int
  private var piece: [UInt8] = []
  private var pieceStart = 0

  init(descriptor: Int32, path: String, range: Range<Int>) {
    self.descriptor = descriptor
    self.path = path
    position = range.lowerBound
    end = range.upperBound
  }

  var left: Int { end - position }

  func problem(_ problem: TorchProblem, at offset: Int? = nil) -> WeightsError {
    .torch(path: path, offset: offset ?? position, problem)
  }

  mutating func byte() throws(WeightsError) -> UInt8 {
    guard position < end else { throw problem(.endsEarly) }
    if position - pieceStart >= piece.count { try refill() }
    defer { position += 1 }
    return piece[position - pieceStart]
  }

  mutating func take(_ count: Int) throws(WeightsError) -> [UInt8] {
    guard count >= 0, count <= left else { throw problem(.endsEarly) }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      if position - pieceStart >= piece.count { try refill() }
      let start = position - pieceStart
      let stop = min(piece.count, start + count - bytes.count)
      bytes += piece[start..<stop]
      position += stop - start
    }
    return bytes
  }

  /// An unsigned number of `count` bytes, the lowest first.
  mutating func number(_ count: Int) throws(WeightsError) -> UInt64 {
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(try byte()) << (8 * UInt64(index)) }
    return value
  }

  /// A length of eight bytes, which may not be negative.
  mutating func length(_ count: Int) throws(WeightsError) -> Int {
    guard let value = Int(exactly: try number(count)) else { throw problem(.endsEarly) }
    return value
  }

  /// Text up to the next line feed, which is taken too.
  mutating func line() throws(WeightsError) -> String {
    var bytes: [UInt8] = []
    while true {
      let next = try byte()
      if next == 0x0A { return String(decoding: bytes, as: UTF8.self) }
      guard bytes.count < 1024 else { throw problem(.endsEarly) }
      bytes.append(next)
    }
  }

  private mutating func refill() throws(WeightsError) {
    pieceStart = position
    piece = try Self.read(descriptor, position..<min(end, position + 1 << 16), path: path)
  }

  /// The bytes of a part of a file; fewer than asked for are an error.
  static func read(
    _ descriptor: Int32, _ range: Range<Int>, path: String, what: String = "the part that is read"
  ) throws(WeightsError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: range.count)
    let count = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(WeightsError) in
      try SafeTensorsHeader.fill(
        UnsafeMutableRawBufferPointer(buffer), from: descriptor, at: range.lowerBound, path: path)
    }
    guard count == range.count else {
      throw .torch(path: path, offset: range.lowerBound + count, .cutWhileReading(what))
    }
    return bytes
  }
}
