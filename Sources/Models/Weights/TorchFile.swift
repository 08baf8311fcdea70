import Diagnostics
import Glibc
import Synchronization
import Tensors

/// An open file of `torch.save`, in the zip format or the older one: its state dict, as tensors to be read.
///
/// Opening reads the pickle alone, and checks that every tensor lies within its storage and every storage within
/// the file. Nothing in the file is executed (`PickleReader`).
package final class TorchFile: WeightsFile {
  package let path: String
  package let remarks: [String]
  package let contents: [WeightsEntry]
  package var metadata: [String: String] { [:] }
  private let tensors: [String: TorchTensor]
  private let storages: [String: Storage]
  private let zip: TorchZip?
  private let descriptor: Int32
  /// Storages whose checksum has been compared; many tensors may share one.
  private let verified = Mutex<Set<String>>([])

  private struct Storage {
    let bytes: Range<Int>
    let member: TorchZip.Member?
  }

  package init(path: String) throws(WeightsError) {
    let (descriptor, length) = try RegularFile.open(path)
    do throws(WeightsError) {
      // 1. Which format it is, by its first bytes.
      let start = try ByteCursor.read(descriptor, 0..<min(length, 512), path: path)

      // 2. The pickle, and where the storages are.
      let reader: PickleReader
      let root: Int
      var storages: [String: Storage] = [:]
      if start.starts(with: [0x50, 0x4B, 3, 4]) {
        let zip = try TorchZip(descriptor: descriptor, path: path, fileLength: length)
        (reader, root) = try Self.pickle(of: zip, descriptor, path)
        for key in reader.storages.keys {
          guard let member = zip.member("data/" + key) else { continue }
          storages[key] = Storage(bytes: member.bytes, member: member)
        }
        self.zip = zip
      } else if start.first == 0x80 {
        let legacy = try TorchLegacy(descriptor: descriptor, path: path, fileLength: length)
        (reader, root) = (legacy.reader, legacy.root)
        storages = legacy.storages.mapValues { Storage(bytes: $0, member: nil) }
        zip = nil
      } else {
        let isTar = start.count >= 262 && start[257..<262].elementsEqual("ustar".utf8)
        throw .torch(path: path, offset: 0, isTar ? .oldTar : .neither)
      }

      // 3. The state dict in it, tensor by tensor.
      let found = try StateDict(in: reader, root: root, path: path)
      for (_, tensor) in found.tensors {
        try Self.check(tensor, reader, storages[tensor.storage]?.bytes, path, fileLength: length)
      }
      remarks = found.remarks
      contents = found.tensors.map { name, tensor in
        WeightsEntry(
          name: name, element: tensor.element.stored, shape: Shape(tensor.shape))
      }
      tensors = Dictionary(found.tensors) { $1 }
      self.storages = storages
    } catch {
      close(descriptor)
      throw error
    }
    self.path = path
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  package func content(_ name: String) -> WeightsEntry? {
    tensors[name].map {
      WeightsEntry(name: name, element: $0.element.stored, shape: Shape($0.shape))
    }
  }

  private static func pickle(
    of zip: TorchZip, _ descriptor: Int32, _ path: String
  ) throws(WeightsError) -> (PickleReader, Int) {
    guard let member = zip.member("data.pkl") else {
      throw .torch(path: path, offset: 0, .noMember("data.pkl"))
    }
    if let order = zip.member("byteorder") {
      var cursor = ByteCursor(descriptor: descriptor, path: path, range: order.bytes)
      if try cursor.take(min(3, cursor.left)).elementsEqual("big".utf8) {
        throw .torch(path: path, offset: order.bytes.lowerBound, .bigEndian)
      }
    }
    try zip.verify(member)
    var reader = PickleReader(
      ByteCursor(descriptor: descriptor, path: path, range: member.bytes))
    let root = try reader.read()
    return (reader, root)
  }

  /// Whether a tensor lies within its storage, and the storage's length is what the pickle says.
  private static func check(
    _ tensor: TorchTensor, _ reader: PickleReader, _ bytes: Range<Int>?, _ path: String,
    fileLength: Int
  ) throws(WeightsError) {
    func problem(_ problem: TorchProblem) -> WeightsError {
      .torch(path: path, offset: tensor.place, problem)
    }
    guard let storage = reader.storages[tensor.storage], let bytes else {
      throw problem(.unknownStorage(key: tensor.storage))
    }
    let expected = storage.length.multipliedClamping(by: storage.element.width)
    guard bytes.count == expected else {
      throw problem(.storageLength(key: storage.key, bytes: bytes.count, expected: expected))
    }
    guard let count = tensor.count else { throw problem(.badShape) }
    guard count > 0 else { return }
    guard let last = tensor.last else { throw problem(.badShape) }
    guard last < bytes.count / tensor.element.width else { throw problem(.beyondStorage) }
    guard count <= fileLength else { throw problem(.expanded) }
  }

  // MARK: Values

  package func floats(_ name: String) throws(WeightsError) -> FloatBuffer {
    let tensor = try existing(name)
    let buffer = FloatBuffer(count: tensor.count ?? 0)
    let floats = buffer.pointer
    switch tensor.element {
    case .known(.float32):
      try gather(name, tensor, UInt32.self) { floats[$0] = Float(bitPattern: $1) }
    case .known(.float16):
      try gather(name, tensor, UInt16.self) { floats[$0] = HalfPrecision.value($1) }
    case .known(.bfloat16):
      try gather(name, tensor, UInt16.self) { floats[$0] = Float(bitPattern: UInt32($1) << 16) }
    case .known(.float64):
      try gather(name, tensor, UInt64.self) { floats[$0] = Float(Double(bitPattern: $1)) }
    case .known(let element): throw .unsupportedElement(path: path, name: name, element)
    case .unknown(let element, _):
      throw .torch(path: path, offset: tensor.place, .element(element))
    }
    return buffer
  }

  package func integers(_ name: String) throws(WeightsError) -> [Int] {
    let tensor = try existing(name)
    guard case .known(let element) = tensor.element else {
      throw .torch(path: path, offset: tensor.place, .element(tensor.element.description))
    }
    guard element == .int64 else {
      throw .unsupportedElement(path: path, name: name, element)
    }
    var values = [Int](repeating: 0, count: tensor.count ?? 0)
    try gather(name, tensor, UInt64.self) { values[$0] = Int(truncatingIfNeeded: $1) }
    return values
  }

  private func existing(_ name: String) throws(WeightsError) -> TorchTensor {
    guard let tensor = tensors[name] else { throw .noTensor(path: path, name: name) }
    return tensor
  }

  /// Gives each element's bits with its index in row-major order, whatever the tensor's strides are.
  private func gather<Bits: FixedWidthInteger>(
    _ name: String, _ tensor: TorchTensor, _ type: Bits.Type, _ body: (Int, Bits) -> Void
  ) throws(WeightsError) {
    guard let count = tensor.count, count > 0, let last = tensor.last,
      let storage = storages[tensor.storage]
    else { return }
    if let member = storage.member, let zip,
      !verified.withLock({ $0.contains(tensor.storage) })
    {
      try zip.verify(member)
      verified.withLock { _ = $0.insert(tensor.storage) }
    }
    // 1. The part of the storage that the tensor looks at, at most the storage.
    let width = Bits.bitWidth / 8
    let start = storage.bytes.lowerBound + tensor.offset * width
    let end = storage.bytes.lowerBound + (last + 1) * width
    let bytes = try ByteCursor.read(descriptor, start..<end, path: path, what: "'\(name)'")

    // 2. Its elements: an odometer whose last wheel turns fastest.
    bytes.withUnsafeBytes { raw in
      var wheels = [Int](repeating: 0, count: tensor.shape.count)
      var place = 0
      for index in 0..<count {
        body(
          index,
          Bits(littleEndian: raw.loadUnaligned(fromByteOffset: place * width, as: Bits.self)))
        var axis = wheels.count - 1
        while axis >= 0 {
          wheels[axis] += 1
          place += tensor.strides[axis]
          if wheels[axis] < tensor.shape[axis] { break }
          place -= tensor.strides[axis] * wheels[axis]
          wheels[axis] = 0
          axis -= 1
        }
      }
    }
  }
}

extension TorchElement {
  /// What a listing calls it; a kind that `.safetensors` does not have stands as bytes.
  fileprivate var stored: ElementType {
    if case .known(let element) = self { element } else { .uint8 }
  }
}

extension TorchTensor {
  /// How many elements it has; nil where that is no number.
  var count: Int? {
    guard !shape.contains(0) else { return 0 }
    let count = shape.reduce(1) { $0.multipliedClamping(by: $1) }
    return count < .max / 8 ? count : nil
  }

  /// The element of the storage that is farthest; nil where that is no number. For tensors with elements only.
  var last: Int? {
    var last = offset
    for (length, stride) in zip(shape, strides) {
      let (sum, overflows) = last.addingReportingOverflow(
        (length - 1).multipliedClamping(by: stride))
      guard !overflows, sum < .max / 16 else { return nil }
      last = sum
    }
    return last < .max / 16 ? last : nil
  }
}
