import CKernels
import Tensors

/// Shortens all gradients together where their joint length exceeds a limit.
///
/// - Mirrors: `torch.nn.utils.clip_grad_norm_` with the L2 norm.
/// - Source: Pascanu et al. 2013, arXiv:1211.5063, section 3.2.
package enum GradientClipping {
  /// The L2 norm over all gradients; sums are in double, in the order given.
  package static func norm(_ gradients: [FloatBuffer]) -> Double {
    gradients.reduce(0) { $0 + xr_sum_of_squares($1.pointer, $1.count) }.squareRoot()
  }

  /// What optimizers multiply gradients of this norm by: `limit / (norm + 1e-6)`, at most 1.
  ///
  /// A norm that is no number gives a scale that is none, as in torch: the check of the loss ends such a run.
  package static func scale(norm: Double, limit: Double) -> Float {
    let coefficient = limit / (norm + 1e-6)
    return coefficient >= 1 ? 1 : Float(coefficient)
  }
}
