import CKernels
import COneDNN

/// The one place where the number of compute threads is set.
package enum ComputeThreads {
  /// Sets the team's size for kernels that the calling thread runs.
  package static func use(_ threads: Int) {
    xr_pool_set_threads(Int32(clamping: threads))
    xr_onednn_set_threads(Int32(clamping: threads))
  }

  /// Loads oneDNN once; from then on our kernels run on its team, so that there is only one.
  static let hasOneDNN: Bool = {
    guard xr_onednn_load() == 1 else { return false }
    if let team = xr_onednn_team() {
      xr_pool_set_team(unsafeBitCast(team, to: xr_team.self))
    }
    return true
  }()
}
