import Glibc

/// Owned float32 memory, 64-byte aligned, zeroed at birth and freed with its owner.
///
/// A class, so that parameters can be shared between the programs of a phase. Not synchronised: one thread
/// writes at a time, and nobody reads meanwhile; the training loop keeps that by running one program at a time.
package final class FloatBuffer: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  package let pointer: UnsafeMutablePointer<Float>

  package init(count: Int) {
    precondition(count >= 0, "buffers have no negative length")
    self.count = count
    var raw: UnsafeMutableRawPointer?
    let status = posix_memalign(&raw, 64, max(64, (count * 4 + 63) / 64 * 64))
    guard status == 0, let raw else { fatalError("out of memory for \(count) floats") }
    pointer = raw.bindMemory(to: Float.self, capacity: max(1, count))
    pointer.initialize(repeating: 0, count: count)
  }

  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { free(pointer) }

  package var floats: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(start: pointer, count: count)
  }

  package var array: [Float] { Array(floats) }

  package func copy() -> FloatBuffer {
    let other = FloatBuffer(count: count)
    other.pointer.update(from: pointer, count: count)
    return other
  }

  package func assign(_ other: FloatBuffer) {
    precondition(count == other.count, "buffers of equal length are assigned")
    pointer.update(from: other.pointer, count: count)
  }
}
