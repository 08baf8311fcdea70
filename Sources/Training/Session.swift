import Diagnostics
import Experiments
import Glibc
import Images
import Kernels
import Models
import Runs
import Tensors

/// A run from a planned experiment to a finished folder: makes the folder, keeps its record, trains.
package final class Session {
  /// How a run ended.
  package enum End {
    case completed
    case stopped(signal: String)
    case diverged(TrainingError)
    case failed(TrainingError)
  }

  package let folder: RunFolder
  package let plan: ExperimentPlan
  private let trainer: Trainer
  private let log: RunLog
  private var record: RunRecord
  private var lastBeat = ContinuousClock.now
  private var hasBegun = false
  /// How often `run.json` says that the run is going on; between epochs of hours nothing else does.
  package var beatInterval = Duration.seconds(30)

  /// What the command line knows.
  package struct Invocation {
    package var command: [String]
    package var version: String
    package var commit: String?
    package init(command: [String], version: String, commit: String?) {
      self.command = command
      self.version = version
      self.commit = commit
    }
  }

  /// Makes the run folder and fills it with what is known before the first picture.
  package init(
    _ plan: ExperimentPlan, data: ExperimentData, weights: StartingWeights,
    source: [UInt8], options: TrainerOptions, invocation: Invocation,
    observer: any TrainingObserver
  ) throws(TrainingError) {
    let experiment = plan.experiment
    self.plan = plan
    do {
      folder = try RunFolder.create(
        in: experiment.runs, name: experiment.name,
        hash: String(experiment.configurationHash.prefix(8)), seed: experiment.seed)
      try AtomicFile.write(path: folder.experiment, text: String(decoding: source, as: UTF8.self))
      try Self.keepExtended(experiment, in: folder)
      try AtomicFile.write(path: folder.resolved, text: experiment.resolvedYAML())
      log = try RunLog(folder)
      let pictures = data.counts.values.reduce(0, +)
      if pictures <= PictureList.most {
        try PictureList.write(data.pictures, to: folder)
      } else {
        log.line("no data.csv: of more than \(PictureList.most) pictures none is written")
      }
      record = RunRecord(
        name: experiment.name, seed: experiment.seed,
        configuration: experiment.configurationHash, command: invocation.command,
        version: invocation.version, commit: invocation.commit,
        machine: MachineReport().record(options),
        data: RunRecord.Data(
          fingerprint: data.fingerprint, pictures: data.counts, classes: data.classes.count),
        weights: RunRecord.Weights(source: weights.summary, fingerprint: weights.fingerprint))
      record.cache = data.cacheReport.map {
        RunRecord.Cache(
          folder: $0.folder, pictures: $0.pictures, cached: $0.cached, added: $0.added,
          bytes: $0.bytes, problems: $0.problems)
      }
      record.process = .current
      try record.write(to: folder)
    } catch {
      throw .file(error)
    }
    log.line("weights: \(weights.summary)")
    for detail in weights.details { log.line("weights: \(detail)") }
    if let cache = record.cache {
      log.line(
        "cache: \(cache.cached) of \(cache.pictures) pictures, \(cache.added) of them new, in \(cache.folder)"
      )
      for problem in cache.problems { log.line("cache: \(problem)") }
    }
    trainer = try Trainer(
      plan, data: data, model: LiveModel(plan.network, weights.state), folder: folder,
      options: options, observer: observer)
  }

  /// Keeps the files that the experiment extends, as they were, in a folder of their own: there no name is that of
  /// another of the run's files, and numbers tell files of one name apart.
  private static func keepExtended(
    _ experiment: Experiment, in folder: RunFolder
  ) throws(FileError) {
    let bases = experiment.files.dropFirst()
    guard !bases.isEmpty else { return }
    try RunFolder.makeFolders(folder.extended)
    for (number, path) in bases.enumerated() {
      var bytes = FileBytes()
      guard (try? bytes.read(path)) != nil else { continue }
      let name = path.split(separator: "/").last.map(String.init) ?? path
      try AtomicFile.write(path: "\(folder.extended)/\(number + 1)-\(name)", bytes: bytes.bytes)
    }
  }

  /// The best epoch, once there is one.
  package var best: BestEpoch? { trainer.best }

  /// Trains to the end, or to what ends it; the record says which.
  package func run() -> End {
    trainer.onEpoch = { [unowned self] phase, epoch in
      record.phase = phase
      record.epoch = epoch
      record.heartbeat = RunRecord.now()
      noteBest()
      log.line("phase \(phase), epoch \(epoch) done")
      // The next epoch writes it again; a full disk ends the run where weights or metrics are written.
      try? record.write(to: folder)
    }
    trainer.onBatch = { [unowned self] in beat() }
    trainer.onNote = { [unowned self] in log.line($0) }
    log.line("started: \(record.command.joined(separator: " "))")
    let end: End
    do throws(TrainingError) {
      try trainer.run()
      end = .completed
    } catch {
      switch error {
      case .interrupted(let signal): end = .stopped(signal: signal)
      case .diverged: end = .diverged(error)
      default: end = .failed(error)
      }
    }
    return conclude(end)
  }

  private func beat() {
    if !hasBegun {
      // How long a run takes to get going is read from this line.
      log.line("first step done")
      hasBegun = true
    }
    let now = ContinuousClock.now
    guard now - lastBeat >= beatInterval else { return }
    lastBeat = now
    record.heartbeat = RunRecord.now()
    try? record.write(to: folder)
  }

  private func noteBest() {
    record.best = trainer.best.map {
      RunRecord.Best(metric: $0.metric, value: $0.value, phase: $0.phase, epoch: $0.epoch)
    }
  }

  private func conclude(_ end: End) -> End {
    noteBest()
    record.ended = RunRecord.now()
    record.heartbeat = record.ended ?? record.heartbeat
    record.test = trainer.test.map { Dictionary(uniqueKeysWithValues: $0.named("test")) }
    switch end {
    case .completed: record.status = .completed
    case .stopped(let signal):
      record.status = .stopped
      record.error = "stopped by \(signal)"
    case .diverged(let error):
      record.status = .diverged
      record.error = "\(error)"
    case .failed(let error):
      record.status = .failed
      record.error = "\(error)"
    }
    log.line(record.error ?? "completed")
    log.line("peak resident memory: \(ResidentMemory.peak >> 20) MiB")
    do {
      try record.write(to: folder)
    } catch {
      if case .completed = end { return .failed(.file(error)) }
    }
    return end
  }
}
