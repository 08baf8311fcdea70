import Declarations
import Experiments
import Images
import Kernels
import Loading
import Models
import Tensors
import Transforms

/// Times a few steps and pictures of a plan on this machine and tells from them how long the whole takes, and how much
/// memory at most.
///
/// Steps are the real ones over noise, with first weights: whole batches, in training and in evaluation, where a step takes about
/// half a second at most. Else two smaller batches tell a fixed time and one for each picture; where even one picture
/// is too much, the same network is timed on smaller pictures and the ratio of the work is applied. Compute and loader
/// threads share the processors, so their times add up. Memory is that of the run's own programs, counted, and what
/// the process took beyond what was counted.
package struct SpeedProbe {
  private let plan: ExperimentPlan
  private let data: DataOverview
  private let options: TrainerOptions
  private let model: LiveModel
  private let arena = Arena()
  private let isCached: Bool
  /// Seconds for each phase's steps.
  private let budget: Double
  /// What the process took before anything was made.
  private let start = ResidentMemory.now

  /// The most work of a step that is timed whole: half a second on a laptop.
  private static let wholeStep = 150_000_000_000
  /// Else work for each phase's larger batch, shared by the phases: a tenth of a second on a laptop.
  private static let flopsBudget = 8_000_000_000

  /// - Parameters:
  ///   - samples: pictures to time the loading with; none where they cannot be read.
  ///   - isCached: whether epochs read what a pipeline makes of pictures before chance comes in.
  ///   - budget: about how long the steps of a phase may take, in seconds.
  /// - Returns: nil where the pictures were not counted.
  /// - Throws: what a step of the run would throw.
  package static func measure(
    _ plan: ExperimentPlan, data: DataOverview, samples: [Sample], options: TrainerOptions,
    isCached: Bool = false, budget: Double = 0.6
  ) throws -> (time: TimeEstimate, memory: MemoryEstimate)? {
    guard let train = data["train"], train.pictures > 0 else { return nil }
    let probe = SpeedProbe(plan, data: data, options: options, isCached: isCached, budget: budget)
    return try probe.estimate(train: train.pictures, samples: samples)
  }

  private init(
    _ plan: ExperimentPlan, data: DataOverview, options: TrainerOptions, isCached: Bool,
    budget: Double
  ) {
    self.plan = plan
    self.data = data
    self.options = options
    self.isCached = isCached
    self.budget = budget
    model = LiveModel(plan.network, ModelState(initialized: plan.network, seed: 0))
  }

  private func estimate(
    train: Int, samples: [Sample]
  ) throws -> (time: TimeEstimate, memory: MemoryEstimate) {
    let processors = Double(Threads.processors)
    let val = data["val"]?.pictures ?? 0
    let test = data["test"]?.pictures ?? 0
    var loadings: [PictureSeconds] = []
    var phases: [TimeEstimate.Phase] = []
    var memory: [MemoryEstimate.Phase] = []
    var beyond = 0
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
      let (step, surplus) = try time(phase, memory: &memory, train: train, val: val)
      beyond = max(beyond, surplus)
      let pictures = phase.phase.train.dropLast ? train / batch * batch : train
      let steps = (pictures + batch - 1) / batch
      let decoding = isCached ? 0 : loading.decoding
      // 3. Together: no faster than either, nor than all processors can do both.
      func seconds(compute: Double, loading: Double) -> Double {
        let threads = Double(min(options.threads, Threads.processors))
        let workers = Double(min(options.workers, Threads.processors))
        return max(compute, loading / workers, (compute * threads + loading) / processors)
      }
      let training = seconds(
        compute: Double(steps) * step.fixed + Double(pictures) * step.picture,
        loading: Double(pictures) * (decoding + loading.train))
      let eval = { (count: Int) in
        seconds(
          compute: Double(count) * step.evaluated,
          loading: Double(count) * (decoding + loading.eval))
      }
      let epoch = training + eval(val)
      phases.append(
        TimeEstimate.Phase(
          step: step.fixed + Double(batch) * step.picture,
          loading: decoding + loading.train, epoch: epoch,
          all: epoch * Double(phase.phase.epochs)))
      judging = eval(val + test)
    }
    let looking = Double(train + val + test) * (loadings.first?.decoding ?? 0) / processors
    return (
      TimeEstimate(phases: phases, run: looking + phases.reduce(0) { $0 + $1.all } + judging),
      MemoryEstimate(phases: memory, base: start + beyond)
    )
  }

  // MARK: Steps

  /// Seconds of a step: a part that does not depend on the batch, and one for each picture; and of evaluation.
  private struct StepSeconds {
    var fixed: Double
    var picture: Double
    /// For each picture.
    var evaluated: Double
  }

  /// Times a phase's steps, adds its memory, and says what the process took beyond what was counted.
  private func time(
    _ phase: PhasePlan, memory: inout [MemoryEstimate.Phase], train: Int, val: Int
  ) throws -> (StepSeconds, beyond: Int) {
    let deadline = ContinuousClock.now + .seconds(budget)
    let batch = phase.phase.train.batchSize
    let count = min(batch, train)
    let work = try phase.trainingGraph(batch: batch).flops() / batch
    let evalWork = try phase.evaluationGraph(batch: batch).flops() / batch
    let runner = PhaseRunner(phase, model: model, options: options, arena: arena)
    let evaluator = try Evaluator(
      phase, pictures: val, model: model, options: options, arena: arena)
    var step: StepSeconds
    var counted = parameterBytes + evaluator.bytes.owned + runner.optimizerBytes
    var beyond: Int
    if work * count <= Self.wholeStep {
      // 1. Whole batches, as the run will have them.
      let training = Batch.noise(count: count, elements: phase.trainPipeline.outputShape.count)
      let evaluated = min(batch, max(1, val))
      let judged = Batch.noise(count: evaluated, elements: phase.evalPipeline.outputShape.count)
      let of = (
        train: try middle(until: deadline) { try runner.run(training, epoch: 0, metrics: &$0) },
        eval: try middle(until: deadline) { try evaluator.run(judged, metrics: &$0) }
      )
      step = StepSeconds(
        fixed: 0, picture: of.train / Double(count), evaluated: of.eval / Double(evaluated))
      counted += runner.bytes.owned + max(runner.bytes.arena, evaluator.bytes.arena)
      counted += bytes(training) + bytes(judged)
      beyond = ResidentMemory.now - start - counted
      withExtendedLifetime((training, judged)) {}
    } else {
      // 1. Something smaller: the run's own programs are only counted, and their arena is not touched.
      let before = ResidentMemory.now
      let timed = try reduced(phase, work: work, until: deadline)
      step = timed.step
      step.evaluated = step.picture * Double(evalWork) / Double(max(1, work))
      counted += timed.bytes
      beyond = max(before, ResidentMemory.now) - start - counted
    }
    // 2. What the phase will hold: its programs for whole batches and for a last one that is smaller.
    if train >= batch { try runner.prepare(for: batch) }
    let last = train % batch
    if last > 0, !phase.phase.train.dropLast || train < batch { try runner.prepare(for: last) }
    var held = MemoryEstimate.Phase()
    held.arena = max(runner.bytes.arena, evaluator.bytes.arena, memory.last?.arena ?? 0)
    held.programs = runner.bytes.owned + evaluator.bytes.owned
    // The best and the last epoch's, and those of the phase before.
    held.states = parameterBytes * (memory.isEmpty ? 3 : 5) + runner.optimizerBytes
    let ring = Loader.Settings(batchSize: batch, workers: options.workers)
    held.batches =
      Loader.ringBytes(ring, count: train, elements: phase.trainPipeline.outputShape.count)
      + Loader.ringBytes(ring, count: val, elements: phase.evalPipeline.outputShape.count)
    memory.append(held)
    return (step, max(0, beyond))
  }

  /// Of the model's own parameters and statistics.
  private var parameterBytes: Int {
    plan.network.tensors.filter(\.isFloat).reduce(0) { $0 + $1.shape.count * 4 }
  }

  private func bytes(_ batch: Batch) -> Int {
    (batch.pictures.count + batch.labels.count) * 4
  }

  /// The middle of up to three runs in seconds; the first one only packs weights and touches memory.
  private func middle(
    until deadline: ContinuousClock.Instant, _ run: (inout EpochMetrics) throws -> Void
  ) throws -> Double {
    var metrics = EpochMetrics(classes: plan.network.classes)
    try run(&metrics)
    var times: [Double] = []
    for turn in 0..<3 where turn < 1 || ContinuousClock.now < deadline {
      let start = ContinuousClock.now
      try run(&metrics)
      times.append(Self.seconds(since: start))
    }
    // Of two the faster one.
    return times.sorted()[(times.count - 1) / 2]
  }

  /// Smaller batches, of smaller pictures where need be, and the bytes that this took as counted.
  private func reduced(
    _ phase: PhasePlan, work: Int, until deadline: ContinuousClock.Instant
  ) throws -> (step: StepSeconds, bytes: Int) {
    let limit = Self.flopsBudget / plan.phases.count
    if work <= limit { return try time(phase, work: work, limit: limit, until: deadline) }
    // The network on small pictures: the same layers, less to do.
    let batch = phase.phase.train.batchSize
    let small = try PhasePlan(
      Self.shrunk(phase.phase, to: max(64, phase.network.backbone.minimumSize)),
      index: phase.index, seed: phase.seed, network: phase.network,
      decoding: phase.trainPipeline.decoding)
    let smallWork = try small.trainingGraph(batch: batch).flops() / batch
    var (step, bytes) = try time(small, work: smallWork, limit: limit, until: deadline)
    step.picture *= Double(work) / Double(max(1, smallWork))
    return (step, bytes)
  }

  private func time(
    _ phase: PhasePlan, work: Int, limit: Int, until deadline: ContinuousClock.Instant
  ) throws -> (step: StepSeconds, bytes: Int) {
    // Not one: statistics over one value are none.
    let least = min(2, phase.phase.train.batchSize)
    let large = min(max(least, limit / max(1, work)), phase.phase.train.batchSize, 16)
    let small = max(least, large / 4)
    let runner = PhaseRunner(phase, model: model, options: options, arena: arena)
    let elements = phase.trainPipeline.outputShape.count
    func seconds(_ count: Int) throws -> Double {
      let batch = Batch.noise(count: count, elements: elements)
      return try middle(until: deadline) { try runner.run(batch, epoch: 0, metrics: &$0) }
    }
    let of = (large: try seconds(large), small: small < large ? try seconds(small) : 0)
    let bytes = runner.optimizerBytes + runner.bytes.owned + runner.bytes.arena
    guard small < large else {
      return (StepSeconds(fixed: 0, picture: of.large / Double(large), evaluated: 0), bytes)
    }
    // Between half the time and all of it belongs to the pictures, whatever disturbs one of the two.
    let all = of.large / Double(large)
    let slope = min(max((of.large - of.small) / Double(large - small), all / 2), all)
    let step = StepSeconds(
      fixed: of.large - slope * Double(large), picture: slope, evaluated: 0)
    return (step, bytes)
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
    /// And what comes before chance.
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
          try pipeline.decode(file.bytes, into: &canvas)
          try pipeline.runPrefix(on: &canvas)
          let decoded = seconds(since: start)
          try pipeline.run(
            on: &canvas, from: pipeline.prefixCount, seed: 0,
            at: SamplePlace(phase: 0, epoch: 0, sample: sample.identity),
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
