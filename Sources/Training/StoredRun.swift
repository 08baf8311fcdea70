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
  private let model: LiveModel
  private let options: TrainerOptions

  /// Why stored weights cannot be used.
  package enum Failure: Error {
    case noRun(path: String)
    /// The run has not come so far, or did not.
    case noWeights(path: String, status: String?)
    case noSplit(Split, folder: String)
    case experiment([Diagnostic])
    case weights(WeightsError)
    /// The weights do not say which classes they are for.
    case noClasses(path: String)
    case otherClasses(missing: [String], unknown: [String])
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

  /// The metrics of a split, of the run's own data or of another folder of the same layout.
  ///
  /// Classes are told by name, and no other split is needed.
  ///
  /// - Parameters:
  ///   - folder: another data folder, absolute.
  ///   - span: where that folder is named.
  ///   - each: what is said of each picture, in order.
  /// - Returns: the metrics, and what is odd about another folder: of its own the run said it.
  /// - Throws: where the data has classes that the weights do not know, unless the experiment chose its classes.
  package func evaluate(
    _ split: Split, folder: String?, at span: Span? = nil,
    each: ((Prediction) -> Void)? = nil
  ) throws(Failure) -> (metrics: EpochMetrics, warnings: [Diagnostic]) {
    var settings = experiment.data
    if let folder {
      settings.source = .folder(folder)
      settings.places = Places(section: span)
      let problem = ExperimentChecks.missing(
        folder, .directory, at: span, in: FilePath.workingDirectory,
        baseName: "the working directory")
      if let problem { throw .data([problem]) }
    }
    let (data, place, others, problems) = ExperimentData.find(
      split, of: classes, settings, seed: experiment.seed, threads: options.threads)
    guard let data else {
      if problems.isEmpty { throw .noSplit(split, folder: place) }
      throw .data(problems)
    }
    let pictures = data.samples(split) ?? []
    let present = Set(pictures.map(\.label))
    guard others.isEmpty || experiment.data.classes != nil && !present.isEmpty else {
      throw .otherClasses(
        missing: classes.indices.filter { !present.contains($0) }.map { classes[$0] },
        unknown: others)
    }
    // Of the run's own pictures all but this was said when it trained; and they may have changed since.
    var warnings = problems.filter { folder != nil || $0.code == "class-missing-in-split" }
    if folder != nil, !others.isEmpty {
      let names =
        Suggestion.list(Array(others.prefix(5))) + (others.count > 5 ? " and more" : "")
      warnings.append(
        .warning(
          "unknown-class",
          "pictures of \(Counted.of(others.count, "class", "classes")) are left out: \(names)",
          at: span,
          help: "the run chose its classes with 'data.classes', and the weights know no others"))
    }
    do {
      let loader = data.evalLoader(split, plan, options: options)
      let evaluator = try Evaluator(
        plan, pictures: loader.pictureCount, model: model, options: options, arena: Arena())
      loader.start(epoch: 0)
      let metrics = try evaluator.run(loader) { sample, logits in
        each?(data.prediction(split, sample: sample, logits: logits))
      }
      return (metrics, warnings)
    } catch {
      throw .training(error)
    }
  }

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

  /// What the network says of one picture: classes with their probabilities, the likeliest first.
  package struct Answer {
    package let path: String
    /// Nil where the picture cannot be read.
    package let top: [(folder: String, name: String, probability: Float)]?
    package let problem: PictureError?
  }

  /// Predicts pictures in their order; ones that cannot be read come with the reason.
  package func predict(_ paths: [String], top count: Int) throws(Failure) -> [Answer] {
    // A bad picture must not end the others, so each is looked at first.
    let samples = paths.map { Sample(path: $0, file: $0, label: 0) }
    let scan = PictureScan(samples, threads: options.threads)
    let problems = Dictionary(scan.failures.map { ($0.sample.path, $0.error) }) { a, _ in a }
    let sound = samples.filter { problems[$0.path] == nil }
    var answers: [String: [(folder: String, name: String, probability: Float)]] = [:]
    if !sound.isEmpty {
      do {
        let evaluator = try Evaluator(
          plan, pictures: sound.count, model: model, options: options, arena: Arena())
        let loader = Loader(
          sound, pipeline: plan.evalPipeline,
          Loader.Settings(batchSize: plan.phase.train.batchSize, workers: options.workers))
        loader.start(epoch: 0)
        _ = try evaluator.run(
          loader,
          each: { [self] sample, logits in
            let ranking = Ranking(logits)
            answers[sound[sample].path] = ranking.top(count).map {
              (classes[$0], name(of: classes[$0]), ranking.probabilities[$0])
            }
          })
      } catch {
        throw .training(error)
      }
    }
    return paths.map { Answer(path: $0, top: answers[$0], problem: problems[$0]) }
  }
}

// MARK: Wording

extension StoredRun.Failure: CustomStringConvertible {
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
    case .otherClasses(let missing, let unknown):
      "the data's classes are not those of the weights"
        + (missing.isEmpty ? "" : "; it lacks \(Suggestion.list(Array(missing.prefix(5))))")
        + (unknown.isEmpty
          ? "" : "; the weights do not know \(Suggestion.list(Array(unknown.prefix(5))))")
    case .noSplit(let split, let folder): "'\(folder)' has no split '\(split.rawValue)'"
    case .training(let error): "\(error)"
    }
  }

  /// What led to it, where that has places of its own.
  package var diagnostics: [Diagnostic] {
    switch self {
    case .experiment(let diagnostics), .data(let diagnostics): diagnostics
    default: []
    }
  }
}
