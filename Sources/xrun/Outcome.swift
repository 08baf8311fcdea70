import ArgumentParser

/// The exit codes that scripts can rely on.
enum Outcome: Int32 {
  case done = 0
  /// A gate or a comparison said no.
  case refused = 1
  /// The experiment, the arguments, the data or the weights are wrong.
  case wrongInput = 2
  /// Disk, memory, a library or a permission.
  case machineFailed = 3
  /// NaN or infinity.
  case diverged = 4
  /// A bug in xrun.
  case bug = 70
  /// A signal or a time limit; running again goes on.
  case stopped = 75

  /// Ends the command with this code.
  var exit: ExitCode { ExitCode(rawValue) }
}
