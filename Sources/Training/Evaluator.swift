import Experiments
import Kernels
import Loading
import Tensors

/// Runs a network over a split with everything folded, and keeps what it says of each picture.
///
/// A last batch that is smaller is filled up with what the buffer held before; those rows are not looked at, and
/// no row depends on another.
final class Evaluator {
  private let plan: PhasePlan
  private let program: Program

  /// - Parameter pictures: how many there are at most; batches are never larger.
  init(
    _ plan: PhasePlan, pictures: Int, model: LiveModel, options: TrainerOptions, arena: Arena
  ) throws(TrainingError) {
    self.plan = plan
    let batch = min(plan.phase.train.batchSize, max(1, pictures))
    do {
      program = try Program(
        try plan.evaluationGraph(batch: batch), provider: options.provider,
        threads: options.threads, store: model.store, arena: arena)
    } catch let error as KernelError {
      throw .kernel(error)
    } catch {
      preconditionFailure("the plan has tried the shapes: \(error)")
    }
  }

  /// - Parameter each: the logits of every picture in order, `[K]`, with its place in the split.
  /// - Throws: where a picture cannot be read.
  func run(
    _ loader: Loader, each: ((_ sample: Int, _ logits: UnsafeBufferPointer<Float>) -> Void)? = nil,
    progress: ((_ pictures: Int) -> Void)? = nil
  ) throws(TrainingError) -> EpochMetrics {
    let classes = plan.network.classes
    var metrics = EpochMetrics(classes: classes)
    while let batch = try nextBatch(loader) {
      try run(batch, metrics: &metrics)
      let logits = program.output("logits")
      if let each {
        for (row, sample) in batch.samples.enumerated() {
          each(
            sample,
            UnsafeBufferPointer(rebasing: logits.floats[row * classes..<(row + 1) * classes]))
        }
      }
      progress?(batch.count)
      if let signal = Interrupts.pending { throw .interrupted(signal: signal) }
    }
    return metrics
  }

  /// One batch; the metrics take its numbers.
  func run(_ batch: Batch, metrics: inout EpochMetrics) throws(TrainingError) {
    do {
      try program.run(
        inputs: ["pictures": .floats(batch.pictures), "labels": .integers(batch.labels)])
    } catch {
      throw .kernel(error)
    }
    metrics.add(
      logits: UnsafeBufferPointer(program.output("logits").floats),
      losses: UnsafeBufferPointer(program.output("loss").floats), labels: batch.labels,
      count: batch.count)
  }

  /// The logits of a batch whose labels say nothing: `[N, K]`, of which the first rows are its pictures'.
  func logits(of batch: Batch) throws(TrainingError) -> UnsafeBufferPointer<Float> {
    do {
      try program.run(
        inputs: ["pictures": .floats(batch.pictures), "labels": .integers(batch.labels)])
    } catch {
      throw .kernel(error)
    }
    return UnsafeBufferPointer(program.output("logits").floats)
  }

  /// Bytes of the arena, and beside it.
  var bytes: (arena: Int, owned: Int) { (program.arenaBytes, program.ownedBytes) }

  private func nextBatch(_ loader: Loader) throws(TrainingError) -> Batch? {
    do { return try loader.next() } catch { throw .loading(error) }
  }
}
