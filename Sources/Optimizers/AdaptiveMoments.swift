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
    parameter: FloatBuffer, gradient: FloatBuffer, state: [FloatBuffer], step: Int, rate: Double,
    threads: Int
  ) {
    updatePlain(
      parameter: parameter, gradient: gradient, state: state, step: step, rate: rate)
  }

  /// The meaning of `update`, one element after the other.
  func updatePlain(
    parameter: FloatBuffer, gradient: FloatBuffer, state: [FloatBuffer], step: Int, rate: Double
  ) {
    precondition(state.count == stateCount, "these moments need \(stateCount) buffers")
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
      var direction = g[index]
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
}
