import Graphs
import Tensors

/// What tells nodes apart for whom computes them: each class of a backbone needs a golden with it.
///
/// Channels are "whole" where blocks of 16 fit into them, else "ragged"; a map has "few places"
/// where it is so small that kernels of their own compute it.
enum LayerClasses {
  /// The classes of all nodes of a graph: forward and backward, but for the loss.
  static func classes(of graph: Graph) -> Set<String> {
    let producers = graph.producers()
    var classes: Set<String> = []
    for node in graph.nodes where !(node.operation is CrossEntropy) {
      let name = type(of: node.operation).name
      let shapes = node.inputs.map { graph[$0].shape }
      let made =
        node.outputs.count > 1
        ? " makes " + node.outputs.map { $0 == nil ? "-" : "+" }.joined() : ""
      switch node.operation {
      case let operation as Convolution:
        guard let y = node.outputs[0] else { continue }
        let geometry = name + " " + describe(operation.geometry, shapes[0][1], shapes[1][0])
        let source = node.inputs[0]
        let isFirst = producers[source.index] == nil && graph[source].role == .input
        classes.insert(
          geometry + (operation.hasBias ? ", bias" : "") + (operation.hasResidual ? ", sum" : "")
            + (operation.activation == .none ? "" : ", \(operation.activation)"))
        classes.insert(geometry + (isFirst ? ", of pictures" : ""))
        classes.insert(
          geometry + channels(shapes[0]) + " to" + channels(graph[y].shape)
            + places(shapes[0], graph[y].shape))
      case let operation as ConvolutionInputGradient:
        let geometry =
          name + " " + describe(operation.geometry, operation.inputShape[1], shapes[0][0])
        classes.insert(
          geometry + channels(operation.inputShape) + " from" + channels(shapes[1])
            + places(operation.inputShape, shapes[1]))
      case let operation as ConvolutionWeightGradient:
        let geometry = name + " " + describe(operation.geometry, shapes[0][1], shapes[1][1])
        classes.insert(geometry + made)
        classes.insert(
          geometry + channels(shapes[0]) + " to" + channels(shapes[1])
            + places(shapes[0], shapes[1]))
      case is Concatenation:
        classes.insert(name + " of" + shapes.map(channels).joined(separator: " and"))
      case let operation as ChannelSlice:
        classes.insert(
          name + (operation.first == 0 ? " of the first" : " of later")
            + (operation.first % 16 == 0 ? " whole" : " ragged"))
      default:
        let kind = [name, node.operation.attributes].filter { !$0.isEmpty }.joined(separator: " ")
        classes.insert(kind + made + (shapes[0].rank == 4 ? channels(shapes[0]) : ""))
      }
    }
    return classes
  }

  private static func describe(_ g: ConvolutionGeometry, _ read: Int, _ written: Int) -> String {
    var single = g
    single.groups = 1
    let groups =
      g.groups == 1 ? "" : g.groups == read && read == written ? " depthwise" : " in groups"
    return single.attributes + groups
  }

  private static func channels(_ shape: Shape) -> String {
    shape[1] % 16 == 0 ? " whole" : " ragged"
  }

  private static func places(_ picture: Shape, _ result: Shape) -> String {
    picture[2] * picture[3] <= 16 && result[2] * result[3] <= 4 ? ", few places" : ""
  }
}
