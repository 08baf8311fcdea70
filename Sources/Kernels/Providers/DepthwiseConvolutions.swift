import CKernels
import Graphs
import Tensors

/// Our own depthwise convolutions in blocked layouts.
struct DepthwiseConvolutions {
  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let (graph, node) = (request.graph, request.node)
    let name = "xr:depthwise"
    switch node.operation {
    case let operation as Convolution:
      guard !operation.hasResidual, let y = node.outputs[0],
        let shape = shape(
          operation.geometry, request.shape(0), graph[y].shape,
          request.common([node.inputs[0], y]))
      else { return nil }
      let (x, weights) = (node.inputs[0], node.inputs[1])
      let bias = operation.hasBias ? node.inputs[2] : nil
      let packed = packed(weights, of: request, shape)
      return ClosureKernel(name, packed) { context in
        let pointer = packed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_depthwise_forward(
            shape, context.floats(x), pointer, context.floats(bias), operation.activation.code,
            context.floats(y))
        }
      }
    case let operation as ConvolutionInputGradient:
      guard let dx = node.outputs[0],
        let shape = shape(
          operation.geometry, operation.inputShape, request.shape(1),
          request.common([node.inputs[1], dx]))
      else { return nil }
      let (weights, dy) = (node.inputs[0], node.inputs[1])
      let packed = packed(weights, of: request, shape)
      return ClosureKernel(name, packed) { context in
        let pointer = packed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_depthwise_input_gradient(shape, context.floats(dy), pointer, context.floats(dx))
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
          xr_depthwise_weight_gradient(shape, context.floats(x), context.floats(dy), dw)
        }
      }
    default:
      return nil
    }
  }

  private func packed(_ weights: ValueID, of request: NodeRequest, _ shape: xr_depthwise_shape)
    -> PackedWeights
  {
    let count = withUnsafePointer(to: shape) { xr_depthwise_packed_floats($0) }
    return PackedWeights(weights, of: request, count: count) { source, target in
      withUnsafePointer(to: shape) { xr_depthwise_pack($0, source, target) }
    }
  }

  private func shape(
    _ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, _ layout: Layout?
  ) -> xr_depthwise_shape? {
    guard case .blocked(let block)? = layout, g.groups == picture[1], g.groups == result[1],
      g.kernel <= 7, g.stride <= 2
    else { return nil }
    return xr_depthwise_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], oh: result[2], ow: result[3],
      kernel: g.kernel, stride: g.stride, top: g.padding.top, left: g.padding.left, block: block)
  }
}
