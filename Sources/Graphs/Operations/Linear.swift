import Tensors

/// `x W^T + b`, as torch's `Linear`.
///
/// - Inputs: `[N, C]`, weights `[K, C]`, bias `[K]` where `hasBias`. Result: `[N, K]`.
package struct Linear: Operation {
  package static let name = "linear"
  package var hasBias: Bool
  package init(hasBias: Bool) { self.hasBias = hasBias }

  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    guard inputs[0].rank == 2, inputs[0][1] == inputs[1][1] else {
      throw ShapeError("a linear layer with weights \(inputs[1]) cannot read \(inputs[0])")
    }
    return [OperationResult([inputs[0][0], inputs[1][0]])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    2 * inputs[0].count * inputs[1][0]
  }
  package var attributes: String { hasBias ? "bias" : "" }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]) else {
      return node.inputs.map { _ in nil }
    }
    let (x, w) = (node.inputs[0], node.inputs[1])
    let wantsBias = hasBias && context.isWanted(node.inputs[2])
    var gradients = [ValueID?](repeating: nil, count: node.inputs.count)
    if context.isWanted(w) || wantsBias {
      let made = try context.append(
        LinearWeightGradient(), [x, incoming], name: node.name + ".grad_weights",
        needed: [context.isWanted(w), wantsBias])
      gradients[1] = made[0]
      if hasBias { gradients[2] = made[1] }
    }
    if context.isWanted(x) {
      gradients[0] = try context.append(
        LinearInputGradient(), [w, incoming], name: node.name + ".grad_input")[0]
    }
    return gradients
  }
}

/// The gradient of a linear layer with respect to its input.
///
/// - Inputs: weights `[K, C]`, the result's gradient `[N, K]`. Result: `[N, C]`.
package struct LinearInputGradient: Operation {
  package static let name = "linear_grad_input"
  package init() {}
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult([inputs[1][0], inputs[0][1]])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    2 * inputs[1].count * inputs[0][1]
  }
}

/// The gradient of a linear layer with respect to its weights and its bias.
///
/// - Inputs: `[N, C]`, the result's gradient `[N, K]`. Results: `[K, C]`, `[K]`.
package struct LinearWeightGradient: Operation {
  package static let name = "linear_grad_weights"
  package init() {}
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [
      OperationResult([inputs[1][1], inputs[0][1]]),
      OperationResult([inputs[1][1]], suffix: "bias"),
    ]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    2 * inputs[0].count * inputs[1][1]
  }
}
