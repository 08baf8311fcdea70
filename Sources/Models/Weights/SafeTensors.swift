import Tensors

/// Writes `.safetensors` files: equal tensors and metadata give equal bytes.
package enum SafeTensors {
  /// A tensor to be written.
  package struct Tensor: Sendable {
    package enum Content: Sendable {
      case float32(FloatBuffer)
      /// Rounded to the nearest half, ties to even.
      case float16(FloatBuffer)
      case integers([Int])
    }
    package let name: String
    package let shape: Shape
    package let content: Content

    package init(_ name: String, _ shape: Shape, _ content: Content) {
      self.name = name
      self.shape = shape
      self.content = content
    }
  }

  /// Writes a whole file atomically: readers find the old one or the new one.
  ///
  /// Wide elements come first so that all data are aligned, then names in order, as Python's writer does.
  package static func write(
    path: String, tensors: [Tensor], metadata: [String: String] = [:],
    calls: some FileCalls = SystemFileCalls()
  ) throws(FileError) {
    let stored = tensors.map(Stored.init).sorted {
      ($1.element.width, $0.name) < ($0.element.width, $1.name)
    }
    let header = header(of: stored, metadata)
    let buffers = [header.buffer] + stored.map(\.buffer)
    let lengths = [header.bytes] + stored.map(\.bytes)
    // `buffers` owns what the pieces point into until all is written.
    defer { withExtendedLifetime(buffers) {} }
    let pieces = zip(buffers, lengths).map {
      UnsafeRawBufferPointer(start: $0.pointer, count: $1)
    }
    try AtomicFile.write(path: path, pieces: pieces, calls: calls)
  }

  private static func header(
    of tensors: [Stored], _ metadata: [String: String]
  ) -> (buffer: FloatBuffer, bytes: Int) {
    var members: [String] = []
    if !metadata.isEmpty {
      let pairs = metadata.sorted { $0.key < $1.key }.map {
        JSON.quoted($0.key) + ":" + JSON.quoted($0.value)
      }
      members.append("\"__metadata__\":{" + pairs.joined(separator: ",") + "}")
    }
    var offset = 0
    for tensor in tensors {
      let shape = tensor.shape.dimensions.map(String.init).joined(separator: ",")
      members.append(
        JSON.quoted(tensor.name)
          + ":{\"dtype\":\"\(tensor.element.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(offset + tensor.bytes)]}")
      offset += tensor.bytes
    }
    var text = Array(("{" + members.joined(separator: ",") + "}").utf8)
    // Spaces up to a multiple of eight keep the data aligned.
    text += [UInt8](repeating: 0x20, count: (8 - text.count % 8) % 8)
    let bytes = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> ($0 * 8)) } + text
    return (Stored.buffer(of: bytes), bytes.count)
  }

  /// A tensor's bytes as they go into the file, in a buffer that stays where it is.
  private struct Stored {
    let name: String
    let shape: Shape
    let element: ElementType
    let buffer: FloatBuffer
    var bytes: Int { shape.count * element.width }

    init(_ tensor: Tensor) {
      name = tensor.name
      shape = tensor.shape
      let count: Int
      switch tensor.content {
      case .float32(let floats):
        (element, buffer, count) = (.float32, floats, floats.count)
      case .float16(let floats):
        let halves = (0..<floats.count).map { HalfPrecision.bits(floats.pointer[$0]).littleEndian }
        (element, buffer, count) = (.float16, Self.buffer(of: halves), floats.count)
      case .integers(let values):
        (element, buffer, count) = (.int64, Self.buffer(of: values), values.count)
      }
      precondition(count == shape.count, "'\(name)' has as many values as its shape says")
    }

    static func buffer<Element>(of values: [Element]) -> FloatBuffer {
      values.withUnsafeBytes { raw in
        let buffer = FloatBuffer(count: (raw.count + 3) / 4)
        UnsafeMutableRawPointer(buffer.pointer).copyMemory(
          from: raw.baseAddress ?? UnsafeRawPointer(buffer.pointer), byteCount: raw.count)
        return buffer
      }
    }
  }
}
