import CKernels

/// The one place where the number of compute threads is set.
package enum ComputeThreads {
  /// Sets the team's size for kernels that the calling thread runs.
  package static func use(_ threads: Int) {
    xr_pool_set_threads(Int32(clamping: threads))
  }
}
