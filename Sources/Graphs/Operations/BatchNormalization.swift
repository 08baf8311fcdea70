import Tensors

/// Batch normalisation over pictures, with sum and activation fused where given, as torch's `BatchNorm2d`.
///
/// - Inputs: `[N, C, H, W]`, scale, shift, running mean, running variance (each `[C]`), then a summand of the
///   first's shape where `hasResidual`.
/// - Results: `activation((x - mean) / sqrt(variance + epsilon) * scale + shift + residual)`; in batch mode also
///   the batch's mean and `1 / sqrt(variance + epsilon)` (each `[C]`), which the gradient needs.
/// - Batch mode moves the running statistics by `momentum`, with the unbiased variance, as torch does.
/// - Source: Ioffe and Szegedy 2015, arXiv:1502.03167, algorithm 1.
package struct BatchNormalization: Operation {
  package static let name = "batch_normalization"
  /// Whose statistics are used.
  package enum Statistics: String, Sendable, Hashable { case batch, running }

  package var statistics: Statistics
  package var epsilon: Float
  package var momentum: Float
  package var hasResidual: Bool
  package var activation: Activation

  package init(
    _ statistics: Statistics, epsilon: Float, momentum: Float, hasResidual: Bool = false,
    activation: Activation = .none
  ) {
    self.statistics = statistics
    self.epsilon = epsilon
    self.momentum = momentum
    self.hasResidual = hasResidual
    self.activation = activation
  }

  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    let x = inputs[0]
    guard x.rank == 4, inputs[1].count == x[1] else {
      throw ShapeError("batch norm over \(inputs[1].count) channels cannot read \(x)")
    }
    guard statistics == .batch else { return [OperationResult(x)] }
    guard x[0] * x[2] * x[3] > 1 else {
      throw ShapeError(
        "batch statistics need more than one value per channel, not a batch of one 1x1 picture",
        help: "raise 'batch_size', use larger pictures, or 'bn: eval'")
    }
    return [
      OperationResult(x), OperationResult([x[1]], suffix: "mean"),
      OperationResult([x[1]], suffix: "inverse_std"),
    ]
  }

  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    inputs[0].count * (statistics == .batch ? 7 : 2)
  }

  package var updatedInputs: [Int] { statistics == .batch ? [3, 4] : [] }

  package var attributes: String {
    "\(statistics) epsilon=\(epsilon)" + (hasResidual ? " residual" : "")
      + (activation == .none ? "" : " \(activation)")
  }

  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), let output = node.outputs[0] else {
      return node.inputs.map { _ in nil }
    }
    let (x, scale, shift) = (node.inputs[0], node.inputs[1], node.inputs[2])
    let wantsResidual = hasResidual && node.inputs.last.map(context.isWanted) == true
    let wantsInput = context.isWanted(x)
    let (mean, spread) =
      statistics == .batch
      ? (node.outputs[1], node.outputs[2]) : (node.inputs[3], node.inputs[4])
    guard let mean, let spread else {
      preconditionFailure("batch statistics are kept where a gradient needs them")
    }
    let made = try context.append(
      BatchNormalizationGradient(
        statistics, epsilon: epsilon, activation: activation),
      [incoming, x, output, scale, mean, spread], name: node.name + ".grad",
      needed: [
        wantsInput, context.isWanted(scale), context.isWanted(shift),
        wantsResidual && activation != .none,
      ])
    var gradients = [ValueID?](repeating: nil, count: node.inputs.count)
    gradients[0] = made[0]
    gradients[1] = made[1]
    gradients[2] = made[2]
    // Without an activation the summand's gradient is the incoming one, and nothing is copied.
    if wantsResidual {
      gradients[node.inputs.count - 1] = activation == .none ? incoming : made[3]
    }
    return gradients
  }
}

/// The gradients of batch normalisation with its fused activation.
///
/// - Inputs: the result's gradient, the input, the result, scale, mean, and `1 / sqrt(variance + epsilon)` of the
///   batch, or the running variance itself in running mode.
/// - Results: of the input, the scale, the shift, and the summand (the gradient behind the activation).
package struct BatchNormalizationGradient: Operation {
  package static let name = "batch_normalization_grad"
  package var statistics: BatchNormalization.Statistics
  package var epsilon: Float
  package var activation: Activation

  package init(
    _ statistics: BatchNormalization.Statistics, epsilon: Float, activation: Activation
  ) {
    self.statistics = statistics
    self.epsilon = epsilon
    self.activation = activation
  }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [
      OperationResult(inputs[1]), OperationResult(inputs[3], suffix: "scale"),
      OperationResult(inputs[3], suffix: "shift"), OperationResult(inputs[1], suffix: "residual"),
    ]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { 8 * inputs[1].count }
  package var attributes: String {
    "\(statistics)" + (activation == .none ? "" : " \(activation)")
  }
}
