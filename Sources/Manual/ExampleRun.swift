import Diagnostics
import Experiments

/// Reads examples as `xrun check` reads files, from a folder that is on no machine.
package enum ExampleRun {
  /// Where examples would be. Only `/usr` is there, so what is said of missing paths is the same everywhere.
  package static let directory = "/usr/experiments"

  /// What is there where nothing is wrong, and all that is said of it, in the order in which it is said.
  ///
  /// - Parameter overrides: arguments `key=value`.
  package static func load(
    _ text: String, overrides: [String] = []
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    let loaded = ExperimentLoader.load(
      SourceText(name: "experiment.yaml", text: text), in: directory, overrides: overrides,
      environment: { _ in nil })
    let check = ExperimentCheck(loaded.experiment, loaded.diagnostics)
    return (check.isRight ? loaded.experiment : nil, check.diagnostics)
  }

  /// The same for an example of a code's page.
  package static func load(
    _ example: CodePage.Example
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    load(SmallExperiment.text(with: example), overrides: example.overrides)
  }
}
