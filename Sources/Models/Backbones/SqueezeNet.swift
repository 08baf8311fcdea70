import Graphs

/// Small networks of "fire" modules: a 1 × 1 squeeze, then 1 × 1 and 3 × 3 expansions side by side.
///
/// - Mirrors: `torchvision.models.squeezenet1_0` and `squeezenet1_1`. The head is a 1 × 1 convolution behind
///   dropout; its ReLU stays, so that logits are never negative.
/// - Source: Iandola et al. 2016, arXiv:1602.07360, table 1.
package struct SqueezeNet: Backbone {
  /// A layer of `features`; its place in the list is its name there.
  enum Layer: Sendable {
    case convolution(channels: Int, kernel: Int)
    case relu
    case maxPooling
    case fire(squeeze: Int, expand: Int)
  }

  package static let squeezenet1_0 = SqueezeNet(
    "squeezenet1_0", minimumSize: 21,
    [
      .convolution(channels: 96, kernel: 7), .relu, .maxPooling,
      .fire(squeeze: 16, expand: 64), .fire(squeeze: 16, expand: 64),
      .fire(squeeze: 32, expand: 128), .maxPooling,
      .fire(squeeze: 32, expand: 128), .fire(squeeze: 48, expand: 192),
      .fire(squeeze: 48, expand: 192), .fire(squeeze: 64, expand: 256), .maxPooling,
      .fire(squeeze: 64, expand: 256),
    ])
  package static let squeezenet1_1 = SqueezeNet(
    "squeezenet1_1", minimumSize: 17,
    [
      .convolution(channels: 64, kernel: 3), .relu, .maxPooling,
      .fire(squeeze: 16, expand: 64), .fire(squeeze: 16, expand: 64), .maxPooling,
      .fire(squeeze: 32, expand: 128), .fire(squeeze: 32, expand: 128), .maxPooling,
      .fire(squeeze: 48, expand: 192), .fire(squeeze: 48, expand: 192),
      .fire(squeeze: 64, expand: 256), .fire(squeeze: 64, expand: 256),
    ])

  package let name: String
  package let minimumSize: Int
  let features: [Layer]

  private init(_ name: String, minimumSize: Int, _ features: [Layer]) {
    self.name = name
    self.minimumSize = minimumSize
    self.features = features
  }

  package var doc: String { "SqueezeNet \(name.suffix(3).replacing("_", with: "."))" }
  package var mirrors: String { "torchvision.models.\(name)" }
  package var source: String { "Iandola et al. 2016, arXiv:1602.07360, table 1" }
  package var normalization: Normalization { .imagenet }
  package var head: Head { Head("classifier.1", .convolution) }

  package func build(
    into builder: inout GraphBuilder, pictures: ValueID, classes: Int
  ) throws(ShapeError) -> ValueID {
    var x = pictures
    for (index, layer) in features.enumerated() {
      let path = "features.\(index)"
      switch layer {
      case .convolution(let channels, let kernel):
        x = try builder.convolution(
          x, path, channels: channels, kernel: kernel, stride: 2, bias: true)
      case .relu:
        x = try builder.relu(x, path)
      case .maxPooling:
        x = try builder.maxPooling(x, path, kernel: 3, stride: 2, ceilMode: true)
      case .fire(let squeeze, let expand):
        x = try fire(x, path, squeeze: squeeze, expand: expand, in: &builder)
      }
    }
    x = try builder.dropout(x, "classifier.0", probability: 0.5)
    x = try builder.convolution(x, "classifier.1", channels: classes, kernel: 1, bias: true)
    x = try builder.relu(x, "classifier.2")
    return try builder.globalAveragePooling(x, "classifier.3")
  }

  private func fire(
    _ input: ValueID, _ path: String, squeeze: Int, expand: Int, in builder: inout GraphBuilder
  ) throws(ShapeError) -> ValueID {
    var x = try builder.convolution(
      input, path + ".squeeze", channels: squeeze, kernel: 1, bias: true)
    x = try builder.relu(x, path + ".squeeze_activation")
    var small = try builder.convolution(
      x, path + ".expand1x1", channels: expand, kernel: 1, bias: true)
    small = try builder.relu(small, path + ".expand1x1_activation")
    var large = try builder.convolution(
      x, path + ".expand3x3", channels: expand, kernel: 3, padding: Padding(1), bias: true)
    large = try builder.relu(large, path + ".expand3x3_activation")
    return try builder.concatenation([small, large], path + ".cat")
  }

  package func initialization(of tensor: TensorSpec) -> Initialization {
    if tensor.isHead { return headInitialization(of: tensor) }
    return tensor.shape.rank == 4 ? .kaimingUniform : .zeros
  }

  package func headInitialization(of tensor: TensorSpec) -> Initialization {
    tensor.shape.rank == 4 ? .normal(deviation: 0.01) : .zeros
  }
}
