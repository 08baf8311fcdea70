import Declarations
import Tensors

/// Adam with decoupled weight decay: the decay does not pass through the moments.
///
/// - State: the first and the second moment; with AMSGrad also the second one's maximum.
/// - Mirrors: `torch.optim.AdamW`.
/// - Source: Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2.
package struct AdamW: Optimizer {
  package static let lr = Parameter<Double>(
    "lr", in: .nonnegative, default: 1e-3, doc: "learning rate")
  package static let betas = Parameter<[Double]>(
    "betas", .list(.number(.unitBelowOne), count: 2...2), default: [0.9, 0.999],
    doc: "parts of the first and the second moment that are kept")
  package static let eps = Parameter<Double>(
    "eps", in: .nonnegative, default: 1e-8, doc: "added to the root of the second moment")
  package static let weightDecay = Parameter<Double>(
    "weight_decay", in: .nonnegative, default: 1e-2,
    doc: "times the rate, the part of each parameter taken off in a step")
  package static let amsgrad = Parameter<Bool>(
    "amsgrad", default: false, doc: "divides by the greatest second moment so far")

  package static let declaration = Declaration(
    "AdamW", [lr, betas, eps, weightDecay, amsgrad],
    doc: "Adaptive moments; weight decay shrinks the parameters themselves",
    mirrors: "torch.optim.AdamW",
    source: "Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2",
    formula: """
      p ← p · (1 - lr · weight_decay)
      m ← β1 · m + (1 - β1) · g
      v ← β2 · v + (1 - β2) · g²
      m̂ = m / (1 - β1ᵗ), v̂ = v / (1 - β2ᵗ), t: the step, from 1
      p ← p - lr · m̂ / (√v̂ + eps)
      with 'amsgrad'     v̂ = (the greatest v so far) / (1 - β2ᵗ)
      β1 and β2 are 'betas'; the decay touches p alone.
      """,
    state: "m and v of each parameter's shape, with 'amsgrad' also the greatest v",
    differs: "there are no 'maximize', 'foreach', 'fused', 'capturable' and 'differentiable'",
    example: "AdamW: {lr: 1e-3, weight_decay: 0.05}")

  package let baseRate: Double
  let moments: AdaptiveMoments

  package init(_ values: Values) {
    baseRate = values[Self.lr]
    let betas = values[Self.betas]
    moments = AdaptiveMoments(
      beta1: betas[0], beta2: betas[1], epsilon: values[Self.eps],
      weightDecay: values[Self.weightDecay], isDecayDecoupled: true,
      amsgrad: values[Self.amsgrad])
  }

  package var stateCount: Int { moments.stateCount }

  package func update(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double
  ) {
    moments.update(
      parameter: parameter, gradient: gradient, gradientScale: gradientScale, state: state,
      step: step, rate: rate)
  }

  package func updatePlain(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double
  ) {
    moments.updatePlain(
      parameter: parameter, gradient: gradient, gradientScale: gradientScale, state: state,
      step: step, rate: rate)
  }
}
