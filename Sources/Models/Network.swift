import Graphs
import Tensors

/// A backbone with a head for a number of classes: its tensors in the order of torch's `state_dict`.
package struct Network: Sendable {
  package let backbone: any Backbone
  package let classes: Int
  package let tensors: [TensorSpec]

  package init(_ backbone: any Backbone, classes: Int) {
    self.backbone = backbone
    self.classes = classes
    do {
      // Names and shapes of parameters do not depend on the pictures' size.
      let graph = try Self.build(
        backbone: backbone, classes: classes, batch: 1, height: 224, width: 224, mode: .evaluation)
      tensors = Self.tensors(of: graph, head: backbone.head)
    } catch {
      preconditionFailure("'\(backbone.name)' reads pictures of 224 x 224, but: \(error)")
    }
  }

  /// The forward graph: input `pictures` `[N, 3, H, W]`, output `logits` `[N, classes]`.
  ///
  /// - Throws: `ShapeError` where the pictures are too small.
  package static func build(
    backbone: any Backbone, classes: Int, batch: Int, height: Int, width: Int, mode: BuildMode
  ) throws(ShapeError) -> Graph {
    guard min(height, width) >= backbone.minimumSize else {
      throw ShapeError(
        "'\(backbone.name)' reads pictures from \(backbone.minimumSize) x \(backbone.minimumSize), "
          + "not \(height) x \(width)",
        help: "use larger pictures")
    }
    var builder = GraphBuilder(mode)
    let pictures = builder.input("pictures", [batch, 3, height, width])
    let logits = try backbone.build(into: &builder, pictures: pictures, classes: classes)
    builder.output("logits", logits)
    return builder.graph
  }

  /// The forward graph of this network.
  package func graph(
    batch: Int, height: Int, width: Int, mode: BuildMode
  ) throws(ShapeError) -> Graph {
    try Self.build(
      backbone: backbone, classes: classes, batch: batch, height: height, width: width, mode: mode)
  }

  /// The tensors that optimizers may change.
  package var parameters: [TensorSpec] { tensors.filter { $0.kind == .parameter } }
  /// How many numbers the parameters hold.
  package var parameterCount: Int { parameters.reduce(0) { $0 + $1.shape.count } }
  /// The paths of the layers that hold tensors, in the order of the forward pass.
  package var layers: [String] {
    var seen = Set<String>()
    return tensors.map(\.layer).filter { seen.insert($0).inserted }
  }

  private static func tensors(of graph: Graph, head: Head) -> [TensorSpec] {
    var tensors: [TensorSpec] = []
    func add(_ name: String, _ shape: Shape, _ kind: TensorSpec.Kind, _ layer: String) {
      tensors.append(
        TensorSpec(
          name: name, shape: shape, kind: kind, layer: layer, isHead: layer == head.layer))
    }
    for value in graph.values where value.role == .parameter || value.role == .state {
      let parts = value.name.split(separator: ".")
      let layer = parts.dropLast().joined(separator: ".")
      switch parts.last {
      case "running_mean": add(value.name, value.shape, .runningMean, layer)
      case "running_var":
        add(value.name, value.shape, .runningVariance, layer)
        // torch counts batches beside each pair of statistics; graphs have no use for it.
        add(layer + ".num_batches_tracked", [], .batchesTracked, layer)
      default: add(value.name, value.shape, .parameter, layer)
      }
    }
    return tensors
  }
}
