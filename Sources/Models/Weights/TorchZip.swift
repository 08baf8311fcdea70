import Glibc
import Tensors

/// The members of a zip archive whose contents are stored as they are, which is how `torch.save` writes them.
///
/// Only the directory at the end is believed for lengths (torch leaves those beside the members empty), and only
/// where they lie inside the file.
/// - Source: PKWARE's APPNOTE.TXT, 4.3.7 (local headers), 4.3.12 (directory), 4.3.14 to 4.3.16 (its end, zip64).
package struct TorchZip {
  package struct Member {
    package let name: String
    /// Of the whole file.
    package let bytes: Range<Int>
    /// CRC-32 of the contents; 0 where the writer left it out.
    let checksum: UInt32
  }

  package private(set) var members: [String: Member] = [:]
  /// What the members' names begin with: the archive's own name and a slash.
  private(set) var prefix = ""
  private let path: String
  private let descriptor: Int32

  /// Ten times what the largest models need.
  private static let directoryLimit = 1 << 26

  package init(descriptor: Int32, path: String, fileLength: Int) throws(WeightsError) {
    self.path = path
    self.descriptor = descriptor
    // 1. Where the directory is: the last record, or the zip64 record that a locator before it names.
    let (directory, directoryOffset) = try Self.directory(descriptor, path, fileLength)

    // 2. Its entries.
    var position = 0
    func field(_ offset: Int, _ count: Int) -> Int {
      Int(truncatingIfNeeded: Self.number(directory, position + offset, count))
    }
    var roots: [String] = []
    while position < directory.count {
      let place = directoryOffset + position
      func damaged(_ problem: TorchProblem) -> WeightsError {
        .torch(path: path, offset: place, problem)
      }
      guard position + 46 <= directory.count, field(0, 4) == 0x0201_4B50 else {
        throw damaged(.badDirectory)
      }
      let (nameLength, extraLength) = (field(28, 2), field(30, 2))
      let length = 46 + nameLength + extraLength + field(32, 2)
      guard position + length <= directory.count else { throw damaged(.badDirectory) }
      let nameStart = position + 46
      let name = String(
        decoding: directory[nameStart..<(nameStart + nameLength)], as: UTF8.self)
      guard field(8, 2) & 1 == 0 else { throw damaged(.encrypted(member: name)) }
      var sizes = [field(24, 4), field(20, 4), field(42, 4)]
      let extra = nameStart + nameLength
      guard Self.widen(&sizes, directory[extra..<(extra + extraLength)]) else {
        throw damaged(.badDirectory)
      }
      guard field(10, 2) == 0, sizes[0] == sizes[1] else {
        throw damaged(.compressed(member: name))
      }
      let bytes = try contents(at: sizes[2], length: sizes[0], before: directoryOffset)
      guard members[name] == nil else { throw damaged(.tensorTwice(name)) }
      members[name] = Member(
        name: name, bytes: bytes, checksum: UInt32(truncatingIfNeeded: field(16, 4)))
      if name.hasSuffix("data.pkl"), name == "data.pkl" || name.hasSuffix("/data.pkl") {
        roots.append(String(name.dropLast(8)))
      }
      position += length
    }

    // 3. Whose archive it is.
    guard let root = roots.first else {
      throw .torch(path: path, offset: directoryOffset, .noMember("data.pkl"))
    }
    guard roots.count == 1 else {
      throw .torch(path: path, offset: directoryOffset, .severalArchives)
    }
    prefix = root
  }

  /// A member by its name behind the prefix.
  package func member(_ name: String) -> Member? { members[prefix + name] }

  /// Compares a member's contents with their checksum, where the archive has one.
  package func verify(_ member: Member) throws(WeightsError) {
    guard member.checksum != 0 else { return }
    var checksum = CRC32()
    var position = member.bytes.lowerBound
    while position < member.bytes.upperBound {
      let end = min(position + 1 << 18, member.bytes.upperBound)
      checksum.add(
        try ByteCursor.read(descriptor, position..<end, path: path, what: "'\(member.name)'"))
      position = end
    }
    guard checksum.value == member.checksum else {
      throw .torch(
        path: path, offset: member.bytes.lowerBound, .badChecksum(member: member.name))
    }
  }

  private static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << (8 * UInt64($1)) }
  }

  /// The directory's bytes, and the byte of the file at which they begin.
  private static func directory(
    _ descriptor: Int32, _ path: String, _ fileLength: Int
  ) throws(WeightsError) -> ([UInt8], Int) {
    // The last record has 22 bytes, and a comment behind it at most 65,535.
    let tailStart = max(0, fileLength - 22 - 65_535)
    let tail = try ByteCursor.read(descriptor, tailStart..<fileLength, path: path)
    let last = stride(from: tail.count - 22, through: 0, by: -1).first {
      number(tail, $0, 4) == 0x0605_4B50 && $0 + 22 + Int(number(tail, $0 + 20, 2)) == tail.count
    }
    guard let last else { throw .torch(path: path, offset: fileLength, .noDirectory) }
    let end = tailStart + last
    let damaged = WeightsError.torch(path: path, offset: end, .badDirectory)
    var length = number(tail, last + 12, 4)
    var start = number(tail, last + 16, 4)
    var limit = end
    if last >= 20, number(tail, last - 20, 4) == 0x0706_4B50 {
      guard let record = Int(exactly: number(tail, last - 12, 8)), record <= end - 20 - 56 else {
        throw damaged
      }
      let wide = try ByteCursor.read(descriptor, record..<(record + 56), path: path)
      guard number(wide, 0, 4) == 0x0606_4B50 else { throw damaged }
      length = number(wide, 40, 8)
      start = number(wide, 48, 8)
      limit = record
    }
    guard let length = Int(exactly: length), let start = Int(exactly: start), start <= limit,
      length <= limit - start, length <= directoryLimit
    else { throw damaged }
    return (try ByteCursor.read(descriptor, start..<(start + length), path: path), start)
  }

  /// Replaces what does not fit into 32 bits by the extra field's values, in the order of the standard.
  ///
  /// - Returns: false where a value is missing or too large.
  private static func widen(_ sizes: inout [Int], _ extra: ArraySlice<UInt8>) -> Bool {
    guard sizes.contains(0xFFFF_FFFF) else { return true }
    let extra = Array(extra)
    var position = 0
    while position + 4 <= extra.count {
      let (kind, length) = (number(extra, position, 2), Int(number(extra, position + 2, 2)))
      let end = position + 4 + length
      guard end <= extra.count else { return false }
      if kind == 1 {
        var next = position + 4
        for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
          guard next + 8 <= end, let wide = Int(exactly: number(extra, next, 8)) else {
            return false
          }
          sizes[index] = wide
          next += 8
        }
        return true
      }
      position = end
    }
    return false
  }

  /// Where a member's contents are: behind its local header, whose lengths may differ from the directory's.
  private func contents(
    at offset: Int, length: Int, before limit: Int
  ) throws(WeightsError) -> Range<Int> {
    let damaged = WeightsError.torch(path: path, offset: offset, .badDirectory)
    guard offset <= limit - 30 else { throw damaged }
    let header = try ByteCursor.read(descriptor, offset..<(offset + 30), path: path)
    guard Self.number(header, 0, 4) == 0x0403_4B50 else { throw damaged }
    let start =
      offset + 30 + Int(Self.number(header, 26, 2)) + Int(Self.number(header, 28, 2))
    guard start <= limit, length <= limit - start else { throw damaged }
    return start..<(start + length)
  }
}

/// The checksum of zip and PNG: polynomial 0x04C11DB7, reflected; eight bytes a step.
package struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  package init() {}

  package var value: UInt32 { ~state }

  /// `tables[256 * k + byte]`: the remainder of a byte that has k bytes behind it.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      tables[byte] = (0..<8).reduce(UInt32(byte)) { value, _ in
        value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1
      }
    }
    for index in 256..<(8 * 256) {
      let before = tables[index - 256]
      tables[index] = before >> 8 ^ tables[Int(before & 0xFF)]
    }
    return tables
  }()

  package mutating func add(_ bytes: [UInt8]) {
    Self.tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { raw in
        var crc = state
        var index = 0
        while index + 8 <= raw.count {
          let word =
            UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            ^ UInt64(crc)
          crc = 0
          for place in 0..<8 {
            crc ^= tables[256 * (7 - place) + Int(word >> (8 * UInt64(place)) & 0xFF)]
          }
          index += 8
        }
        while index < raw.count {
          crc = crc >> 8 ^ tables[Int((crc ^ UInt32(raw[index])) & 0xFF)]
          index += 1
        }
        state = crc
      }
    }
  }
}
