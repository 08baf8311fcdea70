import Tensors

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
    release()
    guard let raw = LargePages.map(wanted) else { throw .outOfMemory(bytes: wanted) }
    base = raw
    bytes = wanted
    generation += 1
  }

  private func release() {
    if let base { LargePages.unmap(base, bytes) }
    base = nil
    bytes = 0
  }

  deinit { release() }
}
