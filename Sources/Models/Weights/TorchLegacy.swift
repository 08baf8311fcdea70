import Tensors

/// The format of `torch.save` before 1.6: a row of pickles, then the storages one after the other.
///
/// The pickles: a magic number, the format's version, what the writing machine was like, the saved object, and the
/// storages' keys in the order of their contents. Each storage has its length before it.
/// - Source: torch/serialization.py, `_legacy_save`.
struct TorchLegacy {
  let reader: PickleReader
  /// The place of the saved object in the reader's table.
  let root: Int
  /// Of the whole file, by key.
  private(set) var storages: [String: Range<Int>] = [:]

  /// 0x1950A86A20F9469CFC6C, the lowest byte first.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]

  init(descriptor: Int32, path: String, fileLength: Int) throws(WeightsError) {
    func problem(_ problem: TorchProblem, _ offset: Int) -> WeightsError {
      .torch(path: path, offset: offset, problem)
    }
    var reader = PickleReader(
      ByteCursor(descriptor: descriptor, path: path, range: 0..<fileLength))

    // 1. What the file is.
    let magic = try reader.read()
    guard case .longInteger(let number) = reader.nodes[magic], number == Self.magic else {
      throw problem(.wrongMagic, 0)
    }
    let versionOffset = reader.cursor.position
    let version = try reader.read()
    guard case .integer(let number) = reader.nodes[version] else {
      throw problem(.wrongMagic, versionOffset)
    }
    guard number == 1001 else { throw problem(.wrongProtocol(number), versionOffset) }
    let systemOffset = reader.cursor.position
    let system = try reader.read()
    if case .boolean(false)? = reader.value(of: "little_endian", in: system) {
      throw problem(.bigEndian, systemOffset)
    }

    // 2. The object, and the order of the storages.
    root = try reader.read()
    let keysOffset = reader.cursor.position
    let list = try reader.read()
    guard case .list(let keys) = reader.nodes[list] else {
      throw problem(.badDirectory, keysOffset)
    }

    // 3. Each storage: eight bytes with its length in elements, then these.
    var position = reader.cursor.position
    for place in keys {
      guard case .text(let key) = reader.nodes[place] else {
        throw problem(.badDirectory, keysOffset)
      }
      guard let storage = reader.storages[key] else {
        throw problem(.unknownStorage(key: key), keysOffset)
      }
      guard storages[key] == nil else { throw problem(.storageTwice(key: key), keysOffset) }
      guard position <= fileLength - 8 else {
        throw problem(.cutWhileReading("the storage '\(key)'"), fileLength)
      }
      var header = ByteCursor(
        descriptor: descriptor, path: path, range: position..<(position + 8))
      let stated = try header.number(8)
      guard stated == UInt64(storage.length) else {
        throw problem(
          .storageLength(
            key: key, bytes: Int(clamping: stated.multipliedClamping(by: storage.element.width)),
            expected: storage.length.multipliedClamping(by: storage.element.width)), position)
      }
      let start = position + 8
      let bytes = storage.length.multipliedClamping(by: storage.element.width)
      guard bytes <= fileLength - start else {
        throw problem(.cutWhileReading("the storage '\(key)'"), fileLength)
      }
      storages[key] = start..<(start + bytes)
      position = start + bytes
    }
    self.reader = reader
  }
}

extension FixedWidthInteger {
  /// The product, or the largest number where it is larger.
  func multipliedClamping(by other: Int) -> Self {
    guard let other = Self(exactly: other) else { return .max }
    let (product, overflows) = multipliedReportingOverflow(by: other)
    return overflows ? .max : product
  }
}
