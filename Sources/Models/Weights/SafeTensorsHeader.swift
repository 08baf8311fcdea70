import Glibc
import Tensors

/// The checked header of a `.safetensors` file.
///
/// Nothing in it is believed: each length is compared with the file's before memory is taken or a sum is made.
struct SafeTensorsHeader {
  private(set) var metadata: [String: String] = [:]
  /// In the order of their data.
  private(set) var entries: [SafeTensorsFile.Entry] = []

  private let path: String
  /// The file's byte at which the data begin.
  private let dataStart: Int
  private let dataLength: Int

  /// Reads and checks the header of an open file.
  init(descriptor: Int32, path: String, fileLength: Int) throws(WeightsError) {
    // 1. The header's length, before anything is allocated for it.
    guard fileLength >= 8 else {
      throw .damaged(path: path, offset: 0, .tooShort(bytes: fileLength))
    }
    let prefix = try Self.bytes(8, from: descriptor, at: 0, path: path)
    let length = prefix.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= SafeTensorsFile.headerLimit else {
      throw .damaged(path: path, offset: 0, .headerTooLong(length: length))
    }
    guard Int(length) <= fileLength - 8 else {
      throw .damaged(
        path: path, offset: 0, .headerBeyondEnd(length: length, available: fileLength - 8))
    }
    self.path = path
    dataStart = 8 + Int(length)
    dataLength = fileLength - dataStart

    // 2. Its JSON: an object with an object for each tensor.
    let text = try Self.bytes(Int(length), from: descriptor, at: 8, path: path)
    let json: JSON
    do throws(JSON.ParseError) {
      json = try JSON(text)
    } catch {
      throw .damaged(path: path, offset: 8 + error.offset, .notJSON(error.mistake))
    }
    guard case .object(let members) = json else {
      throw .damaged(path: path, offset: 8, .notAnObject)
    }
    for member in members {
      if member.name == "__metadata__" {
        try readMetadata(member)
      } else {
        entries.append(try entry(member))
      }
    }

    // 3. The data: one tensor after the other, from the first byte to the last.
    entries.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
    }
    try checkThatNothingIsLeft()
  }

  private func damaged(_ offset: Int, _ damage: WeightsError.Damage) -> WeightsError {
    .damaged(path: path, offset: offset, damage)
  }

  private mutating func readMetadata(_ member: JSON.Member) throws(WeightsError) {
    guard case .object(let members) = member.value else {
      throw damaged(8 + member.offset, .metadataNotText(key: member.name))
    }
    for entry in members {
      guard let text = entry.value.text else {
        throw damaged(8 + entry.offset, .metadataNotText(key: entry.name))
      }
      metadata[entry.name] = text
    }
  }

  private func entry(_ member: JSON.Member) throws(WeightsError) -> SafeTensorsFile.Entry {
    let (name, offset) = (member.name, 8 + member.offset)
    guard case .object(let fields) = member.value, fields.count == 3,
      let element = member.value["dtype"]?.text, case .array(let shape)? = member.value["shape"],
      case .array(let range)? = member.value["data_offsets"]
    else { throw damaged(offset, .badEntry(name: name)) }
    guard let element = ElementType(rawValue: element) else {
      throw damaged(offset, .unknownElement(name: name, element))
    }
    var lengths: [Int] = []
    var expected = element.width
    for length in shape {
      guard case .integer(let length) = length, length >= 0 else {
        throw damaged(offset, .badShape(name: name))
      }
      let (product, overflows) = expected.multipliedReportingOverflow(by: length)
      guard !overflows else { throw damaged(offset, .badShape(name: name)) }
      expected = product
      lengths.append(length)
    }
    guard range.count == 2, case .integer(let begin) = range[0], case .integer(let end) = range[1],
      0 <= begin, begin <= end
    else { throw damaged(offset, .badOffsets(name: name)) }
    guard end <= dataLength else {
      throw damaged(offset, .beyondEnd(name: name, end: end, available: dataLength))
    }
    guard end - begin == expected else {
      throw damaged(offset, .wrongLength(name: name, bytes: end - begin, expected: expected))
    }
    return SafeTensorsFile.Entry(
      name: name, element: element, shape: Shape(lengths),
      bytes: (dataStart + begin)..<(dataStart + end))
  }

  private func checkThatNothingIsLeft() throws(WeightsError) {
    var position = dataStart
    var last = ""
    for entry in entries {
      if entry.bytes.lowerBound < position {
        throw damaged(entry.bytes.lowerBound, .overlap(name: entry.name, other: last))
      }
      if entry.bytes.lowerBound > position { throw damaged(position, .gap(before: entry.name)) }
      position = entry.bytes.upperBound
      last = entry.name
    }
    let end = dataStart + dataLength
    guard position == end else { throw damaged(position, .trailingBytes(count: end - position)) }
  }

  private static func bytes(
    _ count: Int, from descriptor: Int32, at offset: Int, path: String
  ) throws(WeightsError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let read = try bytes.withUnsafeMutableBufferPointer { (buffer) throws(WeightsError) in
      try fill(UnsafeMutableRawBufferPointer(buffer), from: descriptor, at: offset, path: path)
    }
    guard read == count else {
      throw .damaged(path: path, offset: offset + read, .cutWhileReading(name: "the header"))
    }
    return bytes
  }

  /// Reads until the buffer is full or the file ends.
  ///
  /// - Returns: how many bytes were there.
  static func fill(
    _ raw: UnsafeMutableRawBufferPointer, from descriptor: Int32, at offset: Int, path: String
  ) throws(WeightsError) -> Int {
    var done = 0
    while done < raw.count, let start = raw.baseAddress {
      let count = pread(descriptor, start + done, raw.count - done, off_t(offset + done))
      if count < 0 {
        if errno == EINTR { continue }
        throw .file(FileError(.read, path: path, code: errno))
      }
      if count == 0 { break }
      done += count
    }
    return done
  }
}
