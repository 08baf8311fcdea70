import Tensors

extension Graph {
  /// Multiplies frozen batch norms that use their running statistics into the convolutions before them.
  ///
  /// Folds where the convolution's result goes nowhere else and neither its weights nor the batch norm is trained.
  /// The folded weights depend on parameters alone, so they are made once, not in every step.
  package func foldingFrozenBatchNormalization() throws(ShapeError) -> Graph {
    let producers = producers()
    let uses = useCounts()
    var graph = self
    graph.nodes = []
    var dropped: Set<Int> = []
    var replacements: [Int: [Node]] = [:]

    for (index, node) in nodes.enumerated() {
      guard let norm = node.operation as? BatchNormalization, norm.statistics == .running,
        !norm.hasResidual,
        let producer = producers[node.inputs[0].index], uses[node.inputs[0].index] == 1,
        let convolution = nodes[producer].operation as? Convolution,
        convolution.activation == .none, !convolution.hasResidual
      else { continue }
      let source = nodes[producer]
      let fixed = source.inputs.dropFirst() + node.inputs[1...2]
      guard fixed.allSatisfy({ !self[$0].isTrainable }) else { continue }

      let (scale, shift, mean, variance) = (
        node.inputs[1], node.inputs[2], node.inputs[3], node.inputs[4]
      )
      var scratch = graph
      let weights = try scratch.append(
        FoldedWeights(epsilon: norm.epsilon), [source.inputs[1], scale, variance],
        name: source.name + ".folded_weights")
      let bias = try scratch.append(
        FoldedBias(epsilon: norm.epsilon, hasBias: convolution.hasBias),
        [scale, shift, mean, variance] + (convolution.hasBias ? [source.inputs[2]] : []),
        name: source.name + ".folded_bias")
      guard let weight = weights[0], let offset = bias[0] else { continue }
      let made = scratch.nodes
      scratch.nodes = []
      graph = scratch
      replacements[index] =
        made + [
          Node(
            name: source.name,
            operation: Convolution(
              convolution.geometry, hasBias: true, activation: norm.activation),
            inputs: [source.inputs[0], weight, offset], outputs: node.outputs)
        ]
      dropped.insert(producer)
    }
    for (index, node) in nodes.enumerated() {
      if let replacement = replacements[index] {
        graph.nodes += replacement
      } else if !dropped.contains(index) {
        graph.nodes.append(node)
      }
    }
    return graph
  }

  /// For each node whether it depends on parameters and states alone, so that it need not run in every step.
  package func isParameterOnly() -> [Bool] {
    var isFixed = values.map { $0.role == .parameter || $0.role == .state }
    return nodes.map { node in
      let only =
        node.operation.updatedInputs.isEmpty && node.inputs.allSatisfy { isFixed[$0.index] }
      if only { for output in node.outputs { if let output { isFixed[output.index] = true } } }
      return only
    }
  }
}
