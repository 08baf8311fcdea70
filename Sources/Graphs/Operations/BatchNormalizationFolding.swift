import Tensors

/// Convolution weights with a frozen batch norm multiplied in: `W * scale / sqrt(variance + epsilon)`.
///
/// - Inputs: weights `[O, C, k, k]`, scale, running variance (each `[O]`). Result: `[O, C, k, k]`.
package struct FoldedWeights: Operation {
  package static let name = "folded_weights"
  package var epsilon: Float
  package init(epsilon: Float) { self.epsilon = epsilon }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputs[0])]
  }
}

/// The bias that a folded batch norm leaves: `shift + (bias - mean) * scale / sqrt(variance + epsilon)`.
///
/// - Inputs: scale, shift, running mean, running variance, then the convolution's bias where it has one (each
///   `[O]`). Result: `[O]`.
package struct FoldedBias: Operation {
  package static let name = "folded_bias"
  package var epsilon: Float
  package var hasBias: Bool
  package init(epsilon: Float, hasBias: Bool) {
    self.epsilon = epsilon
    self.hasBias = hasBias
  }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputs[0])]
  }
}
