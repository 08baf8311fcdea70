import Graphs

/// Residual networks: four stages of blocks whose input is added to their output.
///
/// - Mirrors: `torchvision.models.resnet18` and its siblings; the stride of a bottleneck sits in its 3 × 3
///   convolution, as in torchvision and unlike the paper.
/// - Source: He et al. 2016, arXiv:1512.03385, table 1.
package struct ResNet: Backbone {
  /// The two shapes of a residual block.
  enum Block: Sendable {
    /// 3 × 3, 3 × 3.
    case basic
    /// 1 × 1, 3 × 3, 1 × 1 to four times as many channels.
    case bottleneck

    var expansion: Int { self == .basic ? 1 : 4 }
  }

  package static let resnet18 = ResNet(18, .basic, [2, 2, 2, 2])
  package static let resnet34 = ResNet(34, .basic, [3, 4, 6, 3])
  package static let resnet50 = ResNet(50, .bottleneck, [3, 4, 6, 3])
  package static let resnet101 = ResNet(101, .bottleneck, [3, 4, 23, 3])
  package static let resnet152 = ResNet(152, .bottleneck, [3, 8, 36, 3])

  let depth: Int
  let block: Block
  /// How many blocks each stage has.
  let blocks: [Int]

  private init(_ depth: Int, _ block: Block, _ blocks: [Int]) {
    self.depth = depth
    self.block = block
    self.blocks = blocks
  }

  package var name: String { "resnet\(depth)" }
  package var doc: String { "Residual network with \(depth) layers" }
  package var mirrors: String { "torchvision.models.\(name)" }
  package var source: String { "He et al. 2016, arXiv:1512.03385, table 1" }
  package var normalization: Normalization { .imagenet }
  package var minimumSize: Int { 1 }
  package var head: Head { Head("fc", .linear) }

  package func build(
    into builder: inout GraphBuilder, pictures: ValueID, classes: Int
  ) throws(ShapeError) -> ValueID {
    var x = try builder.convolution(
      pictures, "conv1", channels: 64, kernel: 7, stride: 2, padding: Padding(3))
    x = try builder.batchNormalization(x, "bn1")
    x = try builder.relu(x, "relu")
    x = try builder.maxPooling(x, "maxpool", kernel: 3, stride: 2, padding: 1)
    for (stage, count) in blocks.enumerated() {
      for index in 0..<count {
        x = try residual(
          x, "layer\(stage + 1).\(index)", width: 64 << stage,
          stride: stage > 0 && index == 0 ? 2 : 1, in: &builder)
      }
    }
    x = try builder.globalAveragePooling(x, "avgpool")
    return try builder.linear(x, "fc", features: classes)
  }

  private func residual(
    _ input: ValueID, _ path: String, width: Int, stride: Int, in builder: inout GraphBuilder
  ) throws(ShapeError) -> ValueID {
    // 1. The branch: convolutions with batch norm, and ReLU between them. Kernel, channels, stride.
    let layers: [(kernel: Int, channels: Int, stride: Int)] =
      switch block {
      case .basic: [(3, width, stride), (3, width, 1)]
      case .bottleneck: [(1, width, 1), (3, width, stride), (1, width * 4, 1)]
      }
    var x = input
    for (index, layer) in layers.enumerated() {
      x = try builder.convolution(
        x, "\(path).conv\(index + 1)", channels: layer.channels, kernel: layer.kernel,
        stride: layer.stride, padding: Padding(layer.kernel / 2))
      x = try builder.batchNormalization(x, "\(path).bn\(index + 1)")
      if index < layers.count - 1 { x = try builder.relu(x, "\(path).relu\(index + 1)") }
    }
    // 2. The shortcut: the input itself, or brought to the branch's shape. It comes second because torch's
    // state_dict lists it behind the branch.
    var shortcut = input
    if stride != 1 || builder.shape(input)[1] != width * block.expansion {
      shortcut = try builder.convolution(
        input, "\(path).downsample.0", channels: width * block.expansion, kernel: 1,
        stride: stride)
      shortcut = try builder.batchNormalization(shortcut, "\(path).downsample.1")
    }
    // 3. Their sum.
    return try builder.relu(builder.sum(x, shortcut, "\(path).add"), "\(path).relu")
  }

  package func initialization(of tensor: TensorSpec) -> Initialization {
    if tensor.isHead { return headInitialization(of: tensor) }
    // Convolutions have no bias here, so what has one dimension belongs to batch norm.
    if tensor.shape.rank == 4 { return .kaimingNormalFanOut }
    return tensor.name.hasSuffix(".weight") ? .ones : .zeros
  }

  package func headInitialization(of tensor: TensorSpec) -> Initialization {
    .torchLinear(inputs: 512 * block.expansion)
  }
}
