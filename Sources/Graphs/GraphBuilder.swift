import Tensors

/// How a model is built: for training or for evaluation, and what the phase freezes.
package struct BuildMode: Sendable {
  /// Dropout acts and batch norm may use batch statistics.
  package var isTraining: Bool
  /// Whether a parameter is trained, by its name; nothing is where the graph is for evaluation.
  package var isTrainable: @Sendable (String) -> Bool
  /// What batch-norm layers that hold frozen parameters do while training: true to use the running statistics.
  package var frozenBatchNormUsesRunningStatistics: Bool

  package init(
    isTraining: Bool, frozenBatchNormUsesRunningStatistics: Bool = true,
    isTrainable: @escaping @Sendable (String) -> Bool
  ) {
    self.isTraining = isTraining
    self.isTrainable = isTrainable
    self.frozenBatchNormUsesRunningStatistics = frozenBatchNormUsesRunningStatistics
  }

  /// Nothing is trained, running statistics are used.
  package static let evaluation = BuildMode(isTraining: false) { _ in false }
}

/// Builds a network's forward graph layer by layer, with the parameter names of the weight files.
package struct GraphBuilder {
  package private(set) var graph = Graph()
  package let mode: BuildMode
  private var dropouts: UInt32 = 0

  package init(_ mode: BuildMode) { self.mode = mode }

  package func shape(_ value: ValueID) -> Shape { graph[value].shape }

  package mutating func input(
    _ name: String, _ shape: Shape, element: Value.Element = .float32
  ) -> ValueID {
    graph.add(
      Value(name: name, shape: shape, role: .input, element: element, isTrainable: false))
  }

  /// A parameter with its full name, such as `layer1.0.conv1.weight`.
  package mutating func parameter(_ name: String, _ shape: Shape) -> ValueID {
    graph.add(
      Value(
        name: name, shape: shape, role: .parameter, element: .float32,
        isTrainable: mode.isTraining && mode.isTrainable(name)))
  }

  private mutating func state(_ name: String, _ shape: Shape) -> ValueID {
    graph.add(
      Value(name: name, shape: shape, role: .state, element: .float32, isTrainable: false))
  }

  package mutating func apply(
    _ operation: any Operation, _ inputs: [ValueID], name: String
  ) throws(ShapeError) -> ValueID {
    guard let result = try graph.append(operation, inputs, name: name)[0] else {
      preconditionFailure("a layer's first result is always made")
    }
    return result
  }

  /// `name.weight`, and `name.bias` where `bias`.
  package mutating func convolution(
    _ x: ValueID, _ name: String, channels: Int, kernel: Int, stride: Int = 1,
    padding: Padding = Padding(0), groups: Int = 1, bias: Bool = false
  ) throws(ShapeError) -> ValueID {
    let input = shape(x)
    let geometry = ConvolutionGeometry(
      kernel: kernel, stride: stride, padding: padding, groups: groups)
    var inputs = [
      x, parameter(name + ".weight", [channels, input[1] / groups, kernel, kernel]),
    ]
    if bias { inputs.append(parameter(name + ".bias", [channels])) }
    return try apply(Convolution(geometry, hasBias: bias), inputs, name: name)
  }

  /// `name.weight`, `name.bias`, `name.running_mean`, `name.running_var`.
  package mutating func batchNormalization(
    _ x: ValueID, _ name: String, epsilon: Float = 1e-5, momentum: Float = 0.1
  ) throws(ShapeError) -> ValueID {
    let channels: Shape = [shape(x)[1]]
    let scale = parameter(name + ".weight", channels)
    let shift = parameter(name + ".bias", channels)
    let isFrozen = !graph[scale].isTrainable || !graph[shift].isTrainable
    let usesBatch =
      mode.isTraining && !(isFrozen && mode.frozenBatchNormUsesRunningStatistics)
    return try apply(
      BatchNormalization(usesBatch ? .batch : .running, epsilon: epsilon, momentum: momentum),
      [
        x, scale, shift, state(name + ".running_mean", channels),
        state(name + ".running_var", channels),
      ], name: name)
  }

  /// `name.weight`, `name.bias`.
  package mutating func linear(
    _ x: ValueID, _ name: String, features: Int
  ) throws(ShapeError) -> ValueID {
    let weight = parameter(name + ".weight", [features, shape(x)[1]])
    let bias = parameter(name + ".bias", [features])
    return try apply(Linear(hasBias: true), [x, weight, bias], name: name)
  }

  package mutating func relu(_ x: ValueID, _ name: String) throws(ShapeError) -> ValueID {
    try apply(ActivationOperation(.relu), [x], name: name)
  }
  package mutating func relu6(_ x: ValueID, _ name: String) throws(ShapeError) -> ValueID {
    try apply(ActivationOperation(.relu6), [x], name: name)
  }
  package mutating func sum(
    _ a: ValueID, _ b: ValueID, _ name: String
  ) throws(ShapeError) -> ValueID {
    try apply(Addition(), [a, b], name: name)
  }
  package mutating func concatenation(
    _ parts: [ValueID], _ name: String
  ) throws(ShapeError) -> ValueID {
    try apply(Concatenation(), parts, name: name)
  }
  package mutating func maxPooling(
    _ x: ValueID, _ name: String, kernel: Int, stride: Int, padding: Int = 0,
    ceilMode: Bool = false
  ) throws(ShapeError) -> ValueID {
    try apply(
      MaxPooling(kernel: kernel, stride: stride, padding: padding, ceilMode: ceilMode), [x],
      name: name)
  }
  package mutating func globalAveragePooling(
    _ x: ValueID, _ name: String
  ) throws(ShapeError) -> ValueID {
    try apply(GlobalAveragePooling(), [x], name: name)
  }
  /// Nothing in evaluation graphs and where `probability` is 0.
  package mutating func dropout(
    _ x: ValueID, _ name: String, probability: Float
  ) throws(ShapeError) -> ValueID {
    guard mode.isTraining, probability > 0 else { return x }
    dropouts += 1
    return try apply(Dropout(probability: probability, stream: dropouts), [x], name: name)
  }

  /// Names a result, such as `logits`.
  package mutating func output(_ name: String, _ value: ValueID) { graph.outputs[name] = value }
}
