import CKernels
import Graphs
import Tensors

/// A family of our own convolutions: the shapes that it does, and its C functions.
protocol OwnConvolutions {
  associatedtype CShape
  /// As plans and profiles show it.
  var name: String { get }
  var functions: ConvolutionFunctions<CShape> { get }
  /// Whether pictures lie as in torch; else in blocks, as results do.
  var readsPlainPictures: Bool { get }
  /// Whether the forward pass adds a residual.
  var addsResidual: Bool { get }
  /// The shape for the C functions; nil where they cannot do it.
  func shape(_ geometry: ConvolutionGeometry, _ picture: Shape, _ result: Shape, block: Int)
    -> CShape?
}

/// The C functions of a family, by pass.
struct ConvolutionFunctions<CShape> {
  typealias Geometry = UnsafePointer<CShape>?
  typealias Input = UnsafePointer<Float>?
  typealias Output = UnsafeMutablePointer<Float>?

  /// Floats of the weights in the order that a pass wants; 1 for the gradient of pictures.
  let packedFloats: (Geometry, Int32) -> Int
  /// Weights to packed weights.
  let pack: (Geometry, Input, Output, Int32) -> Void
  /// Pictures, packed weights, bias, residual and activation to results.
  let forward: (Geometry, Input, Input, Input, Input, Int32, Output) -> Void
  /// Gradients of results and packed weights to gradients of pictures; nil where no one has it.
  let inputGradient: ((Geometry, Input, Input, Output) -> Void)?
  /// Pictures and gradients of results to gradients of weights.
  let weightGradient: (Geometry, Input, Input, Output) -> Void
}

extension OwnConvolutions {
  var readsPlainPictures: Bool { false }
  var addsResidual: Bool { true }

  /// Nil where the family cannot do the node as its values lie.
  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let (graph, node) = (request.graph, request.node)
    switch node.operation {
    case let operation as Convolution:
      let residual = operation.hasResidual ? node.inputs.last : nil
      guard let y = node.outputs[0], residual == nil || addsResidual,
        residual.map({ request.layout($0) == request.layout(y) }) ?? true,
        let shape = shape(
          operation.geometry, request.shape(0), graph[y].shape, request.inputLayout(0),
          request.layout(y))
      else { return nil }
      let x = node.inputs[0]
      let bias = operation.hasBias ? node.inputs[2] : nil
      let packed = packed(node.inputs[1], of: request, shape, 0)
      let forward = functions.forward
      return ClosureKernel(name, packed) { context in
        let pointer = packed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          forward(
            shape, context.floats(x), pointer, context.floats(bias), context.floats(residual),
            operation.activation.code, context.floats(y))
        }
      }
    case let operation as ConvolutionInputGradient:
      guard let inputGradient = functions.inputGradient, let dx = node.outputs[0],
        let shape = shape(
          operation.geometry, operation.inputShape, request.shape(1), request.layout(dx),
          request.inputLayout(1))
      else { return nil }
      let dy = node.inputs[1]
      let packed = packed(node.inputs[0], of: request, shape, 1)
      return ClosureKernel(name, packed) { context in
        let pointer = packed.pointer(context)
        withUnsafePointer(to: shape) { shape in
          inputGradient(shape, context.floats(dy), pointer, context.floats(dx))
        }
      }
    case let operation as ConvolutionWeightGradient:
      guard
        let shape = shape(
          operation.geometry, request.shape(0), request.shape(1), request.inputLayout(0),
          request.inputLayout(1))
      else { return nil }
      let (x, dy) = (node.inputs[0], node.inputs[1])
      let weightGradient = functions.weightGradient
      return request.weightGradient(name) { context, dw in
        withUnsafePointer(to: shape) { shape in
          weightGradient(shape, context.floats(x), context.floats(dy), dw)
        }
      }
    default:
      return nil
    }
  }

  private func shape(
    _ geometry: ConvolutionGeometry, _ picture: Shape, _ result: Shape, _ pictureLayout: Layout,
    _ resultLayout: Layout
  ) -> CShape? {
    guard case .blocked(let block) = resultLayout,
      pictureLayout == (readsPlainPictures ? .plain : resultLayout)
    else { return nil }
    return shape(geometry, picture, result, block: block)
  }

  private func packed(
    _ weights: ValueID, of request: NodeRequest, _ shape: CShape, _ isGradient: Int32
  ) -> PackedWeights {
    let count = withUnsafePointer(to: shape) { functions.packedFloats($0, isGradient) }
    let pack = functions.pack
    return PackedWeights(weights, of: request, count: count) { source, target in
      withUnsafePointer(to: shape) { pack($0, source, target, isGradient) }
    }
  }
}
