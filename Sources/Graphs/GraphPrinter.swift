import Tensors

extension Graph {
  /// The graph as text: one line for each node, with its shapes and attributes.
  package func description() -> String {
    nodes.map { node in
      let inputs = node.inputs.map { "%\($0.index)" }.joined(separator: ", ")
      let results = node.outputs.map { output in
        output.map { "%\($0.index) \(self[$0].shape)" } ?? "_"
      }.joined(separator: ", ")
      let attributes = node.operation.attributes
      return "\(results) = \(type(of: node.operation).name)(\(inputs))"
        + (attributes.isEmpty ? "" : " {\(attributes)}") + "  # \(node.name)"
    }.joined(separator: "\n")
  }

  /// Multiplications and additions of one run.
  package func flops() -> Int {
    nodes.reduce(0) { $0 + flops(of: $1) }
  }

  /// Multiplications and additions of one node.
  package func flops(of node: Node) -> Int {
    let inputs = node.inputs.map { self[$0].shape }
    guard let results = try? node.operation.results(for: inputs) else { return 0 }
    return node.operation.flops(inputs: inputs, results: results)
  }
}
