import Declarations
import Tensors

/// Adaptive moment estimation: each element moves by its mean gradient over the root of its mean square.
///
/// - State: the first and the second moment; with AMSGrad also the second one's maximum.
/// - Mirrors: `torch.optim.Adam`.
/// - Source: Kingma and Ba 2015, arXiv:1412.6980, algorithm 1.
package struct Adam: Optimizer {
  package static let lr = Parameter<Double>(
    "lr", in: .nonnegative, default: 1e-3, doc: "learning rate")
  package static let betas = Parameter<[Double]>(
    "betas", .list(.number(.unitBelowOne), count: 2...2), default: [0.9, 0.999],
    doc: "parts of the first and the second moment that are kept")
  package static let eps = Parameter<Double>(
    "eps", in: .nonnegative, default: 1e-8, doc: "added to the root of the second moment")
  package static let weightDecay = Parameter<Double>(
    "weight_decay", in: .nonnegative, default: 0,
    doc: "times the parameter, added to its gradient (L2)")
  package static let amsgrad = Parameter<Bool>(
    "amsgrad", default: false, doc: "divides by the greatest second moment so far")

  package static let declaration = Declaration(
    "Adam", [lr, betas, eps, weightDecay, amsgrad],
    doc: "Adaptive moments; weight decay is added to the gradient", mirrors: "torch.optim.Adam",
    source: "Kingma and Ba 2015, arXiv:1412.6980, algorithm 1",
    formula: """
      g ← g + weight_decay · p
      m ← β1 · m + (1 - β1) · g
      v ← β2 · v + (1 - β2) · g²
      m̂ = m / (1 - β1ᵗ), v̂ = v / (1 - β2ᵗ), t: the step, from 1
      p ← p - lr · m̂ / (√v̂ + eps)
      with 'amsgrad'     v̂ = (the greatest v so far) / (1 - β2ᵗ)
      β1 and β2 are 'betas'; the decay touches the moments too.
      """,
    state: "m and v of each parameter's shape, with 'amsgrad' also the greatest v",
    differs:
      "there are no 'maximize', 'foreach', 'fused', 'capturable' and 'differentiable'; for 'decoupled_weight_decay' take AdamW",
    example: "Adam: {lr: 1e-3, betas: [0.9, 0.999]}")

  package let baseRate: Double
  let moments: AdaptiveMoments

  package init(_ values: Values) {
    baseRate = values[Self.lr]
    let betas = values[Self.betas]
    moments = AdaptiveMoments(
      beta1: betas[0], beta2: betas[1], epsilon: values[Self.eps],
      weightDecay: values[Self.weightDecay], isDecayDecoupled: false,
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
