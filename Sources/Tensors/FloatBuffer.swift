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
    // Most large buffers are written over as a whole: fresh pages need not be zeroed before.
    guard let raw = Self.isLarge(count) ? LargePages.map(count * 4) : Self.allocated(count) else {
      fatalError("out of memory for \(count) floats")
    }
    pointer = raw.bindMemory(to: Float.self, capacity: max(1, count))
  }

  private static func isLarge(_ count: Int) -> Bool { count * 4 >= LargePages.size }

  private static func allocated(_ count: Int) -> UnsafeMutableRawPointer? {
    let bytes = max(64, (count * 4 + 63) / 64 * 64)
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, 64, bytes) == 0, let raw else { return nil }
    memset(raw, 0, bytes)
    return raw
  }

  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit {
    if Self.isLarge(count) { LargePages.unmap(pointer, count * 4) } else { free(pointer) }
  }

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
