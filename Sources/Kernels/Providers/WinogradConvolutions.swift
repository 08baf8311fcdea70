import CKernels
import Graphs
import Tensors

/// Our own convolutions by transforms and products: 3x3 kernels of stride 1 in blocked layouts.
struct WinogradConvolutions {
  enum Algorithm { case fourByFour, twoByTwo, toeplitz }
  let algorithm: Algorithm

  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let (graph, node) = (request.graph, request.node)
    switch node.operation {
    case let operation as Convolution:
      guard let y = node.outputs[0],
        let shape = shape(
          operation.geometry, request.shape(0), graph[y].shape,
          request.common([node.inputs[0], y, operation.hasResidual ? node.inputs.last : nil]))
      else { return nil }
      let (x, weights) = (node.inputs[0], node.inputs[1])
      let bias = operation.hasBias ? node.inputs[2] : nil
      let residual = operation.hasResidual ? node.inputs.last : nil
      let transformed = transformed(weights, of: request, shape, isGradient: false)
      return ClosureKernel(algorithm.name, transformed) { context in
        let pointer = transformed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_winograd_forward(
            shape, context.floats(x), pointer, context.floats(bias), context.floats(residual),
            operation.activation.code, context.floats(y))
        }
      }
    case let operation as ConvolutionInputGradient:
      guard let dx = node.outputs[0],
        let shape = shape(
          operation.geometry, operation.inputShape, request.shape(1),
          request.common([node.inputs[1], dx]))
      else { return nil }
      let (weights, dy) = (node.inputs[0], node.inputs[1])
      let transformed = transformed(weights, of: request, shape, isGradient: true)
      return ClosureKernel(algorithm.name, transformed) { context in
        let pointer = transformed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_winograd_input_gradient(shape, context.floats(dy), pointer, context.floats(dx))
        }
      }
    case let operation as ConvolutionWeightGradient:
      let (x, dy) = (node.inputs[0], node.inputs[1])
      guard
        let shape = shape(
          operation.geometry, request.shape(0), request.shape(1), request.common([x, dy]))
      else { return nil }
      return request.weightGradient(algorithm.name) { context, dw in
        withUnsafePointer(to: shape) { shape in
          xr_winograd_weight_gradient(shape, context.floats(x), context.floats(dy), dw)
        }
      }
    default:
      return nil
    }
  }

  private func transformed(
    _ weights: ValueID, of request: NodeRequest, _ shape: xr_winograd_shape, isGradient: Bool
  ) -> PackedWeights {
    let flag: Int32 = isGradient ? 1 : 0
    let count = withUnsafePointer(to: shape) { xr_winograd_weights_floats($0, flag) }
    return PackedWeights(weights, of: request, count: count) { source, target in
      withUnsafePointer(to: shape) { xr_winograd_weights($0, source, target, flag) }
    }
  }

  /// The shape for the C kernels; nil where they cannot do it.
  private func shape(
    _ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, _ layout: Layout?
  ) -> xr_winograd_shape? {
    guard case .blocked(let block)? = layout, g.groups == 1, g.kernel == 3, g.stride == 1,
      g.padding.top == 1, g.padding.left == 1, result[2] == picture[2], result[3] == picture[3],
      algorithm != .toeplitz || (result[2] == 2 && result[3] == 2)
    else { return nil }
    return xr_winograd_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], oh: result[2],
      ow: result[3], top: g.padding.top, left: g.padding.left, block: block,
      algorithm: algorithm.code)
  }
}

extension WinogradConvolutions.Algorithm {
  fileprivate var name: String {
    switch self {
    case .fourByFour: "xr:winograd_4x4"
    case .twoByTwo: "xr:winograd_2x2"
    case .toeplitz: "xr:toeplitz_2x2"
    }
  }

  fileprivate var code: xr_winograd_algorithm {
    switch self {
    case .fourByFour: XR_WINOGRAD_4
    case .twoByTwo: XR_WINOGRAD_2
    case .toeplitz: XR_TOEPLITZ_2
    }
  }
}
