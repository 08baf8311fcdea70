import Declarations
import Experiments
import Graphs
import Models
import Tensors
import Transforms

/// What `xrun plan` prints: values with origins, then each phase with what is trained and what it costs.
package struct PlanReport {
  private let plan: ExperimentPlan
  /// One line about the pictures.
  private let data: String

  package init(_ plan: ExperimentPlan, data: String) {
    self.plan = plan
    self.data = data
  }

  package func text() throws(ShapeError) -> String {
    let experiment = plan.experiment
    let network = plan.network
    var lines = [
      "\(experiment.name), seed \(experiment.seed), "
        + "configuration \(experiment.configurationHash.prefix(8))",
      "",
      "data   \(data)",
      "model  \(network.backbone.name) (\(network.backbone.mirrors)), "
        + "\(Numbers.grouped(network.parameterCount)) parameters in \(network.parameters.count) tensors, "
        + "head '\(network.backbone.head.layer)' for \(network.classes) classes",
      "",
      "resolved values",
      "",
    ]
    lines += experiment.resolvedYAML().split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  " + $0 }
    for phase in plan.phases { lines += try text(of: phase) }
    return lines.joined(separator: "\n")
  }

  private func text(of phase: PhasePlan) throws(ShapeError) -> [String] {
    let batch = phase.phase.train.batchSize
    let counts = phase.parameterCounts
    let training = try phase.trainingGraph(batch: batch)
    let forward = try phase.forwardGraph(batch: batch)
    let memory = try phase.memory()
    var lines = [
      "phase \(phase.index + 1) '\(phase.phase.name)': \(phase.phase.epochs) "
        + "\(phase.phase.epochs == 1 ? "epoch" : "epochs"), batches of \(batch)",
      "",
      "  pictures  train \(Self.steps(phase.phase.trainTransforms, phase.trainPipeline.shapes))",
      "            eval  \(Self.steps(phase.phase.evalTransforms, phase.evalPipeline.shapes))",
      "  trained   \(Numbers.grouped(counts.trained)) parameters in \(phase.trained.count) tensors; "
        + "frozen \(Numbers.grouped(counts.frozen)) in \(phase.network.parameters.count - phase.trained.count)",
      "  batch norm \(Self.batchNorm(phase))",
      "  work      \(Self.flops(forward.flops() / batch)) a picture forward, "
        + "\(Self.flops(training.flops() / batch)) a picture in a training step",
      "  memory    \(Numbers.bytes(memory.arena)) for a step's values, \(Numbers.bytes(memory.parameters)) for "
        + "parameters, gradients and optimizer state, \(Numbers.bytes(memory.batches)) a batch of pictures",
      "",
      "  trained parameters",
    ]
    let trained = phase.network.parameters.filter { phase.trained.contains($0.name) }
    lines += Self.aligned(
      trained.map { [$0.name, $0.shape.description, Numbers.grouped($0.shape.count)] },
      right: [2], indent: "    ")
    lines += ["", "  layers, for a batch of \(batch)"]
    var rows = [["layer", "operation", "result", "parameters", "", "MFLOPs"]]
    for node in forward.nodes { rows.append(row(node, forward, phase)) }
    lines += Self.aligned(rows, right: [3, 5], indent: "    ")
    lines.append("")
    return lines
  }

  private func row(_ node: Graphs.Node, _ graph: Graph, _ phase: PhasePlan) -> [String] {
    let parameters = node.inputs.filter { graph[$0].role == .parameter }
    let trained = parameters.filter { phase.trained.contains(graph[$0].name) }.count
    let count = parameters.reduce(0) { $0 + graph[$1].shape.count }
    let flops = graph.flops(of: node)
    return [
      node.name,
      "\(type(of: node.operation).name) \(node.operation.attributes)",
      node.outputs.first.flatMap { $0 }.map { graph[$0].shape.description } ?? "",
      count == 0 ? "" : Numbers.grouped(count),
      count == 0 ? "" : trained == 0 ? "frozen" : trained == parameters.count ? "trained" : "part",
      flops == 0 ? "" : Numbers.grouped(flops / 1_000_000),
    ]
  }

  private static func batchNorm(_ phase: PhasePlan) -> String {
    let layers = phase.network.tensors.filter { $0.kind == .runningMean }.map(\.layer)
    guard !layers.isEmpty else { return "none in this network" }
    let moving = layers.filter(phase.movesStatistics(of:)).count
    return "\(moving) of \(layers.count) layers use and move batch statistics, "
      + "\(layers.count - moving) use their running statistics and leave them alone"
  }

  private static func steps(_ components: [ComponentValue], _ shapes: [ImageShape]) -> String {
    zip(components, shapes).map { "\($0.name) \($1)" }.joined(separator: " > ")
  }

  // MARK: Numbers for people

  static func flops(_ count: Int) -> String { "\(Numbers.grouped(count / 1_000_000)) MFLOPs" }

  /// Columns padded to their widest cell; those in `right` to the left.
  static func aligned(_ rows: [[String]], right: Set<Int>, indent: String) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += (right.contains(column) ? space + cell : cell + space) + "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
