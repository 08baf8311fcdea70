import Experiments
import Glibc
import Kernels
import Loading
import Models
import Runs
import Tensors

/// Trains a planned experiment from its first picture to its last prediction, and writes the run folder.
package final class Trainer {
  package let plan: ExperimentPlan
  package let data: ExperimentData
  package let folder: RunFolder
  package let model: LiveModel
  private let options: TrainerOptions
  private let observer: any TrainingObserver
  private let arena = Arena()
  private var freezeReport = FreezeReport()
  private let metricsFile: MetricsWriter
  private let stepsFile: StepsWriter
  /// The best of the whole run so far: what `best.safetensors` holds.
  package private(set) var best: BestEpoch?
  /// What the best weights give on the test split, at the end.
  package private(set) var test: EpochMetrics?
  /// Called after each epoch's files are written, with the phase's name and the epoch from 1.
  package var onEpoch: ((_ phase: String, _ epoch: Int) -> Void)?
  /// Called after each batch, in training and in validation.
  package var onBatch: (() -> Void)?
  /// Called with what the observer is told in words, for the log.
  package var onNote: ((_ text: String) -> Void)?

  /// - Parameter model: the numbers that the first phase starts from.
  package init(
    _ plan: ExperimentPlan, data: ExperimentData, model: LiveModel, folder: RunFolder,
    options: TrainerOptions, observer: any TrainingObserver
  ) throws(TrainingError) {
    self.plan = plan
    self.data = data
    self.model = model
    self.folder = folder
    self.options = options
    self.observer = observer
    do {
      metricsFile = try MetricsWriter(folder)
      stepsFile = try StepsWriter(folder)
    } catch {
      throw .file(error)
    }
  }

  /// All phases, then the predictions of the best epoch.
  ///
  /// - Throws: at the first failure; what was written until then stays readable.
  package func run() throws(TrainingError) {
    var snapshots = PhaseSnapshots()
    for phase in plan.phases {
      if let start = phase.phase.startFrom, let snapshot = snapshots[start] {
        model.assign(snapshot)
      }
      snapshots = try run(phase)
    }
    try conclude()
  }

  /// The numbers after a phase, and those of its best epoch.
  private struct PhaseSnapshots {
    var best: ModelState?
    var last: ModelState?
    subscript(checkpoint: Checkpoint) -> ModelState? {
      checkpoint == .best ? best : last
    }
  }

  // MARK: One phase

  private func run(_ phase: PhasePlan) throws(TrainingError) -> PhaseSnapshots {
    let runner = PhaseRunner(phase, model: model, options: options, arena: arena)
    let trainLoader = data.trainLoader(phase, options: options)
    let evalLoader = data.evalLoader(.val, phase, options: options)
    guard trainLoader.batchCount > 0 else { throw .noBatches(phase: phase.phase.name) }
    // The first pictures are made while programs are.
    trainLoader.start(epoch: 0)
    let evaluator = try Evaluator(
      phase, pictures: evalLoader.pictureCount, model: model, options: options, arena: arena)
    let freeze = FreezeCheck(phase, model: model)
    let snapshots: PhaseSnapshots
    do throws(TrainingError) {
      snapshots = try train(
        runner, on: trainLoader, judgedBy: evaluator, on: evalLoader)
    } catch {
      // What ends a run early must not hide what it did to frozen tensors, nor be hidden by a full disk.
      freezeReport.phases.append(freeze.report(model))
      try? freezeReport.write(to: folder)
      let moved = freezeReport.phases.last?.movedFrozenTensors ?? []
      throw moved.isEmpty ? error : .frozenMoved(phase: phase.phase.name, tensors: moved)
    }

    // Prove what was frozen.
    let report = freeze.report(model)
    freezeReport.phases.append(report)
    try write { () throws(FileError) in try freezeReport.write(to: folder) }
    let moved = report.movedFrozenTensors
    guard moved.isEmpty else {
      throw .frozenMoved(phase: phase.phase.name, tensors: moved)
    }
    return snapshots
  }

  /// The epochs of a phase; the loader of training pictures has begun the first.
  private func train(
    _ runner: PhaseRunner, on trainLoader: Loader, judgedBy evaluator: Evaluator,
    on evalLoader: Loader
  ) throws(TrainingError) -> PhaseSnapshots {
    let phase = runner.plan
    var stopping = EarlyStoppingState(phase.phase)
    var snapshots = PhaseSnapshots()
    // What ends a phase early must not hide its last steps.
    defer { try? stepsFile.flush() }

    for epoch in 0..<phase.phase.epochs {
      let rate = runner.rate(epoch: epoch)
      var clock = EpochClock()
      // 1. Train.
      observer.began(
        phase: phase, epoch: epoch, pictures: trainLoader.pictureCount, split: .train)
      var train = EpochMetrics(classes: plan.network.classes)
      var batches = 0
      while let batch = try next(trainLoader) {
        batches += 1
        // Whoever comes next finds pictures that are ready.
        if batches == trainLoader.batchCount { evalLoader.start(epoch: 0) }
        try step(runner, batch, epoch: epoch, metrics: &train)
        observer.advanced(pictures: batch.count, metrics: train)
        onBatch?()
        if let signal = Interrupts.pending {
          try interrupted(phase, epoch: epoch, signal: signal)
        }
      }
      if epoch + 1 < phase.phase.epochs { trainLoader.start(epoch: epoch + 1) }
      let trained = clock.lap()
      // 2. Validate.
      observer.began(phase: phase, epoch: epoch, pictures: evalLoader.pictureCount, split: .val)
      let val = try validate(evaluator, evalLoader, phase, epoch: epoch)
      let validated = clock.lap()
      // 3. Write, and keep the best.
      let values = train.named("train") + val.named("val")
      try write { () throws(FileError) in
        try stepsFile.flush()
        try metricsFile.append(
          phase: phase.phase.name, epoch: epoch + 1, step: runner.step, rate: rate, values: values)
        try metricsFile.appendTiming(
          phase: phase.phase.name, epoch: epoch + 1, trainSeconds: trained,
          validationSeconds: validated, pictures: train.count,
          waitSeconds: trainLoader.takeWaitSeconds(),
          validationWaitSeconds: evalLoader.takeWaitSeconds())
      }
      for problem in trainLoader.takeCacheProblems() + evalLoader.takeCacheProblems() {
        note("cache: \(problem); its pictures are decoded instead")
      }
      let monitored = values.first { $0.0 == phase.phase.train.monitor }?.1 ?? .nan
      var rank = EpochRank.none
      if stopping.isBest(monitored) {
        snapshots.best = model.state.copy()
        rank = try keepIfBest(phase, epoch: epoch, value: monitored) ? .run : .phase
      }
      try save(folder.last, phase, epoch: epoch + 1, value: monitored)
      observer.ended(
        phase: phase, epoch: epoch, rate: rate, train: train, val: val,
        seconds: trained + validated, rank: rank)
      onEpoch?(phase.phase.name, epoch + 1)
      if stopping.shouldStop {
        if epoch + 1 < phase.phase.epochs {
          note(
            "phase '\(phase.phase.name)' ends early, after epoch \(epoch + 1) of "
              + "\(phase.phase.epochs): \(stopping.reason)")
        }
        break
      }
    }
    snapshots.last = model.state.copy()
    return snapshots
  }

  /// A step with its line in `steps.csv`; also the step that diverges has one.
  private func step(
    _ runner: PhaseRunner, _ batch: Batch, epoch: Int, metrics: inout EpochMetrics
  ) throws(TrainingError) {
    let number = runner.step + 1
    func note() throws(FileError) {
      try stepsFile.append(
        phase: runner.plan.phase.name, epoch: epoch + 1, step: number, loss: runner.loss)
    }
    do throws(TrainingError) {
      try runner.run(batch, epoch: epoch, metrics: &metrics)
    } catch {
      if case .diverged = error { try? note() }
      throw error
    }
    try write { () throws(FileError) in try note() }
  }

  /// A signal ends it like training, with the weights of the epoch that it was to judge.
  private func validate(
    _ evaluator: Evaluator, _ loader: Loader, _ phase: PhasePlan, epoch: Int
  ) throws(TrainingError) -> EpochMetrics {
    do {
      return try evaluator.run(
        loader,
        progress: { [observer, onBatch] in
          observer.advanced(pictures: $0, metrics: nil)
          onBatch?()
        })
    } catch {
      guard case .interrupted = error else { throw error }
      try save(folder.last, phase, epoch: epoch + 1, value: .nan)
      throw error
    }
  }

  // MARK: Files

  /// Writes `best.safetensors` where this epoch is the best of the whole run; says whether it is.
  private func keepIfBest(
    _ phase: PhasePlan, epoch: Int, value: Double
  ) throws(TrainingError) -> Bool {
    let metric = phase.phase.train.monitor
    if let best, best.metric == metric,
      !BestEpoch.isBetter(value, than: best.value, metric: metric)
    {
      return false
    }
    best = BestEpoch(
      metric: metric, value: value, phase: phase.phase.name, phaseIndex: phase.index,
      epoch: epoch + 1)
    try save(folder.best, phase, epoch: epoch + 1, value: value)
    return true
  }

  private func save(
    _ path: String, _ phase: PhasePlan, epoch: Int, value: Double
  ) throws(TrainingError) {
    let metadata = WeightsMetadata(
      backbone: plan.network.backbone.name, classes: data.classes,
      classNames: data.classNames.isEmpty ? nil : data.classNames,
      transforms: TransformNotes.json(phase.phase.evalTransforms),
      metric: "\(phase.phase.train.monitor) \(value)", epoch: epoch)
    do {
      try SafeTensors.write(
        path: path, tensors: model.state.stored(), metadata: metadata.dictionary)
    } catch {
      throw .file(error)
    }
  }

  /// Ends the run in the middle of an epoch with what has been learned so far.
  private func interrupted(
    _ phase: PhasePlan, epoch: Int, signal: String
  ) throws(TrainingError) {
    try save(folder.last, phase, epoch: epoch, value: .nan)
    throw .interrupted(signal: signal)
  }

  /// Reloads the best weights from their file and writes what they say of val and test.
  private func conclude() throws(TrainingError) {
    guard let best else { return }
    let phase = plan.phases[best.phaseIndex]
    do {
      let file = try SafeTensorsFile(path: folder.best)
      model.assign(try ModelState.load(plan.network, from: file, seed: plan.experiment.seed).state)
    } catch {
      throw .weights(error)
    }
    for split in [Split.val, .test] where data.samples(split) != nil {
      let metrics = try predict(split, phase)
      guard split == .test else { continue }
      try write { () throws(FileError) in
        try metricsFile.appendTest(
          phase: best.phase, epoch: best.epoch, values: metrics.named("test"))
      }
      test = metrics
      observer.tested(metrics)
    }
  }

  private func predict(_ split: Split, _ phase: PhasePlan) throws(TrainingError) -> EpochMetrics {
    let loader = data.evalLoader(split, phase, options: options)
    let evaluator = try Evaluator(
      phase, pictures: loader.pictureCount, model: model, options: options, arena: arena)
    var predictions: [Prediction] = []
    loader.start(epoch: 0)
    let metrics = try evaluator.run(
      loader,
      each: { [data] sample, logits in
        predictions.append(data.prediction(split, sample: sample, logits: logits))
      })
    let lines = predictions
    try write { () throws(FileError) in
      try PredictionsWriter.write(lines, to: folder, split: split.rawValue)
    }
    return metrics
  }

  private func note(_ text: String) {
    observer.noted(text)
    onNote?(text)
  }

  private func next(_ loader: Loader) throws(TrainingError) -> Batch? {
    do { return try loader.next() } catch { throw .loading(error) }
  }

  private func write(_ body: () throws(FileError) -> Void) throws(TrainingError) {
    do { try body() } catch { throw .file(error) }
  }
}
