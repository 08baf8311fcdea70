import Experiments
import Graphs
import Tensors

/// What `xrun plan --graph` prints: every trained parameter and every layer of the phases.
package struct PlanGraphReport {
  private let plan: ExperimentPlan

  package init(_ plan: ExperimentPlan) {
    self.plan = plan
  }

  /// - Parameter phases: those to print.
  package func text(_ phases: [PhasePlan]) throws(ShapeError) -> String {
    var lines: [String] = []
    for phase in phases {
      if !lines.isEmpty { lines.append("") }
      lines += try text(of: phase)
    }
    return lines.joined(separator: "\n")
  }

  private func text(of phase: PhasePlan) throws(ShapeError) -> [String] {
    let batch = phase.phase.train.batchSize
    let counts = phase.parameterCounts
    let forward = try phase.forwardGraph(batch: batch)
    var lines = [
      "phase \(phase.index + 1) '\(phase.phase.name)': "
        + "\(Numbers.grouped(counts.trained)) parameters trained in \(phase.trained.count) tensors, "
        + "\(Numbers.grouped(counts.frozen)) frozen in "
        + "\(phase.network.parameters.count - phase.trained.count)",
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

  /// Columns padded to their widest cell; those in `right` to the left.
  static func aligned(
    _ rows: [[String]], right: Set<Int>, indent: String, gap: String = "  "
  ) -> [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = indent
      for (column, cell) in row.enumerated() {
        let space = String(repeating: " ", count: widths[column] - cell.count)
        line += (right.contains(column) ? space + cell : cell + space) + gap
      }
      while line.last == " " { line.removeLast() }
      return line
    }
  }
}
