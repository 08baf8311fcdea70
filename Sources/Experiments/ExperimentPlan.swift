import Declarations
import Diagnostics
import Graphs
import Models
import Optimizers
import Tensors
import Transforms

/// What will happen: the experiment's fields valid together, with the network built for its classes.
///
/// The third and last type that an experiment passes through; the trainer looks at nothing before it.
package struct ExperimentPlan: Sendable {
  package let experiment: Experiment
  package let network: Network
  package let phases: [PhasePlan]

  /// Builds the graphs of every phase.
  ///
  /// - Parameter classes: the number of classes of the data.
  /// - Returns: the plan, or all that hinders it.
  package static func make(
    _ experiment: Experiment, classes: Int
  ) -> (plan: ExperimentPlan?, diagnostics: [Diagnostic]) {
    guard let backbone = BackboneCatalogue.backbone(named: experiment.model.backbone) else {
      return (
        nil,
        [
          .error(
            "unknown-backbone", "there is no backbone '\(experiment.model.backbone)'",
            at: experiment.model.places.span(of: "backbone"),
            help: "backbones have torchvision's and timm's names, such as 'resnet18'")
        ]
      )
    }
    let network = Network(backbone, classes: classes)
    var phases: [PhasePlan] = []
    var diagnostics: [Diagnostic] = []
    func report(_ error: PlanError, _ phase: Phase) {
      let diagnostic = error.diagnostic(phase, experiment)
      // What phases inherit is reported for the first of them.
      let isKnown = diagnostics.contains {
        $0.message == diagnostic.message
          && $0.primary?.span.range == diagnostic.primary?.span.range
          && $0.primary?.span.source === diagnostic.primary?.span.source
      }
      if !isKnown { diagnostics.append(diagnostic) }
    }
    for (index, phase) in experiment.phases.enumerated() {
      let mistakes = phase.freeze.mistakes(in: network)
      for mistake in mistakes { report(.freeze(mistake), phase) }
      guard mistakes.isEmpty else { continue }
      do throws(PlanError) {
        phases.append(
          try PhasePlan(
            phase, index: index, seed: experiment.seed, network: network,
            decoding: experiment.data.decode))
      } catch {
        report(error, phase)
      }
    }
    guard diagnostics.isEmpty else { return (nil, diagnostics) }
    return (ExperimentPlan(experiment: experiment, network: network, phases: phases), [])
  }
}

/// One phase of a plan: its pipelines, what it trains, and its graphs.
package struct PhasePlan: Sendable {
  package let phase: Phase
  /// The experiment's seed.
  package let seed: UInt64
  /// Its place among the phases, from 0.
  package let index: Int
  package let network: Network
  package let trainPipeline: Pipeline
  package let evalPipeline: Pipeline
  /// The names of the parameters that are trained.
  package let trained: Set<String>
  package let labelSmoothing: Float

  /// - Throws: where something of the phase does not fit the network or the pictures.
  package init(
    _ phase: Phase, index: Int, seed: UInt64, network: Network, decoding: Decoding
  ) throws(PlanError) {
    self.phase = phase
    self.seed = seed
    self.index = index
    self.network = network
    do {
      trainPipeline = try Pipeline(phase.trainTransforms, decoding: decoding)
    } catch {
      throw .pipeline(split: "train", error)
    }
    do {
      evalPipeline = try Pipeline(phase.evalTransforms, decoding: decoding)
    } catch {
      throw .pipeline(split: "eval", error)
    }
    do {
      trained = try phase.freeze.trainable(in: network)
    } catch {
      throw .freeze(error)
    }
    labelSmoothing = Float(
      phase.loss.values.entries["label_smoothing"].flatMap(\.double) ?? 0)
    // Shapes are tried here, so that nothing can fail after the first picture was read.
    do {
      _ = try trainingGraph(batch: phase.train.batchSize)
    } catch {
      throw .shape(split: "train", error)
    }
    do {
      _ = try evaluationGraph(batch: phase.train.batchSize)
    } catch {
      throw .shape(split: "eval", error)
    }
  }

  private var mode: BuildMode {
    let trained = trained
    return BuildMode(
      isTraining: true, frozenBatchNormUsesRunningStatistics: phase.freeze.batchNorm == .eval
    ) { trained.contains($0) }
  }

  /// Loss and gradients for a batch of this size.
  package func trainingGraph(batch: Int) throws(ShapeError) -> Graph {
    try GraphCompiler.training(forwardGraph(batch: batch), labelSmoothing: labelSmoothing)
  }

  /// The network as it trains, as its layers stand in the model: for people to read.
  package func forwardGraph(batch: Int) throws(ShapeError) -> Graph {
    let shape = trainPipeline.outputShape
    return try network.graph(batch: batch, height: shape[1], width: shape[2], mode: mode)
  }

  /// Logits and losses for a batch of this size, with everything folded.
  package func evaluationGraph(batch: Int) throws(ShapeError) -> Graph {
    let shape = evalPipeline.outputShape
    return try GraphCompiler.evaluation(
      network.graph(batch: batch, height: shape[1], width: shape[2], mode: .evaluation),
      labelSmoothing: labelSmoothing)
  }

  /// Whether batch statistics are used, and running ones moved, while training: for any layer at all.
  package var movesStatistics: Bool {
    network.tensors.contains { $0.kind == .runningMean && movesStatistics(of: $0.layer) }
  }

  /// Whether a batch-norm layer uses its batch's statistics and moves its running ones in this phase.
  package func movesStatistics(of layer: String) -> Bool {
    if phase.freeze.batchNorm == .train { return true }
    return trained.contains(layer + ".weight") && trained.contains(layer + ".bias")
  }

  /// Whether this phase may change a tensor.
  package func mayChange(_ tensor: TensorSpec) -> Bool {
    tensor.kind == .parameter ? trained.contains(tensor.name) : movesStatistics(of: tensor.layer)
  }

  /// How many numbers are trained, and how many are frozen.
  package var parameterCounts: (trained: Int, frozen: Int) {
    var counts = (trained: 0, frozen: 0)
    for tensor in network.parameters {
      if trained.contains(tensor.name) {
        counts.trained += tensor.shape.count
      } else {
        counts.frozen += tensor.shape.count
      }
    }
    return counts
  }

  /// What the step needs: bytes of the arena, of parameters with gradients and optimizer state, of batches.
  ///
  /// An estimate over plain layouts; kernels may add packed copies of weights.
  package func memory() throws(ShapeError) -> (arena: Int, parameters: Int, batches: Int) {
    let graph = try trainingGraph(batch: phase.train.batchSize)
    let plan = MemoryPlan(for: graph) { value in
      graph[value].role == .intermediate ? graph[value].shape.count * 4 : 0
    }
    let counts = parameterCounts
    let states = OptimizerCatalogue.make(phase.optimizer).stateCount
    let statistics = network.tensors.filter { $0.kind != .parameter }.reduce(0) {
      $0 + $1.shape.count
    }
    return (
      plan.arenaBytes,
      4 * (counts.trained * (2 + states) + counts.frozen + statistics),
      4 * trainPipeline.outputShape.count * phase.train.batchSize
    )
  }
}
