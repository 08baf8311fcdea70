import ArgumentParser
import Diagnostics
import Experiments
import Glibc

/// What commands share: reading an experiment and telling people what is wrong with it.
enum Reading {
  /// The experiment; otherwise all that is wrong goes to standard error and the command ends with code 2.
  static func experiment(_ file: String, _ overrides: [String]) throws -> Experiment {
    let (experiment, diagnostics) = ExperimentLoader.load(path: file, overrides: overrides)
    report(diagnostics)
    guard let experiment else { throw Outcome.wrongInput.exit }
    return experiment
  }

  /// Prints diagnostics to standard error, coloured where that is a terminal.
  static func report(_ diagnostics: [Diagnostic], as format: DiagnosticFormat? = nil) {
    guard !diagnostics.isEmpty else { return }
    Terminal.error(
      diagnostics.rendered(as: format ?? .text(isColoured: Terminal.colours(STDERR_FILENO))))
  }

  /// The plan; otherwise as `experiment`.
  static func plan(_ experiment: Experiment, classes: Int) throws -> ExperimentPlan {
    let (plan, diagnostics) = ExperimentPlan.make(experiment, classes: classes)
    report(diagnostics)
    guard let plan else { throw Outcome.wrongInput.exit }
    return plan
  }
}
