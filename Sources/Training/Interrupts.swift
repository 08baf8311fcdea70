import CShims

/// SIGINT, SIGTERM and SIGHUP: before a run begins they end the process at once; then the first asks the run to end
/// at the next step, and the second ends the process.
package enum Interrupts {
  package static func install() { xr_interrupts_install() }
  /// From now on there is something to be kept.
  package static func begin() { xr_interrupts_begin() }

  /// The name of the signal that has come; nil while none has.
  package static var pending: String? {
    guard xr_interrupts_count() > 0 else { return nil }
    switch xr_interrupts_last() {
    case 1: return "SIGHUP"
    case 2: return "SIGINT"
    case 15: return "SIGTERM"
    default: return "signal \(xr_interrupts_last())"
    }
  }
}
