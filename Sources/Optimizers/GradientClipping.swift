import Tensors

/// Shortens all gradients together where their joint length exceeds a limit.
///
/// - Mirrors: `torch.nn.utils.clip_grad_norm_` with the L2 norm.
/// - Source: Pascanu et al. 2013, arXiv:1211.5063, section 3.2.
package enum GradientClipping {
  /// The L2 norm over all gradients; sums are in double, in the order given.
  package static func norm(_ gradients: [FloatBuffer]) -> Double {
    var total = 0.0
    for gradient in gradients { total += squaredNorm(gradient) }
    return total.squareRoot()
  }

  /// Clips in place.
  ///
  /// - Returns: the norm before.
  @discardableResult
  package static func clip(_ gradients: [FloatBuffer], to limit: Double) -> Double {
    let norm = norm(gradients)
    let coefficient = limit / (norm + 1e-6)
    // A NaN goes on into the gradients, as in torch: the loss check ends such a run.
    guard !(coefficient >= 1) else { return norm }
    let factor = Float(coefficient)
    for gradient in gradients {
      for index in 0..<gradient.count { gradient.pointer[index] *= factor }
    }
    return norm
  }

  /// Eight partial sums, so that the loop vectorises in an order that never changes.
  private static func squaredNorm(_ gradient: FloatBuffer) -> Double {
    var lanes = SIMD8<Double>.zero
    let whole = gradient.count / 8 * 8
    let values = gradient.pointer
    for start in stride(from: 0, to: whole, by: 8) {
      let floats = UnsafeRawPointer(values + start).loadUnaligned(as: SIMD8<Float>.self)
      let doubles = SIMD8<Double>(floats)
      lanes += doubles * doubles
    }
    var rest = 0.0
    for index in whole..<gradient.count { rest += Double(values[index]) * Double(values[index]) }
    return lanes.sum() + rest
  }
}
