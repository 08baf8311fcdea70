import CKernels
import COpenBLAS
import Graphs
import Tensors

/// Convolutions as columns and products over torch's layout: by OpenBLAS, or by our own product where it is missing.
struct OpenBLASProvider: Provider {
  private let gemm: xr_sgemm
  private let prefix: String

  /// - Parameter usesLibrary: false for our own product where OpenBLAS is there, too.
  init(usesLibrary: Bool = true) {
    let isLoaded = usesLibrary && xr_openblas_load() == 1
    gemm = isLoaded ? xr_openblas_sgemm : xr_own_sgemm
    prefix = isLoaded ? "openblas:" : "xr:"
  }

  func kernel(for request: NodeRequest) -> (any Kernel)? {
    guard request.isPlain else { return nil }
    let (graph, node, gemm) = (request.graph, request.node, gemm)
    let (inputs, outputs) = (node.inputs, node.outputs)
    switch node.operation {
    case let operation as Convolution:
      guard let y = outputs[0] else { return nil }
      let shape = xr_convolution(operation.geometry, request.shape(0), graph[y].shape)
      return ClosureKernel(name(shape)) { context in
        withUnsafePointer(to: shape) { shape in
          xr_columns_forward(
            shape, gemm, context.floats(inputs[0]), context.floats(inputs[1]),
            operation.hasBias ? UnsafePointer(context.floats(inputs[2])) : nil,
            operation.hasResidual ? UnsafePointer(context.floats(inputs[inputs.count - 1])) : nil,
            operation.activation.code, context.floats(y))
        }
      }
    case let operation as ConvolutionInputGradient:
      guard let dx = outputs[0] else { return nil }
      let shape = xr_convolution(operation.geometry, operation.inputShape, request.shape(1))
      return ClosureKernel(name(shape)) { context in
        withUnsafePointer(to: shape) { shape in
          xr_columns_input_gradient(
            shape, gemm, context.floats(inputs[1]), context.floats(inputs[0]), context.floats(dx))
        }
      }
    case let operation as ConvolutionWeightGradient:
      let shape = xr_convolution(operation.geometry, request.shape(0), request.shape(1))
      return ClosureKernel(name(shape)) { context in
        withUnsafePointer(to: shape) { shape in
          xr_columns_weight_gradient(
            shape, gemm, context.floats(inputs[0]), context.floats(inputs[1]),
            context.floats(outputs[0]), context.floats(outputs[1]))
        }
      }
    default:
      return nil
    }
  }

  private func name(_ shape: xr_convolution) -> String {
    shape.groups == shape.c && shape.groups > 1 && shape.o == shape.c
      ? "xr:depthwise" : prefix + "columns"
  }
}

extension xr_convolution {
  fileprivate init(_ g: ConvolutionGeometry, _ picture: Shape, _ result: Shape) {
    self.init(
      n: picture[0], c: picture[1], h: picture[2], w: picture[3], o: result[1], oh: result[2],
      ow: result[3], kernel: g.kernel, stride: g.stride, top: g.padding.top,
      left: g.padding.left, groups: g.groups)
  }
}
