import Tensors

extension Graph {
  /// The training graph: the forward graph, the loss over its `logits`, and the gradient of each trainable parameter.
  ///
  /// Nothing is computed below the lowest trained layer: a node gets gradient nodes only where a trainable
  /// parameter lies behind it. Outputs added: `loss` (`[N]`), `gradient/<parameter>` with the parameter's shape.
  package func differentiated(labelSmoothing: Float) throws(ShapeError) -> Graph {
    guard let logits = outputs["logits"] else {
      preconditionFailure("a model names its logits")
    }
    let needsGradient = valuesBehindTrainableParameters()[logits.index]
    var graph = self
    let labels = graph.add(
      Value(
        name: "labels", shape: [graph[logits].shape[0]], role: .input, element: .int32,
        isTrainable: false))
    let loss = try graph.append(
      CrossEntropy(labelSmoothing: labelSmoothing), [logits, labels], name: "loss",
      needed: [true, needsGradient])
    graph.outputs["loss"] = loss[0]
    guard needsGradient, let seed = loss[1] else { return graph }
    return try graph.differentiated(from: seed, of: logits)
  }

  /// The gradient of each trainable parameter, started by one that is given.
  ///
  /// Outputs added: `gradient/<parameter>` with the parameter's shape.
  ///
  /// - Parameters:
  ///   - seed: the gradient of `result`, of its shape.
  ///   - result: a value that depends on what is trained.
  package func differentiated(from seed: ValueID, of result: ValueID) throws(ShapeError) -> Graph {
    let wanted = valuesBehindTrainableParameters()
    var context = GradientContext(self, wanted: wanted)
    try context.accumulate(seed, for: result)
    for node in nodes.reversed() {
      let arrived = node.outputs.contains { context.gradient(of: $0) != nil }
      guard arrived, node.inputs.contains(where: { wanted[$0.index] }) else { continue }
      let gradients = try node.operation.gradient(of: node, in: &context)
      for (input, gradient) in zip(node.inputs, gradients) {
        if let gradient, wanted[input.index] { try context.accumulate(gradient, for: input) }
      }
    }
    for parameter in parameters where self[parameter].isTrainable {
      if let gradient = context.gradient(of: parameter) {
        context.name("gradient/" + self[parameter].name, gradient)
      }
    }
    return context.graph
  }

  /// The loss over `logits` without gradients, for evaluation.
  package func withLoss(labelSmoothing: Float) throws(ShapeError) -> Graph {
    var frozen = self
    for parameter in parameters { frozen[parameter].isTrainable = false }
    return try frozen.differentiated(labelSmoothing: labelSmoothing)
  }

  /// True for trainable parameters and for every value that is computed from one.
  func valuesBehindTrainableParameters() -> [Bool] {
    var reached = values.map { $0.role == .parameter && $0.isTrainable }
    for node in nodes where node.inputs.contains(where: { reached[$0.index] }) {
      for output in node.outputs { if let output { reached[output.index] = true } }
    }
    return reached
  }
}
