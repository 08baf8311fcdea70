import CShims

/// SIGINT, SIGTERM and SIGHUP: the first asks the run to end at the next step, the second ends the process.
package enum Interrupts {
  package static func install() { xr_interrupts_install() }

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
