import CKernels
import Glibc
import Tensors

/// What Adam and AdamW share: moving moments of the gradient, corrected for their start at zero.
struct AdaptiveMoments: Sendable {
  let beta1: Double
  let beta2: Double
  let epsilon: Double
  let weightDecay: Double
  /// Whether decay shrinks the parameter itself (AdamW), not the gradient (Adam).
  let isDecayDecoupled: Bool
  let amsgrad: Bool

  /// The first moment, the second, and its maximum with AMSGrad.
  var stateCount: Int { amsgrad ? 3 : 2 }

  /// The update's scalars at a step, in double as torch computes them.
  struct Scalars {
    let stepSize: Double
    let correction2Root: Double
    let shrink: Double
  }

  func scalars(step: Int, rate: Double) -> Scalars {
    Scalars(
      stepSize: rate / (1 - pow(beta1, Double(step))),
      correction2Root: (1 - pow(beta2, Double(step))).squareRoot(),
      shrink: 1 - rate * weightDecay)
  }

  func update(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double
  ) {
    // AMSGrad is rare, so it has no kernel; nor has a first moment that follows by more than half, where torch
    // rounds otherwise.
    guard !amsgrad, Float(1 - beta1) < 0.5 else {
      updatePlain(
        parameter: parameter, gradient: gradient, gradientScale: gradientScale, state: state,
        step: step, rate: rate)
      return
    }
    check(parameter, gradient, state)
    let scalars = scalars(step: step, rate: rate)
    xr_adam_update(
      parameter.pointer, gradient.pointer, state[0].pointer, state[1].pointer, parameter.count,
      gradientScale, Float(1 - beta1), Float(beta2), Float(1 - beta2), Float(scalars.stepSize),
      Float(scalars.correction2Root), Float(epsilon), isDecayDecoupled ? 0 : Float(weightDecay),
      isDecayDecoupled ? Float(scalars.shrink) : 1)
  }

  func updatePlain(
    parameter: FloatBuffer, gradient: FloatBuffer, gradientScale: Float, state: [FloatBuffer],
    step: Int, rate: Double
  ) {
    check(parameter, gradient, state)
    let scalars = scalars(step: step, rate: rate)
    let (p, g, m, v) = (
      parameter.pointer, gradient.pointer, state[0].pointer, state[1].pointer
    )
    let maximum = amsgrad ? state[2].pointer : nil
    let (weight1, weight2) = (Float(1 - beta1), Float(1 - beta2))
    let (keep1, keep2) = (Float(beta1), Float(beta2))
    let (decay, shrink, epsilon) = (Float(weightDecay), Float(scalars.shrink), Float(epsilon))
    let (root, negativeStep) = (Float(scalars.correction2Root), Float(-scalars.stepSize))
    for index in 0..<parameter.count {
      var direction = g[index] * gradientScale
      if decay != 0 {
        if isDecayDecoupled {
          p[index] *= shrink
        } else {
          direction += decay * p[index]
        }
      }
      // torch's lerp works from the nearer end.
      m[index] =
        weight1 < 0.5
        ? m[index] + weight1 * (direction - m[index])
        : direction - (direction - m[index]) * keep1
      v[index] = v[index] * keep2 + weight2 * direction * direction
      var second = v[index]
      if let maximum {
        maximum[index] = max(maximum[index], second)
        second = maximum[index]
      }
      p[index] += negativeStep * m[index] / (second.squareRoot() / root + epsilon)
    }
  }

  private func check(_ parameter: FloatBuffer, _ gradient: FloatBuffer, _ state: [FloatBuffer]) {
    precondition(state.count == stateCount, "these moments need \(stateCount) buffers")
    precondition(
      ([gradient] + state).allSatisfy { $0.count == parameter.count },
      "gradient and state have the parameter's length")
  }
}
