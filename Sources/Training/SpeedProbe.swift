import Declarations
import Experiments
import Images
import Kernels
import Loading
import Models
import Tensors
import Transforms

/// Times a few steps and pictures of a plan on this machine and tells from them how long the whole takes.
///
/// Steps are the real ones, over two small batches of black pictures: a step takes a fixed time and one for each
/// picture. Where even one picture is too much, the same network is timed on smaller pictures and the ratio of
/// the work is applied. Compute and loader threads share the processors, so their times add up.
package struct SpeedProbe {
  private let plan: ExperimentPlan
  private let data: DataOverview
  private let options: TrainerOptions
  private let model: LiveModel
  private let arena = Arena()
  private let deadline: ContinuousClock.Instant

  /// Work for each phase's larger batch, shared by the phases: a tenth of a second on a laptop.
  private static let flopsBudget = 8_000_000_000

  /// - Parameters:
  ///   - samples: pictures to time the loading with; none where they cannot be read.
  ///   - budget: about how long the probe itself may take, in seconds.
  /// - Returns: nil where the pictures were not counted.
  /// - Throws: what a step of the run would throw.
  package static func measure(
    _ plan: ExperimentPlan, data: DataOverview, samples: [Sample], options: TrainerOptions,
    budget: Double = 0.3
  ) throws -> TimeEstimate? {
    guard let train = data["train"], train.pictures > 0 else { return nil }
    let probe = SpeedProbe(plan, data: data, options: options, budget: budget)
    return try probe.estimate(train: train.pictures, samples: samples)
  }

  private init(
    _ plan: ExperimentPlan, data: DataOverview, options: TrainerOptions, budget: Double
  ) {
    self.plan = plan
    self.data = data
    self.options = options
    model = LiveModel(plan.network, ModelState(zeros: plan.network))
    deadline = ContinuousClock.now + .seconds(budget)
  }

  private func estimate(train: Int, samples: [Sample]) throws -> TimeEstimate {
    let processors = Double(Threads.processors)
    let val = data["val"]?.pictures ?? 0
    let test = data["test"]?.pictures ?? 0
    var loadings: [PictureSeconds] = []
    var phases: [TimeEstimate.Phase] = []
    var judging = 0.0
    for (index, phase) in plan.phases.enumerated() {
      // 1. Pictures; phases that treat them alike are timed once.
      let loading: PictureSeconds
      if let same = plan.phases[..<index].firstIndex(where: {
        $0.phase.trainTransforms == phase.phase.trainTransforms
          && $0.phase.evalTransforms == phase.phase.evalTransforms
      }) {
        loading = loadings[same]
      } else {
        loading = Self.time(phase, Self.some(of: samples))
      }
      loadings.append(loading)
      // 2. Steps.
      let batch = phase.phase.train.batchSize
      let step = try time(phase)
      let pictures = phase.phase.train.dropLast ? train / batch * batch : train
      let steps = (pictures + batch - 1) / batch
      let work = Double(try phase.trainingGraph(batch: batch).flops()) / Double(batch)
      let evalWork = Double(try phase.evaluationGraph(batch: batch).flops()) / Double(batch)
      let evalPicture = step.picture * evalWork / max(1, work)
      // 3. Together: no faster than either, nor than all processors can do both.
      func seconds(compute: Double, loading: Double) -> Double {
        let threads = Double(min(options.threads, Threads.processors))
        let workers = Double(min(options.workers, Threads.processors))
        return max(compute, loading / workers, (compute * threads + loading) / processors)
      }
      let training = seconds(
        compute: Double(steps) * step.fixed + Double(pictures) * step.picture,
        loading: Double(pictures) * (loading.decoding + loading.train))
      let eval = { (count: Int) in
        seconds(
          compute: Double(count) * evalPicture,
          loading: Double(count) * (loading.decoding + loading.eval))
      }
      let epoch = training + eval(val)
      phases.append(
        TimeEstimate.Phase(
          step: step.fixed + Double(batch) * step.picture,
          loading: loading.decoding + loading.train, epoch: epoch,
          all: epoch * Double(phase.phase.epochs)))
      judging = eval(val + test)
    }
    let looking = Double(train + val + test) * (loadings.first?.decoding ?? 0) / processors
    return TimeEstimate(
      phases: phases, run: looking + phases.reduce(0) { $0 + $1.all } + judging)
  }

  // MARK: Steps

  /// Seconds of a step: a part that does not depend on the batch, and one for each picture.
  private struct StepSeconds {
    var fixed: Double
    var picture: Double
  }

  private func time(_ phase: PhasePlan) throws -> StepSeconds {
    let limit = Self.flopsBudget / plan.phases.count
    let batch = phase.phase.train.batchSize
    let work = try phase.trainingGraph(batch: batch).flops() / batch
    if work <= limit { return try time(phase, work: work, limit: limit) }
    // The network on small pictures: the same layers, less to do.
    let small = try PhasePlan(
      Self.shrunk(phase.phase, to: max(64, phase.network.backbone.minimumSize)),
      index: phase.index, seed: phase.seed, network: phase.network)
    let smallWork = try small.trainingGraph(batch: batch).flops() / batch
    var step = try time(small, work: smallWork, limit: limit)
    step.picture *= Double(work) / Double(max(1, smallWork))
    return step
  }

  private func time(_ phase: PhasePlan, work: Int, limit: Int) throws -> StepSeconds {
    // Not one: statistics over one value are none.
    let least = min(2, phase.phase.train.batchSize)
    let large = min(max(least, limit / max(1, work)), phase.phase.train.batchSize, 16)
    let small = max(least, large / 4)
    let runner = PhaseRunner(phase, model: model, options: options, arena: arena)
    let elements = phase.trainPipeline.outputShape.count
    func seconds(_ count: Int) throws -> Double {
      let batch = Batch.blank(count: count, elements: elements)
      var metrics = EpochMetrics(classes: plan.network.classes)
      var best = Double.infinity
      // The first run packs weights and touches memory.
      for turn in 0..<3 where turn < 2 || ContinuousClock.now < deadline {
        let start = ContinuousClock.now
        try runner.run(batch, epoch: 0, metrics: &metrics)
        if turn > 0 { best = min(best, Self.seconds(since: start)) }
      }
      return best
    }
    let of = (large: try seconds(large), small: small < large ? try seconds(small) : 0)
    guard small < large else { return StepSeconds(fixed: 0, picture: of.large / Double(large)) }
    // Between half the time and all of it belongs to the pictures, whatever disturbs one of the two.
    let all = of.large / Double(large)
    let slope = min(max((of.large - of.small) / Double(large - small), all / 2), all)
    return StepSeconds(fixed: of.large - slope * Double(large), picture: slope)
  }

  private static func shrunk(_ phase: Phase, to side: Int) -> Phase {
    var phase = phase
    let size = DeclaredValue.list([.integer(side), .integer(side)])
    let names: [(String, [String: DeclaredValue])] = [
      ("Resize", ["size": size]), ("ToTensor", [:]),
    ]
    let steps = names.compactMap { name, arguments in
      TransformCatalogue.type(name).map {
        ComponentValue(name: name, values: $0.declaration.values(arguments))
      }
    }
    phase.trainTransforms = steps
    phase.evalTransforms = steps
    return phase
  }

  // MARK: Pictures

  /// Processor seconds for one picture.
  private struct PictureSeconds {
    var decoding = 0.0
    var train = 0.0
    var eval = 0.0
  }

  /// Up to sixteen, from everywhere.
  private static func some(of samples: [Sample]) -> [Sample] {
    let count = min(16, samples.count)
    return (0..<count).map { samples[$0 * samples.count / count] }
  }

  /// The mean of some pictures, as far as they go within a few hundredths of a second; those that cannot be read,
  /// which training will name, are passed over.
  private static func time(_ phase: PhasePlan, _ samples: [Sample]) -> PictureSeconds {
    var sum = PictureSeconds()
    var count = 0.0
    var canvas = Canvas()
    var file = FileBytes()
    let begin = ContinuousClock.now
    // The first picture only fills memory.
    for (index, sample) in ([samples.first].compactMap(\.self) + samples).enumerated() {
      var one = PictureSeconds()
      var isRead = true
      for pipeline in [phase.trainPipeline, phase.evalPipeline] {
        let buffer = FloatBuffer(count: pipeline.outputShape.count)
        let start = ContinuousClock.now
        do {
          try file.read(sample.file)
          try canvas.picture.decode(file.bytes)
          let decoded = seconds(since: start)
          try pipeline.run(
            on: &canvas, seed: 0, at: SamplePlace(phase: 0, epoch: 0, sample: sample.identity),
            into: buffer.floats)
          one.decoding = decoded
          one.train = one.eval
          one.eval = seconds(since: start) - decoded
        } catch {
          isRead = false
        }
      }
      guard isRead, index > 0 || samples.count == 1 else { continue }
      sum.decoding += one.decoding
      sum.train += one.train
      sum.eval += one.eval
      count += 1
      if seconds(since: begin) > 0.05 { break }
    }
    guard count > 0 else { return sum }
    return PictureSeconds(
      decoding: sum.decoding / count, train: sum.train / count, eval: sum.eval / count)
  }

  private static func seconds(since start: ContinuousClock.Instant) -> Double {
    let time = (ContinuousClock.now - start).components
    return Double(time.seconds) + Double(time.attoseconds) * 1e-18
  }
}
