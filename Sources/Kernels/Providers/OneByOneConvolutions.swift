import CKernels
import Graphs
import Tensors

/// Our own convolutions with 1x1 kernels in blocked layouts, as products.
struct OneByOneConvolutions {
  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let (graph, node) = (request.graph, request.node)
    let name = "xr:conv1x1"
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
      let packed = packed(weights, of: request, shape, isGradient: false)
      return ClosureKernel(name, packed) { context in
        let pointer = packed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_conv1x1_forward(
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
      let packed = packed(weights, of: request, shape, isGradient: true)
      return ClosureKernel(name, packed) { context in
        let pointer = packed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_conv1x1_input_gradient(shape, context.floats(dy), pointer, context.floats(dx))
        }
      }
    case let operation as ConvolutionWeightGradient:
      let (x, dy) = (node.inputs[0], node.inputs[1])
      guard
        let shape = shape(
          operation.geometry, request.shape(0), request.shape(1), request.common([x, dy]))
      else { return nil }
      return request.weightGradient(name) { context, dw in
        withUnsafePointer(to: shape) { shape in
          xr_conv1x1_weight_gradient(shape, context.floats(x), context.floats(dy), dw)
        }
      }
    default:
      return nil
    }
  }

  private func packed(
    _ weights: ValueID, of request: NodeRequest, _ shape: xr_conv1x1_shape, isGradient: Bool
  ) -> PackedWeights {
    let flag: Int32 = isGradient ? 1 : 0
    let count = withUnsafePointer(to: shape) { xr_conv1x1_packed_floats($0, flag) }
    return PackedWeights(weights, of: request, count: count) { source, target in
      withUnsafePointer(to: shape) { xr_conv1x1_pack($0, source, target, flag) }
    }
  }

  /// The shape for the C kernels; nil where they cannot do it.
  private func shape(
    _ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, _ layout: Layout?
  ) -> xr_conv1x1_shape? {
    guard case .blocked(let block)? = layout, g.groups == 1, g.kernel == 1,
      g.padding == Padding(0)
    else { return nil }
    return xr_conv1x1_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], stride: g.stride,
      block: block)
  }
}
