extension Graph {
  /// Drops nodes that nobody needs, and single results that nobody reads. Updates of running statistics stay.
  package func pruned() -> Graph {
    var graph = self
    var isNeeded = [Bool](repeating: false, count: values.count)
    for output in outputs.values { isNeeded[output.index] = true }
    var kept: [Node] = []
    for var node in nodes.reversed() {
      for (position, output) in node.outputs.enumerated() {
        if let output, !isNeeded[output.index] { node.outputs[position] = nil }
      }
      let updates = !node.operation.updatedInputs.isEmpty
      guard updates || node.outputs.contains(where: { $0 != nil }) else { continue }
      for input in node.inputs { isNeeded[input.index] = true }
      kept.append(node)
    }
    graph.nodes = kept.reversed()
    return graph
  }
}
