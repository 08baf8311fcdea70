import COneDNN
import Graphs
import Tensors

/// oneDNN's convolutions over its blocked layouts. A picture that comes from outside is read as it is.
struct OneDNNConvolutions {
  /// By Winograd's algorithm, where the library has it for the shape; else directly.
  let isWinograd: Bool

  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let (graph, node) = (request.graph, request.node)
    switch node.operation {
    case let operation as Convolution:
      guard let output = node.outputs[0] else { return nil }
      var shape = xr_onednn_shape(
        XR_ONEDNN_FORWARD, operation.geometry, picture: request.shape(0),
        result: graph[output].shape, request.inputLayout(0), request.layout(output))
      shape.has_bias = operation.hasBias ? 1 : 0
      shape.has_sum = operation.hasResidual ? 1 : 0
      shape.activation = operation.activation.code
      guard !operation.hasResidual || request.layout(node.inputs.last) == request.layout(output),
        let convolution = OneDNNConvolution(&shape, isWinograd)
      else { return nil }
      return OneDNNForward(convolution, operation, request, output)
    case let operation as ConvolutionInputGradient:
      guard let output = node.outputs[0] else { return nil }
      var shape = xr_onednn_shape(
        XR_ONEDNN_INPUT_GRADIENT, operation.geometry, picture: operation.inputShape,
        result: request.shape(1), request.layout(output), request.inputLayout(1))
      guard let convolution = OneDNNConvolution(&shape, isWinograd) else { return nil }
      return OneDNNInputGradient(convolution, node.inputs[0], node.inputs[1], output)
    case let operation as ConvolutionWeightGradient:
      guard let output = node.outputs[0], request.layout(output) == .plain else { return nil }
      var shape = xr_onednn_shape(
        XR_ONEDNN_WEIGHT_GRADIENT, operation.geometry, picture: request.shape(0),
        result: request.shape(1), request.inputLayout(0), request.inputLayout(1))
      shape.has_bias = node.outputs[1] == nil ? 0 : 1
      guard let convolution = OneDNNConvolution(&shape, isWinograd) else { return nil }
      let (inputs, bias) = (node.inputs, node.outputs[1])
      return ClosureKernel(convolution.name, workspaceBytes: convolution.scratchpadBytes) {
        context in
        let status = xr_onednn_weight_gradient(
          convolution.handle, context.floats(inputs[0]), context.floats(inputs[1]),
          context.floats(output), context.floats(bias), context.workspace)
        precondition(status == 0, "a convolution that oneDNN made runs")
      }
    default:
      return nil
    }
  }
}

/// Owns one of the library's convolutions.
private final class OneDNNConvolution {
  let handle: OpaquePointer
  let name: String

  init?(_ shape: inout xr_onednn_shape, _ isWinograd: Bool) {
    shape.winograd = isWinograd ? 1 : 0
    guard let handle = xr_onednn_make(&shape) else { return nil }
    self.handle = handle
    name = "onednn:" + String(cString: xr_onednn_name(handle))
  }

  /// Of weights in the library's order.
  var bytes: Int { xr_onednn_weights_bytes(handle) }
  /// What it needs while it runs.
  var scratchpadBytes: Int { xr_onednn_scratchpad_bytes(handle) }

  deinit { xr_onednn_free(handle) }
}

private final class OneDNNForward: Kernel {
  let name: String
  private let convolution: OneDNNConvolution
  private let input, weights, output: ValueID
  private let bias, residual: ValueID?
  private let residualCount: Int
  private var packed: UInt64 = .max
  var bytes: Int { convolution.bytes }
  var workspaceBytes: Int { convolution.scratchpadBytes }

  init(
    _ convolution: OneDNNConvolution, _ operation: Convolution, _ request: NodeRequest,
    _ output: ValueID
  ) {
    self.convolution = convolution
    self.output = output
    let node = request.node
    name = convolution.name
    input = node.inputs[0]
    weights = node.inputs[1]
    bias = operation.hasBias ? node.inputs[2] : nil
    // The library adds to what lies in the result's place: the summand itself, or a copy of it.
    residual =
      operation.hasResidual && request.inPlace != node.inputs.count - 1 ? node.inputs.last : nil
    residualCount = request.layout(output).count(request.graph[output].shape)
  }

  func run(_ context: borrowing RunContext) {
    let version = context.version(weights)
    let y = context.floats(output)
    if let residual { y.update(from: context.floats(residual), count: residualCount) }
    let status = xr_onednn_forward(
      convolution.handle, context.floats(input), context.floats(weights),
      packed == version ? 0 : 1, context.floats(bias), y, context.workspace)
    precondition(status == 0, "a convolution that oneDNN made runs")
    packed = version
  }
}

private final class OneDNNInputGradient: Kernel {
  let name: String
  private let convolution: OneDNNConvolution
  private let weights, incoming, output: ValueID
  private var packed: UInt64 = .max
  var bytes: Int { convolution.bytes }
  var workspaceBytes: Int { convolution.scratchpadBytes }

  init(
    _ convolution: OneDNNConvolution, _ weights: ValueID, _ incoming: ValueID, _ output: ValueID
  ) {
    self.convolution = convolution
    self.weights = weights
    self.incoming = incoming
    self.output = output
    name = convolution.name
  }

  func run(_ context: borrowing RunContext) {
    let version = context.version(weights)
    let status = xr_onednn_input_gradient(
      convolution.handle, context.floats(incoming), context.floats(weights),
      packed == version ? 0 : 1, context.floats(output), context.workspace)
    precondition(status == 0, "a convolution that oneDNN made runs")
    packed = version
  }
}

extension xr_onednn_shape {
  init(
    _ pass: Int, _ g: ConvolutionGeometry, picture: Shape, result: Shape, _ pictureLayout: Layout,
    _ resultLayout: Layout
  ) {
    self.init()
    self.pass = Int32(pass)
    (n, c, h, w) = (picture[0], picture[1], picture[2], picture[3])
    (o, oh, ow) = (result[1], result[2], result[3])
    (kernel, stride, groups) = (g.kernel, g.stride, g.groups)
    (top, left) = (g.padding.top, g.padding.left)
    (bottom, right) = (g.padding.bottom, g.padding.right)
    picture_block = pictureLayout.blockSize
    result_block = resultLayout.blockSize
    is_training = 1
  }
}

extension Layout {
  /// The block of channels; 0 where there is none.
  fileprivate var blockSize: Int32 {
    switch self {
    case .plain: 0
    case .blocked(let block): Int32(block)
    }
  }
}
