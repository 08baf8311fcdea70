import Glibc

/// Owned float32 memory, 64-byte aligned, zeroed at birth and freed with its owner.
///
/// A class, so that parameters can be shared between the programs of a phase. Not synchronised: one thread
/// writes at a time, and nobody reads meanwhile; the training loop keeps that by running one program at a time.
package final class FloatBuffer: @unchecked Sendable {
  /// The number of elements.
  package let count: Int
  package let pointer: UnsafeMutablePointer<Float>

  /// Whether the memory is a mapping of its own.
  private let isMapped: Bool

  package init(count: Int) {
    precondition(count >= 0, "buffers have no negative length")
    self.count = count
    let bytes = max(64, (count * 4 + 63) / 64 * 64)
    isMapped = bytes >= Self.largePage
    guard let raw = isMapped ? Self.mapped(bytes) : Self.allocated(bytes) else {
      fatalError("out of memory for \(count) floats")
    }
    pointer = raw.bindMemory(to: Float.self, capacity: max(1, count))
  }

  private static let largePage = 2 << 20

  private static func allocated(_ bytes: Int) -> UnsafeMutableRawPointer? {
    var raw: UnsafeMutableRawPointer?
    guard posix_memalign(&raw, 64, bytes) == 0, let raw else { return nil }
    memset(raw, 0, bytes)
    return raw
  }

  /// Fresh pages of the system, which are zero when they are first touched: most large buffers are written over
  /// as a whole. In large pages they are there at once.
  private static func mapped(_ bytes: Int) -> UnsafeMutableRawPointer? {
    let all = bytes + largePage
    guard
      let raw = mmap(nil, all, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      raw != MAP_FAILED
    else { return nil }
    // Large pages lie at multiples of their size; what is left over before and after goes back.
    let page = Int(getpagesize())
    let before = (largePage - Int(bitPattern: raw) % largePage) % largePage
    let used = (bytes + page - 1) / page * page
    if before > 0 { munmap(raw, before) }
    if all - before > used { munmap(raw + before + used, all - before - used) }
    madvise(raw + before, used, MADV_HUGEPAGE)
    return raw + before
  }

  package convenience init(_ values: [Float]) {
    self.init(count: values.count)
    for (index, value) in values.enumerated() { pointer[index] = value }
  }

  deinit {
    if isMapped {
      let page = Int(getpagesize())
      munmap(pointer, (count * 4 + page - 1) / page * page)
    } else {
      free(pointer)
    }
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
