import Graphs
import Tensors

/// Batch norm and its gradients as their definition says, with two passes for the variance.
enum BatchNormalizationReference<Scalar: ReferenceScalar> {
  typealias Pointer = UnsafeMutablePointer<Scalar>

  static func forward(
    _ operation: BatchNormalization, _ operands: ReferenceOperands<Scalar>, shape: Shape
  ) {
    let x = operands.input(0)
    let (scale, shift) = (operands.input(1), operands.input(2))
    let (runningMean, runningVariance) = (operands.input(3), operands.input(4))
    let residual = operation.hasResidual ? operands.input(5) : nil
    let (batch, channels, size) = (shape[0], shape[1], shape[2] * shape[3])
    let count = Double(batch * size)
    for c in 0..<channels {
      var mean = runningMean[c].double
      var variance = runningVariance[c].double
      if operation.statistics == .batch {
        var sum = 0.0
        for n in 0..<batch {
          for i in 0..<size { sum += x[(n * channels + c) * size + i].double }
        }
        mean = sum / count
        var squares = 0.0
        for n in 0..<batch {
          for i in 0..<size {
            let difference = x[(n * channels + c) * size + i].double - mean
            squares += difference * difference
          }
        }
        variance = squares / count
        let m = Double(operation.momentum)
        runningMean[c] = Scalar((1 - m) * runningMean[c].double + m * mean)
        runningVariance[c] = Scalar(
          (1 - m) * runningVariance[c].double + m * squares / (count - 1))
      }
      let inverse = 1 / (variance + Double(operation.epsilon)).squareRoot()
      if operation.statistics == .batch {
        operands.outputs[1]?[c] = Scalar(mean)
        operands.outputs[2]?[c] = Scalar(inverse)
      }
      guard let y = operands.outputs[0] else { continue }
      for n in 0..<batch {
        for i in 0..<size {
          let index = (n * channels + c) * size + i
          var value = (x[index].double - mean) * inverse * scale[c].double + shift[c].double
          if let residual { value += residual[index].double }
          y[index] = Scalar(operation.activation.applied(to: value))
        }
      }
    }
  }

  static func gradient(
    _ operation: BatchNormalizationGradient, _ operands: ReferenceOperands<Scalar>, shape: Shape
  ) {
    let (incoming, x, result) = (operands.input(0), operands.input(1), operands.input(2))
    let (scale, means, spreads) = (operands.input(3), operands.input(4), operands.input(5))
    let (batch, channels, size) = (shape[0], shape[1], shape[2] * shape[3])
    let count = Double(batch * size)
    for c in 0..<channels {
      let mean = means[c].double
      let inverse =
        operation.statistics == .batch
        ? spreads[c].double : 1 / (spreads[c].double + Double(operation.epsilon)).squareRoot()
      func inner(_ index: Int) -> Double {
        operation.activation.passes(result[index].double) ? incoming[index].double : 0
      }
      var (sum, product) = (0.0, 0.0)
      for n in 0..<batch {
        for i in 0..<size {
          let index = (n * channels + c) * size + i
          let g = inner(index)
          sum += g
          product += g * (x[index].double - mean) * inverse
        }
      }
      operands.outputs[1]?[c] = Scalar(product)
      operands.outputs[2]?[c] = Scalar(sum)
      for n in 0..<batch {
        for i in 0..<size {
          let index = (n * channels + c) * size + i
          let g = inner(index)
          // The result may lie in the place of the incoming gradient: it is read first.
          let normal = (x[index].double - mean) * inverse
          let behind =
            operation.statistics == .batch ? g - sum / count - normal * product / count : g
          operands.outputs[3]?[index] = Scalar(g)
          operands.outputs[0]?[index] = Scalar(behind * inverse * scale[c].double)
        }
      }
    }
  }

  static func foldedWeights(
    _ operation: FoldedWeights, _ operands: ReferenceOperands<Scalar>, shape: Shape
  ) {
    guard let result = operands.outputs[0] else { return }
    let (w, scale, variance) = (operands.input(0), operands.input(1), operands.input(2))
    let size = shape.count / shape[0]
    for o in 0..<shape[0] {
      let factor = scale[o].double / (variance[o].double + Double(operation.epsilon)).squareRoot()
      for i in 0..<size { result[o * size + i] = Scalar(w[o * size + i].double * factor) }
    }
  }

  static func foldedBias(
    _ operation: FoldedBias, _ operands: ReferenceOperands<Scalar>, count: Int
  ) {
    guard let result = operands.outputs[0] else { return }
    let (scale, shift) = (operands.input(0), operands.input(1))
    let (mean, variance) = (operands.input(2), operands.input(3))
    let bias = operation.hasBias ? operands.input(4) : nil
    for o in 0..<count {
      let factor = scale[o].double / (variance[o].double + Double(operation.epsilon)).squareRoot()
      let offset = (bias.map { $0[o].double } ?? 0) - mean[o].double
      result[o] = Scalar(shift[o].double + offset * factor)
    }
  }
}
