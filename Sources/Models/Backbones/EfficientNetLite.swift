import Graphs

/// EfficientNet without squeeze-and-excitation and with ReLU6, as TensorFlow trained it.
///
/// - Mirrors: `timm.models.tf_efficientnet_lite0` as `create_model` makes it: no dropout, no stochastic depth,
///   SAME padding, batch-norm epsilon 1e-3 and momentum 0.1.
/// - Source: Tan and Le 2019, arXiv:1905.11946, table 1; the Lite variants of the authors' TPU repository.
package struct EfficientNetLite: Backbone {
  /// A stage: inverted residual blocks of one kernel, expansion and width; the first has the stride.
  struct Stage: Sendable {
    let blocks: Int
    let kernel: Int
    let stride: Int
    let expansion: Int
    let channels: Int
  }

  package static let tf_efficientnet_lite0 = EfficientNetLite(
    "tf_efficientnet_lite0", stem: 32, features: 1280,
    [
      Stage(blocks: 1, kernel: 3, stride: 1, expansion: 1, channels: 16),
      Stage(blocks: 2, kernel: 3, stride: 2, expansion: 6, channels: 24),
      Stage(blocks: 2, kernel: 5, stride: 2, expansion: 6, channels: 40),
      Stage(blocks: 3, kernel: 3, stride: 2, expansion: 6, channels: 80),
      Stage(blocks: 3, kernel: 5, stride: 1, expansion: 6, channels: 112),
      Stage(blocks: 4, kernel: 5, stride: 2, expansion: 6, channels: 192),
      Stage(blocks: 1, kernel: 3, stride: 1, expansion: 6, channels: 320),
    ])

  package let name: String
  let stem: Int
  let features: Int
  let stages: [Stage]

  private init(_ name: String, stem: Int, features: Int, _ stages: [Stage]) {
    self.name = name
    self.stem = stem
    self.features = features
    self.stages = stages
  }

  package var doc: String { "EfficientNet-Lite0, TensorFlow's padding and weights" }
  package var mirrors: String { "timm.models.\(name)" }
  package var source: String { "Tan and Le 2019, arXiv:1905.11946, table 1" }
  package var normalization: Normalization { .half }
  package var minimumSize: Int { 1 }
  package var head: Head { Head("classifier", .linear) }

  package func build(
    into builder: inout GraphBuilder, pictures: ValueID, classes: Int
  ) throws(ShapeError) -> ValueID {
    var x = try convolution(
      pictures, "conv_stem", "bn1", channels: stem, kernel: 3, stride: 2, in: &builder)
    for (stage, settings) in stages.enumerated() {
      for index in 0..<settings.blocks {
        x = try block(
          x, "blocks.\(stage).\(index)", settings, stride: index == 0 ? settings.stride : 1,
          in: &builder)
      }
    }
    x = try convolution(x, "conv_head", "bn2", channels: features, kernel: 1, in: &builder)
    x = try builder.globalAveragePooling(x, "global_pool")
    return try builder.linear(x, "classifier", features: classes)
  }

  /// Depthwise between two 1 × 1 convolutions, or before one where nothing is expanded.
  private func block(
    _ input: ValueID, _ path: String, _ stage: Stage, stride: Int, in builder: inout GraphBuilder
  ) throws(ShapeError) -> ValueID {
    let channels = builder.shape(input)[1]
    let wide = channels * stage.expansion
    var x = input
    if stage.expansion == 1 {
      x = try convolution(
        x, path + ".conv_dw", path + ".bn1", channels: wide, kernel: stage.kernel, stride: stride,
        groups: wide, in: &builder)
      x = try convolution(
        x, path + ".conv_pw", path + ".bn2", channels: stage.channels, kernel: 1,
        isActivated: false, in: &builder)
    } else {
      x = try convolution(
        x, path + ".conv_pw", path + ".bn1", channels: wide, kernel: 1, in: &builder)
      x = try convolution(
        x, path + ".conv_dw", path + ".bn2", channels: wide, kernel: stage.kernel, stride: stride,
        groups: wide, in: &builder)
      x = try convolution(
        x, path + ".conv_pwl", path + ".bn3", channels: stage.channels, kernel: 1,
        isActivated: false, in: &builder)
    }
    guard stride == 1, channels == stage.channels else { return x }
    return try builder.sum(x, input, path + ".add")
  }

  /// A convolution with SAME padding for the size that it meets, batch norm, and ReLU6 where activated.
  private func convolution(
    _ input: ValueID, _ path: String, _ norm: String, channels: Int, kernel: Int, stride: Int = 1,
    groups: Int = 1, isActivated: Bool = true, in builder: inout GraphBuilder
  ) throws(ShapeError) -> ValueID {
    let shape = builder.shape(input)
    var x = try builder.convolution(
      input, path, channels: channels, kernel: kernel, stride: stride,
      padding: .same(height: shape[2], width: shape[3], kernel: kernel, stride: stride),
      groups: groups)
    x = try builder.batchNormalization(x, norm, epsilon: 1e-3)
    return isActivated ? try builder.relu6(x, norm + ".act") : x
  }

  package func initialization(of tensor: TensorSpec) -> Initialization {
    let isWeight = tensor.name.hasSuffix(".weight")
    // timm's `_init_weight_goog`: the head's range comes from its outputs, the number of classes.
    if tensor.isHead {
      return isWeight
        ? .uniform(bound: 1 / Double(tensor.shape[0]).squareRoot()) : .zeros
    }
    // The fan of a depthwise kernel is divided by its groups, which are its channels.
    if tensor.shape.rank == 4 {
      return tensor.layer.hasSuffix(".conv_dw")
        ? .normal(deviation: (2 / Double(tensor.shape[2] * tensor.shape[3])).squareRoot())
        : .kaimingNormalFanOut
    }
    return isWeight ? .ones : .zeros
  }

  package func headInitialization(of tensor: TensorSpec) -> Initialization {
    .torchLinear(inputs: features)
  }
}
