import Glibc

/// Memory for intermediate values that several programs use one after the other.
///
/// Grows to the largest of their plans; contents do not outlive a run. Not synchronised: programs that share an
/// arena run one at a time.
package final class Arena: @unchecked Sendable {
  private(set) var base: UnsafeMutableRawPointer?
  package private(set) var bytes = 0
  /// Changes when the memory moved.
  private(set) var generation = 0

  package init() {}

  /// Makes the arena at least this large.
  func reserve(_ wanted: Int) throws(KernelError) {
    guard wanted > bytes else { return }
    free(base)
    base = nil
    bytes = 0
    var raw: UnsafeMutableRawPointer?
    let rounded = (wanted + Self.page - 1) / Self.page * Self.page
    guard posix_memalign(&raw, Self.page, rounded) == 0, let raw else {
      throw .outOfMemory(bytes: wanted)
    }
    // Large pages save a fifth of the first run and much of the address translation after it.
    madvise(raw, rounded, MADV_HUGEPAGE)
    base = raw
    bytes = rounded
    generation += 1
  }

  private static let page = 1 << 21

  deinit { free(base) }
}
