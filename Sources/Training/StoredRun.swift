import Diagnostics
import Experiments
import Glibc
import Images
import Kernels
import Loading
import Models
import Runs
import Tensors
import Transforms

/// A run's stored weights with what belongs to them: classes, transforms, network.
package final class StoredRun {
  package let folder: RunFolder
  package let experiment: Experiment
  package let plan: PhasePlan
  /// Class folder names in the order of the logits.
  package let classes: [String]
  package let classNames: [String: String]
  /// The epoch that the weights are of, from 1.
  package let epoch: Int?
  private let metadata: WeightsMetadata
  let model: LiveModel
  let options: TrainerOptions

  /// Why stored weights cannot be used.
  package enum Failure: Error {
    case noRun(path: String)
    /// The run has not come so far, or did not.
    case noWeights(path: String, status: String?)
    case noSplit(Split, folder: String, help: String? = nil)
    case experiment([Diagnostic])
    case weights(WeightsError)
    /// The weights do not say which classes they are for.
    case noClasses(path: String)
    /// The data has classes that the weights do not know.
    case otherClasses([String], folder: String, known: [String])
    /// Pictures that cannot be read, of so many: a number over the others would be another number.
    case pictures([LoadingError], of: Int)
    case training(TrainingError)
    case data([Diagnostic])
  }

  /// Reads `resolved.yaml` and the weights of the best or last epoch.
  package init(
    _ folder: RunFolder, checkpoint: Checkpoint, options: TrainerOptions
  ) throws(Failure) {
    self.folder = folder
    self.options = options
    guard access(folder.path, F_OK) == 0 else { throw .noRun(path: folder.path) }
    let (experiment, diagnostics) = ExperimentLoader.load(
      path: folder.resolved, overrides: [], checksFiles: false)
    guard let experiment else { throw .experiment(diagnostics) }
    self.experiment = experiment
    let path = checkpoint == .best ? folder.best : folder.last
    guard access(path, F_OK) == 0 else {
      throw .noWeights(path: path, status: RunReader(folder.path).state?.rawValue)
    }
    let (file, metadata) = try Self.opened(path)
    guard let classes = metadata.classes else { throw .noClasses(path: path) }
    self.classes = classes
    classNames = metadata.classNames ?? [:]
    epoch = metadata.epoch
    self.metadata = metadata
    let (made, problems) = ExperimentPlan.make(experiment, classes: classes.count)
    guard let made, let last = made.phases.last else { throw .experiment(problems) }
    // Transforms of evaluation may differ by phase; the record says whose the best weights are.
    let best = checkpoint == .best ? RunReader(folder.path).record?.best?.phase : nil
    plan = made.phases.first { $0.phase.name == best } ?? last
    do {
      let state = try ModelState.load(made.network, from: file, seed: experiment.seed).state
      model = LiveModel(made.network, state)
    } catch {
      throw .weights(error)
    }
  }

  private static func opened(
    _ path: String
  ) throws(Failure) -> (SafeTensorsFile, WeightsMetadata) {
    do {
      let file = try SafeTensorsFile(path: path)
      return (file, try WeightsMetadata(file))
    } catch {
      throw .weights(error)
    }
  }

  /// What a class is called: by the names stored with the weights, else by its folder.
  package func name(of folder: String) -> String { classNames[folder] ?? folder }

  /// Writes the weights to a file of their own, with their metadata.
  ///
  /// - Parameter asHalves: stores matrices and kernels as float16, which halves the file.
  package func export(to path: String, asHalves: Bool) throws(Failure) {
    do {
      try SafeTensors.write(
        path: path, tensors: model.state.stored(asHalves: asHalves),
        metadata: metadata.dictionary)
    } catch {
      throw .training(.file(error))
    }
  }
}

// MARK: Wording

extension StoredRun.Failure: CustomStringConvertible {
  /// The most pictures that are named one by one.
  private static let mostPictures = 20

  package var description: String {
    switch self {
    case .experiment: "the run's experiment cannot be used"
    case .data: "the data cannot be used"
    case .weights(let error): "\(error)"
    case .noRun(let path): "there is no run folder '\(path)'"
    case .noWeights(let path, let status):
      "there is no '\(path)': the run has finished no epoch"
        + (status.map { ", its status is '\($0)'" } ?? "")
    case .noClasses(let path): "'\(path)' does not say which classes it is for"
    case .otherClasses(let others, let folder, _):
      "'\(folder)' has \(Counted.of(others.count, "class", "classes")) that the weights do not know: "
        + Suggestion.list(Array(others.prefix(5))) + (others.count > 5 ? " and more" : "")
    case .noSplit(let split, let folder, _): "'\(folder)' has no split '\(split.rawValue)'"
    case .pictures(let errors, let count):
      "\(errors.count) of \(Counted.of(count, "picture")) cannot be used"
        + (errors.count > Self.mostPictures
          ? ", \(Self.mostPictures) of them named above and \(errors.count - Self.mostPictures) more"
          : "") + ": nothing was evaluated"
    case .training(let error): "\(error)"
    }
  }

  /// One line of what to do.
  package var help: String? {
    switch self {
    case .pictures: return "'xrun predict' goes on without them"
    case .noSplit(_, _, let help): return help
    case .otherClasses(let others, _, let known):
      let close = others.first.flatMap { other in
        Suggestion.closest(to: other, among: known).map { "is '\(other)' meant to be '\($0)'? " }
      }
      return (close ?? "") + "rename those folders as the run's classes, or remove them"
    default: return nil
    }
  }

  /// What led to it, where that has places of its own.
  package var diagnostics: [Diagnostic] {
    switch self {
    case .experiment(let diagnostics), .data(let diagnostics): diagnostics
    case .pictures(let errors, _):
      errors.prefix(Self.mostPictures).map { error in
        let code: Diagnostic.Code =
          if case .transform = error { "shape-mismatch" } else { "undecodable-picture" }
        return .error(code, "\(error)", at: nil, help: error.help)
      }
    default: []
    }
  }
}
