import Experiments
import Graphs
import Tensors

/// What a plan's graphs cost, computed once for the screen and for JSON.
package struct PlanFigures: Sendable {
  /// One phase; work is per picture, in floating-point operations.
  package struct Phase: Sendable {
    package let forwardFlops: Int
    package let stepFlops: Int
    package let arenaBytes: Int
    /// Parameters, gradients, optimizer state and running statistics.
    package let parameterBytes: Int
    package let batchBytes: Int
    /// Batch-norm layers, and how many of them use and move batch statistics.
    package let batchNorms: (all: Int, moving: Int)
  }

  package let phases: [Phase]

  package init(_ plan: ExperimentPlan) throws(ShapeError) {
    var phases: [Phase] = []
    for phase in plan.phases {
      let batch = phase.phase.train.batchSize
      let memory = try phase.memory()
      let norms = phase.network.tensors.filter { $0.kind == .runningMean }.map(\.layer)
      phases.append(
        Phase(
          forwardFlops: try phase.forwardGraph(batch: batch).flops() / batch,
          stepFlops: try phase.trainingGraph(batch: batch).flops() / batch,
          arenaBytes: memory.arena, parameterBytes: memory.parameters,
          batchBytes: memory.batches,
          batchNorms: (norms.count, norms.count(where: phase.movesStatistics(of:)))))
    }
    self.phases = phases
  }
}
