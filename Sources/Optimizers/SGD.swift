import CKernels
import Declarations
import Tensors

/// Stochastic gradient descent with momentum.
///
/// - Update: `g += weight_decay * p`; `b = momentum * b + (1 - dampening) * g`, the first time `b = g`; then
///   `p -= lr * b`, or with Nesterov `p -= lr * (g + momentum * b)`.
/// - State: the momentum buffer, where there is momentum.
/// - Mirrors: `torch.optim.SGD`.
/// - Source: Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning".
package struct SGD: Optimizer {
  package static let lr = Parameter<Double>(
    "lr", in: .nonnegative, default: 1e-3, doc: "learning rate")
  package static let momentum = Parameter<Double>(
    "momentum", in: .nonnegative, default: 0, doc: "part of the last direction that is kept")
  package static let dampening = Parameter<Double>(
    "dampening", in: .any, default: 0, doc: "part of the gradient kept out of the momentum")
  package static let weightDecay = Parameter<Double>(
    "weight_decay", in: .nonnegative, default: 0,
    doc: "times the parameter, added to its gradient (L2)")
  package static let nesterov = Parameter<Bool>(
    "nesterov", default: false, doc: "looks ahead along the momentum")

  package static let declaration = Declaration(
    "SGD", [lr, momentum, dampening, weightDecay, nesterov],
    doc: "Stochastic gradient descent, with momentum where wanted", mirrors: "torch.optim.SGD",
    source: "Sutskever et al. 2013, section 2",
    formula: """
      g ← g + weight_decay · p
      b ← g in the first step, then momentum · b + (1 - dampening) · g
      p ← p - lr · b
      with 'nesterov'    p ← p - lr · (g + momentum · b)
      without momentum   p ← p - lr · g
      """,
    state: "b of each parameter's shape, where 'momentum' is not 0",
    differs: "there are no 'maximize', 'foreach', 'fused' and 'differentiable'",
    example: "SGD: {lr: 0.1, momentum: 0.9, weight_decay: 5e-4, nesterov: true}")

  package let baseRate: Double
  let momentum: Double
  let dampening: Double
  let weightDecay: Double
  let nesterov: Bool

  package init(_ values: Values) {
    baseRate = values[Self.lr]
    momentum = values[Self.momentum]
    dampening = values[Self.dampening]
    weightDecay = values[Self.weightDecay]
    nesterov = values[Self.nesterov]
  }

  package static func conflicts(_ values: Values) -> [ArgumentConflict] {
    guard values.checked(nesterov) == true else { return [] }
    if let momentum = values.checked(momentum), momentum == 0 {
      return [
        ArgumentConflict(
          parameter: "nesterov", message: "'nesterov' needs a 'momentum' greater than 0, not 0",
          help: "state 'momentum', such as 0.9, or leave 'nesterov' out")
      ]
    }
    if let dampening = values.checked(dampening), dampening != 0 {
      return [
        ArgumentConflict(
          parameter: "nesterov", message: "'nesterov' needs a 'dampening' of 0, not \(dampening)",
          help: "leave 'dampening' out")
      ]
    }
    return []
  }

  package var stateCount: Int { momentum == 0 ? 0 : 1 }

  package func update(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double
  ) {
    precondition(state.count == stateCount, "SGD keeps \(stateCount) buffers")
    precondition(
      ([gradient] + state).allSatisfy { $0.count == parameter.count },
      "gradient and state have the parameter's length")
    xr_sgd_update(
      parameter.pointer, gradient.pointer, state.first?.pointer, parameter.count, gradientScale,
      Float(rate), Float(momentum), Float(1 - dampening), Float(weightDecay), nesterov ? 1 : 0,
      step == 1 ? 1 : 0)
  }

  package func updatePlain(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double
  ) {
    precondition(state.count == stateCount, "SGD keeps \(stateCount) buffers")
    let (p, g) = (parameter.pointer, gradient.pointer)
    let (momentum, kept) = (Float(momentum), Float(1 - dampening))
    let (decay, rate) = (Float(weightDecay), Float(-rate))
    for index in 0..<parameter.count {
      var direction = g[index] * gradientScale
      if decay != 0 { direction += decay * p[index] }
      if let buffer = state.first?.pointer {
        buffer[index] =
          step == 1 ? direction : buffer[index] * momentum + kept * direction
        direction = nesterov ? direction + momentum * buffer[index] : buffer[index]
      }
      p[index] += rate * direction
    }
  }
}
