import Diagnostics

/// All that can be said of an experiment without looking at its pictures.
package struct ExperimentCheck {
  /// Whether it can be run, as far as is known.
  package let isRight: Bool
  /// Errors, or else the warnings that no comment allows, in the order of the file.
  package let diagnostics: [Diagnostic]

  /// Names and shapes do not depend on the number of classes, so this many are assumed.
  private static let assumedClasses = 1000

  /// Reads a file and what it extends.
  package init(path: String, overrides: [String] = []) {
    let loaded = ExperimentLoader.load(path: path, overrides: overrides)
    self.init(loaded.experiment, loaded.diagnostics, looksAtWeights: true)
  }

  /// What remains to be said of what the loader gave.
  ///
  /// - Parameter looksAtWeights: whether the file of the weights is opened.
  package init(
    _ experiment: Experiment?, _ diagnostics: [Diagnostic], looksAtWeights: Bool = false
  ) {
    guard let experiment else {
      isRight = false
      self.diagnostics = diagnostics.notAllowedByComments()
      return
    }
    let (plan, problems) = ExperimentPlan.make(
      experiment, classes: experiment.data.classes?.count ?? Self.assumedClasses)
    let weights = looksAtWeights ? plan?.weightsProblem() : nil
    let found = plan.map { LintCatalogue.findings(in: LintSubject($0)) } ?? []
    isRight = plan != nil && weights == nil
    self.diagnostics =
      diagnostics.notAllowedByComments() + problems + (weights.map { [$0] } ?? found)
  }
}
