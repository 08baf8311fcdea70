import Graphs
import Tensors

/// What a kernel table knows of a convolution: everything but the number of pictures.
package struct ConvolutionShape: Sendable, Hashable {
  /// Which of a convolution's three computations it is.
  package enum Pass: String, Sendable, CaseIterable {
    case forward
    case inputGradient = "input_gradient"
    case weightGradient = "weight_gradient"
  }

  package var pass: Pass
  package var kernel: Int
  package var stride: Int
  package var groups: Int
  /// Channels, height and width of the pictures.
  package var channels: Int
  package var height: Int
  package var width: Int
  /// Channels, height and width of the results.
  package var results: Int
  package var resultHeight: Int
  package var resultWidth: Int
  /// The smallest number of zeros on any side, and the greatest.
  package var leastPadding: Int
  package var mostPadding: Int

  package init(_ pass: Pass, _ geometry: ConvolutionGeometry, picture: Shape, result: Shape) {
    self.pass = pass
    (kernel, stride, groups) = (geometry.kernel, geometry.stride, geometry.groups)
    (channels, height, width) = (picture[1], picture[2], picture[3])
    (results, resultHeight, resultWidth) = (result[1], result[2], result[3])
    let p = geometry.padding
    leastPadding = min(p.top, p.left, p.bottom, p.right)
    mostPadding = max(p.top, p.left, p.bottom, p.right)
  }

  /// Nil for nodes that are no convolution and no gradient of one.
  package init?(_ node: Node, in graph: Graph) {
    func shape(_ input: Int) -> Shape { graph[node.inputs[input]].shape }
    switch node.operation {
    case let operation as Convolution:
      guard let output = node.outputs[0] else { return nil }
      self.init(.forward, operation.geometry, picture: shape(0), result: graph[output].shape)
    case let operation as ConvolutionInputGradient:
      self.init(
        .inputGradient, operation.geometry, picture: operation.inputShape, result: shape(1))
    case let operation as ConvolutionWeightGradient:
      self.init(.weightGradient, operation.geometry, picture: shape(0), result: shape(1))
    default: return nil
    }
  }

  /// True where each channel is a group.
  var isDepthwise: Bool { groups > 1 && groups == channels && groups == results }

  /// True for 3x3 kernels of stride 1 that leave the map as large as it is: what transforms are for.
  var isPlain3x3: Bool {
    kernel == 3 && stride == 1 && groups == 1 && leastPadding == 1 && height == resultHeight
      && width == resultWidth
  }
}
