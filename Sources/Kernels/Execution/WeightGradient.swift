import CKernels
import Graphs
import Tensors

extension NodeRequest {
  /// A kernel for a convolution's weight gradient from one that computes that of the weights alone: the bias's, where
  /// it is wanted, is a sum of its own.
  func weightGradient(
    _ name: String, _ weights: @escaping (borrowing RunContext, UnsafeMutablePointer<Float>) -> Void
  ) -> (any Kernel)? {
    let (dy, outputs, shape) = (node.inputs[1], node.outputs, shape(1))
    guard case .blocked(let block) = inputLayout(1) else { return nil }
    return ClosureKernel(name) { context in
      if let dw = context.floats(outputs[0]) { weights(context, dw) }
      if let db = context.floats(outputs[1]) {
        xr_bias_gradient(shape[0], shape[1], shape[2] * shape[3], block, context.floats(dy), db)
      }
    }
  }
}
