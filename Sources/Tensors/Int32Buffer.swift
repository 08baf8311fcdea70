import Glibc

/// Owned int32 memory for labels, 64-byte aligned, zeroed at birth and freed with its owner.
///
/// As `FloatBuffer`: one thread writes at a time, and nobody reads meanwhile.
package final class Int32Buffer: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  package let pointer: UnsafeMutablePointer<Int32>

  package init(count: Int) {
    precondition(count >= 0, "buffers have no negative length")
    self.count = count
    var raw: UnsafeMutableRawPointer?
    let status = posix_memalign(&raw, 64, max(64, (count * 4 + 63) / 64 * 64))
    guard status == 0, let raw else { fatalError("out of memory for \(count) integers") }
    pointer = raw.bindMemory(to: Int32.self, capacity: max(1, count))
    pointer.initialize(repeating: 0, count: count)
  }

  package convenience init(_ values: [Int32]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit { free(pointer) }

  package var array: [Int32] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}
