import Graphs
import Tensors

/// The meaning of every operation: plain loops over torch's layout. All other kernels are tested against it.
enum Reference<Scalar: ReferenceScalar> {
  /// Computes one node.
  static func execute(
    _ node: Node, in graph: Graph, _ operands: ReferenceOperands<Scalar>, _ key: RandomKey
  ) {
    let shapes = node.inputs.map { graph[$0].shape }
    func resultShape(_ index: Int = 0) -> Shape {
      do {
        return try node.operation.results(for: shapes)[index].shape
      } catch {
        preconditionFailure("a verified graph has valid shapes: \(error)")
      }
    }
    let result = operands.outputs[0]

    switch node.operation {
    case let operation as Convolution:
      guard let result else { return }
      ConvolutionReference.forward(
        operation, x: operands.input(0), xShape: shapes[0], w: operands.input(1),
        wShape: shapes[1], bias: operation.hasBias ? operands.input(2) : nil,
        residual: operation.hasResidual ? operands.input(shapes.count - 1) : nil, y: result,
        yShape: resultShape())
    case let operation as ConvolutionInputGradient:
      guard let result else { return }
      ConvolutionReference.inputGradient(
        operation.geometry, w: operands.input(0), wShape: shapes[0], dy: operands.input(1),
        dyShape: shapes[1], dx: result, dxShape: operation.inputShape)
    case let operation as ConvolutionWeightGradient:
      ConvolutionReference.weightGradient(
        operation.geometry, x: operands.input(0), xShape: shapes[0], dy: operands.input(1),
        dyShape: shapes[1], dw: result, wShape: operation.weightShape, db: operands.outputs[1])
    case let operation as BatchNormalization:
      BatchNormalizationReference.forward(operation, operands, shape: shapes[0])
    case let operation as BatchNormalizationGradient:
      BatchNormalizationReference.gradient(operation, operands, shape: shapes[1])
    case let operation as FoldedWeights:
      BatchNormalizationReference.foldedWeights(operation, operands, shape: shapes[0])
    case let operation as FoldedBias:
      BatchNormalizationReference.foldedBias(operation, operands, count: shapes[0].count)
    case let operation as CrossEntropy:
      guard let labels = operands.labels else { preconditionFailure("a loss reads labels") }
      LinearReference.crossEntropy(
        operation, logits: operands.input(0), labels: labels, loss: result,
        gradient: operands.outputs[1], rows: shapes[0][0], classes: shapes[0][1])
    case let operation as Linear:
      guard let result else { return }
      LinearReference.forward(
        x: operands.input(0), w: operands.input(1),
        bias: operation.hasBias ? operands.input(2) : nil, y: result, rows: shapes[0][0],
        channels: shapes[0][1], results: shapes[1][0])
    case is LinearInputGradient:
      guard let result else { return }
      LinearReference.inputGradient(
        w: operands.input(0), dy: operands.input(1), dx: result, rows: shapes[1][0],
        channels: shapes[0][1], results: shapes[0][0])
    case is LinearWeightGradient:
      LinearReference.weightGradient(
        x: operands.input(0), dy: operands.input(1), dw: result, db: operands.outputs[1],
        rows: shapes[0][0], channels: shapes[0][1], results: shapes[1][1])
    case let operation as MaxPooling:
      guard let result else { return }
      PoolingReference.maximum(
        operation, x: operands.input(0), xShape: shapes[0], y: result, yShape: resultShape())
    case let operation as MaxPoolingGradient:
      guard let result else { return }
      PoolingReference.maximumGradient(
        operation.pooling, dy: operands.input(0), yShape: shapes[0], x: operands.input(1),
        xShape: shapes[1], dx: result)
    case is GlobalAveragePooling:
      guard let result else { return }
      PoolingReference.average(x: operands.input(0), xShape: shapes[0], y: result)
    case let operation as GlobalAveragePoolingGradient:
      guard let result else { return }
      PoolingReference.averageGradient(
        dy: operands.input(0), dx: result, xShape: operation.inputShape)
    default:
      guard let result else { return }
      pointWise(node.operation, operands, shapes, result, key)
    }
  }

  private static func pointWise(
    _ operation: any Operation, _ operands: ReferenceOperands<Scalar>, _ shapes: [Shape],
    _ result: UnsafeMutablePointer<Scalar>, _ key: RandomKey
  ) {
    let first = operands.input(0)
    let count = shapes[0].count
    switch operation {
    case let operation as ActivationOperation:
      for i in 0..<count {
        result[i] = Scalar(operation.activation.applied(to: first[i].double))
      }
    case let operation as ActivationGradient:
      let output = operands.input(1)
      for i in 0..<count {
        result[i] = operation.activation.passes(output[i].double) ? first[i] : Scalar(0)
      }
    case let operation as Addition:
      let second = operands.input(1)
      for i in 0..<count {
        result[i] = Scalar(operation.activation.applied(to: first[i].double + second[i].double))
      }
    case is Concatenation:
      let total = shapes.reduce(0) { $0 + $1[1] }
      let size = shapes[0][2] * shapes[0][3]
      var before = 0
      for (index, shape) in shapes.enumerated() {
        let part = operands.input(index)
        for n in 0..<shape[0] {
          for i in 0..<shape[1] * size {
            result[(n * total + before) * size + i] = part[n * shape[1] * size + i]
          }
        }
        before += shape[1]
      }
    case let operation as ChannelSlice:
      let size = shapes[0][2] * shapes[0][3]
      for n in 0..<shapes[0][0] {
        for i in 0..<operation.count * size {
          result[n * operation.count * size + i] =
            first[(n * shapes[0][1] + operation.first) * size + i]
        }
      }
    case let operation as Dropout:
      var stream = key.stream(operation.stream)
      let scale = 1 / (1 - Double(operation.probability))
      let threshold = operation.threshold
      for i in 0..<count {
        let isKept = UInt64(stream.next()) >= threshold
        result[i] = isKept ? Scalar(first[i].double * scale) : Scalar(0)
      }
    default:
      preconditionFailure("no reference for '\(type(of: operation).name)'")
    }
  }
}

extension Dropout {
  /// An element is kept where its 32-bit draw is at least this.
  var threshold: UInt64 { UInt64((Double(probability) * 0x1p32).rounded(.up)) }
}
