import Graphs
import Kernels
import Tensors

/// Networks for tests of kernels, built by hand.
enum TestNetworks {
  /// torchvision's ResNet-18 with its parameter names.
  static func resNet18(
    batch: Int, pixels: Int, classes: Int, mode: BuildMode
  ) throws -> Graph {
    var b = GraphBuilder(mode)
    var x = b.input("images", [batch, 3, pixels, pixels])
    x = try b.convolution(
      x, "conv1", channels: 64, kernel: 7, stride: 2, padding: Padding(3))
    x = try b.relu(b.batchNormalization(x, "bn1"), "relu")
    x = try b.maxPooling(x, "maxpool", kernel: 3, stride: 2, padding: 1)
    for (layer, channels) in [64, 128, 256, 512].enumerated() {
      for block in 0..<2 {
        let name = "layer\(layer + 1).\(block)"
        let stride = layer > 0 && block == 0 ? 2 : 1
        var y = try b.convolution(
          x, name + ".conv1", channels: channels, kernel: 3, stride: stride, padding: Padding(1))
        y = try b.relu(b.batchNormalization(y, name + ".bn1"), name + ".relu1")
        y = try b.convolution(
          y, name + ".conv2", channels: channels, kernel: 3, padding: Padding(1))
        y = try b.batchNormalization(y, name + ".bn2")
        if stride == 2 {
          x = try b.convolution(
            x, name + ".downsample.0", channels: channels, kernel: 1, stride: 2)
          x = try b.batchNormalization(x, name + ".downsample.1")
        }
        x = try b.relu(b.sum(y, x, name + ".sum"), name + ".relu")
      }
    }
    x = try b.globalAveragePooling(x, "avgpool")
    b.output("logits", try b.linear(x, "fc", features: classes))
    return b.graph
  }

  /// Every operation that models are made of, on small odd shapes.
  static func everything(
    batch: Int, channels: Int, pixels: Int, mode: BuildMode, dropout: Float = 0.4
  ) throws -> Graph {
    var b = GraphBuilder(mode)
    let images = b.input("images", [batch, 3, pixels, pixels])
    var x = try b.convolution(
      images, "stem", channels: channels, kernel: 3, stride: 2,
      padding: .same(height: pixels, width: pixels, kernel: 3, stride: 2), bias: true)
    x = try b.relu(x, "stem.relu")
    x = try b.maxPooling(x, "pool", kernel: 3, stride: 2, ceilMode: true)
    // Depthwise, then an inverted residual's sum.
    var y = try b.convolution(x, "expand", channels: 2 * channels, kernel: 1)
    y = try b.relu6(b.batchNormalization(y, "expand.bn"), "expand.relu6")
    y = try b.convolution(
      y, "depthwise", channels: 2 * channels, kernel: 3, padding: Padding(1), groups: 2 * channels)
    y = try b.relu6(b.batchNormalization(y, "depthwise.bn", epsilon: 1e-3), "depthwise.relu6")
    y = try b.convolution(y, "project", channels: channels, kernel: 1)
    y = try b.batchNormalization(y, "project.bn")
    x = try b.sum(y, x, "sum")
    // A fire module's branches, joined.
    let left = try b.relu(
      b.convolution(x, "left", channels: channels + 1, kernel: 1, bias: true), "left.relu")
    let right = try b.relu(
      b.convolution(x, "right", channels: channels, kernel: 3, padding: Padding(1), bias: true),
      "right.relu")
    x = try b.concatenation([left, right], "concatenation")
    x = try b.dropout(x, "dropout", probability: dropout)
    let z = try b.convolution(x, "mix", channels: 2 * channels + 1, kernel: 3, padding: Padding(1))
    x = try b.relu(b.sum(b.batchNormalization(z, "mix.bn"), x, "mix.sum"), "mix.relu")
    x = try b.globalAveragePooling(x, "average")
    b.output("logits", try b.linear(x, "fc", features: 5))
    return b.graph
  }

  /// Values for all inputs, parameters and states: about as large as in a trained network.
  static func values(for graph: Graph, seed: UInt64) -> [String: [Double]] {
    var values: [String: [Double]] = [:]
    for (index, value) in graph.values.enumerated()
    where value.role != .intermediate && value.element == .float32 {
      var stream = RandomStream(seed: seed, purpose: .test, [UInt64(index)])
      let isScale = value.shape.rank == 1 && value.name.hasSuffix("weight")
      let isVariance = value.name.hasSuffix("running_var")
      let fan =
        value.shape.rank > 1 && value.role == .parameter
        ? Double(value.shape.count / value.shape[0]) : 1
      values[value.name] = (0..<value.shape.count).map { _ in
        let number = stream.uniform(-1, 1)
        let result =
          isScale || isVariance ? 1 + 0.4 * number : number * (3 / fan).squareRoot()
        return Double(Float(result))
      }
    }
    return values
  }

  static func store(_ values: [String: [Double]], for graph: Graph) -> ParameterStore {
    let store = ParameterStore()
    for id in graph.parameters + graph.states {
      store.set(graph[id].name, FloatBuffer((values[graph[id].name] ?? []).map { Float($0) }))
    }
    return store
  }

  static func labels(_ count: Int, classes: Int) -> [Int32] {
    (0..<count).map { Int32(($0 * 7 + 3) % classes) }
  }
}
