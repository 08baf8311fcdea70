import Diagnostics
import Models

extension ModelSettings {
  /// The file that holds the weights; nil for random ones.
  ///
  /// - Throws: where weights by name are in none of their places.
  package func weightsPath() throws(WeightsError) -> String? {
    switch weights {
    case .none: nil
    case .builtin: try BuiltinWeights.path()
    case .named(let name): try NamedWeights.path(name, backbone: backbone)
    case .file(let file): file
    case .run(let folder, let checkpoint): "\(folder)/\(checkpoint.rawValue).safetensors"
    }
  }

  /// Says, where they are written, why the weights cannot be used.
  package func diagnostic(_ error: WeightsError) -> Diagnostic {
    .error("unusable-weights", "\(error)", at: places.span(of: "weights"), help: error.help)
  }
}

extension ExperimentPlan {
  /// Why the weights cannot be loaded, as far as the head of their file tells; nil where nothing hinders.
  ///
  /// A file or run folder that is not there was named when the experiment was read.
  package func weightsProblem() -> Diagnostic? {
    do throws(WeightsError) {
      guard let path = try experiment.model.weightsPath(), FilePath.entry(at: path) == .file
      else { return nil }
      if case .named = experiment.model.weights { try NamedWeights.verify(path) }
      let file = try WeightsFormat.open(path)
      try ModelState.check(network, against: file)
      return nil
    } catch {
      return experiment.model.diagnostic(error)
    }
  }
}
