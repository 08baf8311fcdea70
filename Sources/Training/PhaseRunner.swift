import Experiments
import Glibc
import Graphs
import Kernels
import Loading
import Models
import Optimizers
import Tensors

/// The training passes of one phase: its programs, its optimizer and its schedule.
///
/// A last batch that is smaller has a program of its own: batch statistics and the mean loss are over the
/// pictures that are there, as in torch. All programs use one arena and one store.
final class PhaseRunner {
  let plan: PhasePlan
  private let model: LiveModel
  private let options: TrainerOptions
  private let arena: Arena
  private let optimizer: any Optimizer
  private let scheduler: (any Scheduler)?
  private var programs: [Int: Program] = [:]
  private var optimizerState: [String: [FloatBuffer]] = [:]
  /// In the order of the network, so that sums over gradients have a fixed order.
  private let trained: [TensorSpec]
  /// Optimizer steps taken in this phase.
  private(set) var step = 0
  /// Of the last batch, the mean over its pictures.
  private(set) var loss = Double.nan

  init(_ plan: PhasePlan, model: LiveModel, options: TrainerOptions, arena: Arena) {
    self.plan = plan
    self.model = model
    self.options = options
    self.arena = arena
    optimizer = OptimizerCatalogue.make(plan.phase.optimizer)
    scheduler = plan.phase.scheduler.map(SchedulerCatalogue.make)
    trained = plan.network.parameters.filter { plan.trained.contains($0.name) }
    for tensor in trained {
      optimizerState[tensor.name] = (0..<optimizer.stateCount).map { _ in
        FloatBuffer(count: tensor.shape.count)
      }
    }
  }

  /// Makes what a batch of this size needs before there is one.
  func prepare(for count: Int) throws(TrainingError) { _ = try program(for: count) }

  /// Of all programs so far: of their arena, and beside it.
  var bytes: (arena: Int, owned: Int) {
    (programs.values.map(\.arenaBytes).max() ?? 0, programs.values.reduce(0) { $0 + $1.ownedBytes })
  }

  /// Of what the optimizer keeps for each parameter.
  var optimizerBytes: Int {
    optimizerState.values.reduce(0) { $0 + $1.reduce(0) { $0 + $1.count * 4 } }
  }

  /// The learning rate of a step of an epoch, both from 0.
  func rate(epoch: Int) -> Double {
    guard let scheduler else { return optimizer.baseRate }
    return scheduler.rate(
      base: optimizer.baseRate, at: plan.phase.schedulerBy == .epoch ? epoch : step)
  }

  /// One step: forward, backward, clipping, update. The metrics take the forward pass's numbers.
  ///
  /// - Throws: where the loss or a gradient is not finite, before anything was changed.
  func run(_ batch: Batch, epoch: Int, metrics: inout EpochMetrics) throws(TrainingError) {
    let program = try program(for: batch.count)
    do {
      try program.run(
        inputs: ["pictures": .floats(batch.pictures), "labels": .integers(batch.labels)],
        randomKey: RandomKey(
          seed: plan.seed, [UInt64(plan.index), UInt64(epoch), UInt64(step)]))
    } catch {
      throw .kernel(error)
    }
    metrics.add(
      logits: UnsafeBufferPointer(program.output("logits").floats),
      losses: UnsafeBufferPointer(program.output("loss").floats), labels: batch.labels,
      count: batch.count)
    let losses = UnsafeBufferPointer(program.output("loss").floats)[..<batch.count]
    loss = losses.reduce(0.0) { $0 + Double($1) } / Double(batch.count)
    guard metrics.loss.isFinite else {
      throw .diverged(phase: plan.phase.name, epoch: epoch + 1, step: step + 1)
    }

    let gradients = trained.map { program.output("gradient/" + $0.name) }
    // A ReLU may turn NaN into zero and so hide it from the loss, but never from all gradients.
    let norm = GradientClipping.norm(gradients)
    guard norm.isFinite else {
      throw .diverged(phase: plan.phase.name, epoch: epoch + 1, step: step + 1)
    }
    let scale =
      plan.phase.train.clipGradNorm.map { GradientClipping.scale(norm: norm, limit: $0) } ?? 1
    let rate = rate(epoch: epoch)
    step += 1
    for (tensor, gradient) in zip(trained, gradients) {
      optimizer.update(
        parameter: model.buffer(tensor.name), gradient: gradient, gradientScale: scale,
        state: optimizerState[tensor.name] ?? [], step: step, rate: rate)
      model.store.touch(tensor.name)
    }
    if plan.movesStatistics { model.countBatch(where: plan.movesStatistics(of:)) }
    options.onStep?(model)
  }

  private func program(for count: Int) throws(TrainingError) -> Program {
    if let program = programs[count] { return program }
    do {
      let program = try Program(
        try plan.trainingGraph(batch: count), provider: options.provider,
        threads: options.threads, store: model.store, arena: arena)
      programs[count] = program
      return program
    } catch let error as KernelError {
      throw .kernel(error)
    } catch let error as ShapeError {
      throw .batchShape(phase: plan.phase.name, count: count, error)
    } catch {
      preconditionFailure("making a program throws one of two kinds of error")
    }
  }
}
