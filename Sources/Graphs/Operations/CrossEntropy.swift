import Tensors

/// Softmax and cross entropy with label smoothing in one pass, with the gradient of their batch mean.
///
/// - Inputs: logits `[N, K]`, labels `[N]` (int32, each in `0..<K`).
/// - Results: each picture's loss `[N]`; the gradient of the mean loss with respect to the logits `[N, K]`.
/// - Mirrors: `torch.nn.CrossEntropyLoss(label_smoothing=…)`; the target is `(1 - s) * onehot + s / K`.
/// - Source: Szegedy et al. 2016, arXiv:1512.00567, section 7.
package struct CrossEntropy: Operation {
  package static let name = "cross_entropy"
  package var labelSmoothing: Float
  package init(labelSmoothing: Float) { self.labelSmoothing = labelSmoothing }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    guard inputs[0].rank == 2, inputs[1] == [inputs[0][0]] else {
      throw ShapeError("cross entropy needs logits [N, K] and labels [N], not \(inputs)")
    }
    return [
      OperationResult([inputs[0][0]]), OperationResult(inputs[0], suffix: "grad_logits"),
    ]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { 6 * inputs[0].count }
  package var attributes: String {
    labelSmoothing == 0 ? "" : "label_smoothing=\(labelSmoothing)"
  }
}
