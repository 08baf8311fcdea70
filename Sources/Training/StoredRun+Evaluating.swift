import Diagnostics
import Experiments
import Images
import Kernels
import Loading
import Models
import Runs

extension StoredRun {
  /// What stored weights say of pictures whose classes are known.
  package struct Evaluation {
    package let metrics: EpochMetrics
    /// One for each picture, in the order of the folder.
    package let predictions: [Prediction]
    /// The split; nil where a folder was taken whole.
    package let split: Split?
    /// The folder that holds the class folders.
    package let folder: String
    /// What is odd about another folder: of its own the run said it.
    package let warnings: [Diagnostic]

    /// What stands before the names of the metrics.
    package var prefix: String { split?.rawValue ?? "data" }
  }

  /// Evaluates a split of the run's own data, or another folder: one with the same splits, or one that holds class
  /// folders itself.
  ///
  /// Classes are told by name; none but those of the weights may be there, and some may be missing. No other split is
  /// needed.
  ///
  /// - Parameters:
  ///   - split: `val` where nil, unless the other folder holds class folders itself.
  ///   - folder: another data folder, absolute.
  ///   - span: where that folder is named.
  /// - Throws: where the data has classes that the weights do not know, unless the experiment chose its classes.
  package func evaluate(
    _ split: Split?, folder: String?, at span: Span? = nil
  ) throws(Failure) -> Evaluation {
    // 1. The pictures.
    var settings = experiment.data
    if let folder {
      settings.source = .folder(folder)
      settings.places = Places(section: span)
      let problem = ExperimentChecks.missing(
        folder, .directory, at: span, in: FilePath.workingDirectory,
        baseName: "the working directory")
      if let problem { throw .data([problem]) }
    }
    let isWhole = folder.map { split == nil && isOfClasses($0, settings) } ?? false
    let found =
      if isWhole, let folder {
        ExperimentData.find(whole: folder, of: classes, at: span)
      } else {
        ExperimentData.find(
          split ?? .val, of: classes, settings, seed: experiment.seed, threads: options.threads)
      }
    guard let data = found.data else {
      guard found.diagnostics.isEmpty else { throw .data(found.diagnostics) }
      throw .noSplit(
        split ?? .val, folder: found.folder, help: folder.flatMap { help(for: $0, settings) })
    }
    let place = isWhole ? ExperimentData.wholeSplit : split ?? .val
    let taken = isWhole ? found.folder : found.folder + "/" + (folderName(place, settings) ?? "")
    try check(found.others, data.samples(place) ?? [], in: taken)

    // 2. What the weights say of them.
    var predictions: [Prediction] = []
    let metrics: EpochMetrics
    let loader = data.evalLoader(place, plan, options: options)
    do throws(TrainingError) {
      let evaluator = try Evaluator(
        plan, pictures: loader.pictureCount, model: model, options: options, arena: Arena())
      loader.start(epoch: 0)
      metrics = try evaluator.run(
        loader,
        each: { sample, logits in
          predictions.append(data.prediction(place, sample: sample, logits: logits))
        })
    } catch {
      guard case .loading = error else { throw .training(error) }
      throw .pictures(failures(of: loader), of: loader.pictureCount)
    }
    return Evaluation(
      metrics: metrics, predictions: predictions, split: isWhole ? nil : place,
      folder: taken,
      warnings: warnings(found.diagnostics, found.others, ofOther: folder != nil, at: span))
  }

  /// Reads on behind the first picture that cannot be read, to tell of all of them at once.
  private func failures(of loader: Loader) -> [LoadingError] {
    while Interrupts.pending == nil {
      // The loader keeps what it throws.
      do { if try loader.next() == nil { break } } catch { continue }
    }
    return loader.failures
  }

  /// The name of a split's folder.
  private func folderName(_ split: Split, _ settings: DataSettings) -> String? {
    switch split {
    case .train: return settings.trainSplit
    case .test: return settings.testSplit
    case .val:
      if case .folder(let name) = settings.validation { return name }
      return settings.trainSplit
    }
  }

  /// Whether a folder has no validation split and holds folders of the run's classes.
  private func isOfClasses(_ folder: String, _ settings: DataSettings) -> Bool {
    if let name = folderName(.val, settings),
      FilePath.entry(at: folder + "/" + name) == .directory
    {
      return false
    }
    return classes.contains { FilePath.entry(at: folder + "/" + $0) == .directory }
  }

  /// What to do about a folder that lacks the split that is asked for.
  private func help(for folder: String, _ settings: DataSettings) -> String {
    let splits = Split.allCases.filter { split in
      folderName(split, settings).map { FilePath.entry(at: folder + "/" + $0) == .directory }
        ?? false
    }
    if !splits.isEmpty { return "it has \(Suggestion.list(splits.map(\.rawValue))): try --split" }
    if classes.contains(where: { FilePath.entry(at: folder + "/" + $0) == .directory }) {
      return "it holds class folders itself: leave out --split to evaluate them all"
    }
    return "nor does it hold folders of the run's classes, such as "
      + Suggestion.list(Array(classes.prefix(3)))
  }

  /// Only an experiment that chose its classes may meet others.
  private func check(
    _ others: [String], _ pictures: [Sample], in folder: String
  ) throws(Failure) {
    guard others.isEmpty || experiment.data.classes != nil && !pictures.isEmpty else {
      throw .otherClasses(others, folder: folder, known: classes)
    }
  }

  private func warnings(
    _ found: [Diagnostic], _ others: [String], ofOther isOther: Bool, at span: Span?
  ) -> [Diagnostic] {
    // Of the run's own pictures all but this was said when it trained; and they may have changed since.
    var warnings = found.filter { isOther || $0.code == "class-missing-in-split" }
    if isOther, !others.isEmpty {
      let names =
        Suggestion.list(Array(others.prefix(5))) + (others.count > 5 ? " and more" : "")
      warnings.append(
        .warning(
          "unknown-class",
          "pictures of \(Counted.of(others.count, "class", "classes")) are left out: \(names)",
          at: span,
          help: "the run chose its classes with 'data.classes', and the weights know no others"))
    }
    return warnings
  }
}
