import CKernels
import Graphs
import Tensors

/// Our own convolutions with 7x7 kernels of stride 2 over the few channels of pictures that lie as in torch: what
/// ResNets and SqueezeNets begin with.
struct StemConvolutions {
  private static let name = "xr:stem_7x7"

  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let (graph, node) = (request.graph, request.node)
    switch node.operation {
    case let operation as Convolution:
      guard let y = node.outputs[0], !operation.hasResidual,
        let shape = shape(
          operation.geometry, request.shape(0), graph[y].shape, request.inputLayout(0),
          request.layout(y))
      else { return nil }
      let (x, bias) = (node.inputs[0], operation.hasBias ? node.inputs[2] : nil)
      let count = withUnsafePointer(to: shape) { xr_stem_weights_floats($0) }
      let transformed = PackedWeights(node.inputs[1], of: request, count: count) {
        source, target in
        withUnsafePointer(to: shape) { xr_stem_weights($0, source, target) }
      }
      return ClosureKernel(Self.name, transformed) { context in
        let pointer = transformed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          xr_stem_forward(
            shape, context.floats(x), pointer, context.floats(bias), operation.activation.code,
            context.floats(y))
        }
      }
    case let operation as ConvolutionWeightGradient:
      let (x, dy) = (node.inputs[0], node.inputs[1])
      guard
        let shape = shape(
          operation.geometry, request.shape(0), request.shape(1), request.inputLayout(0),
          request.inputLayout(1))
      else { return nil }
      return request.weightGradient(Self.name) { context, dw in
        withUnsafePointer(to: shape) { shape in
          xr_stem_weight_gradient(shape, context.floats(x), context.floats(dy), dw)
        }
      }
    default:
      return nil
    }
  }

  /// The shape for the C kernels; nil where they cannot do it.
  private func shape(
    _ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape, _ input: Layout, _ output: Layout
  ) -> xr_stem_shape? {
    guard case .blocked(let block) = output, input == .plain, g.groups == 1, g.kernel == 7,
      g.stride == 2, picture[1] <= 4
    else { return nil }
    return xr_stem_shape(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], oh: result[2],
      ow: result[3], top: g.padding.top, left: g.padding.left, block: block)
  }
}
