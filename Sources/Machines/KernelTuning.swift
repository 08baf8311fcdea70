import Experiments
import Graphs
import Kernels
import Models
import Tensors
import Training

/// Times the convolutions of networks by all algorithms, and makes a kernel table of what was measured.
package struct KernelTuning {
  package private(set) var timings: [ConvolutionTiming] = []

  package init() {}

  /// The convolutions of every backbone, for training and evaluation, at 64 px in batches of 128 and at 224 px in
  /// batches of 32.
  package static func standardCases() throws -> [ConvolutionCase] {
    var graphs: [Graph] = []
    for (side, batch) in [(64, 128), (224, 32)] {
      for backbone in BackboneCatalogue.all {
        let network = Network(backbone, classes: DataOverview.assumedClasses)
        graphs.append(
          try GraphCompiler.training(
            network.graph(
              batch: batch, height: side, width: side,
              mode: BuildMode(isTraining: true) { _ in true }),
            labelSmoothing: 0))
      }
    }
    return unique(graphs.flatMap(ConvolutionCase.all))
  }

  /// The convolutions of an experiment's phases, in its own batches.
  package static func cases(of plan: ExperimentPlan) throws -> [ConvolutionCase] {
    var graphs: [Graph] = []
    for phase in plan.phases {
      let batch = phase.phase.train.batchSize
      graphs.append(try phase.trainingGraph(batch: batch))
      graphs.append(try phase.evaluationGraph(batch: batch))
    }
    return unique(graphs.flatMap(ConvolutionCase.all))
  }

  /// Each row of a table once, first come first served: shapes first, then passes.
  package static func unique(_ cases: [ConvolutionCase]) -> [ConvolutionCase] {
    var seen: Set<KernelTable.Key> = []
    var order: [ConvolutionShape: Int] = [:]
    func place(_ one: ConvolutionCase) -> Int {
      var shape = one.shape
      shape.pass = .forward
      if let place = order[shape] { return place }
      order[shape] = order.count
      return order.count - 1
    }
    let passes = ConvolutionShape.Pass.allCases
    return cases.filter { seen.insert($0.key).inserted }
      .map { (place($0), passes.firstIndex(of: $0.pass) ?? 0, $0) }
      .sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }

  /// Times one more.
  ///
  /// - Throws: where the memory does not suffice.
  package mutating func measure(
    _ timed: ConvolutionCase, threads: Int = Threads.processors, rounds: Int
  ) throws -> ConvolutionTiming {
    let timing = try ConvolutionTiming.measure(timed, threads: threads, rounds: rounds)
    timings.append(timing)
    return timing
  }

  package mutating func add(_ timing: ConvolutionTiming) { timings.append(timing) }

  /// Rows where something beats the rules, and those of another table for shapes that were not measured.
  package func table(keeping old: KernelTable) -> KernelTable {
    let measured = Set(timings.map(\.timed.key))
    let rows = timings.filter { $0.chosen != $0.rule }.map { timing in
      KernelTable.Row(
        key: timing.timed.key, algorithm: timing.chosen, note: KernelTuningText.note(timing))
    }
    return KernelTable(old.rows.values.filter { !measured.contains($0.key) } + rows)
  }
}
