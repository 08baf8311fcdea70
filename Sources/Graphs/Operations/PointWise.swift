import Tensors

/// An activation that stands alone.
///
/// - Inputs: any shape. Result: the same shape.
package struct ActivationOperation: Operation {
  package static let name = "activation"
  package var activation: Activation
  package init(_ activation: Activation) { self.activation = activation }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputs[0])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { inputs[0].count }
  package var attributes: String { activation.rawValue }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), let output = node.outputs[0] else {
      return [nil]
    }
    return [try context.activationGradient(activation, of: incoming, result: output, node.name)]
  }
}

/// The gradient behind an activation: the incoming one where the result lies inside the linear part, else zero.
///
/// - Inputs: the result's gradient, the result. Result: the same shape.
package struct ActivationGradient: Operation {
  package static let name = "activation_grad"
  package var activation: Activation
  package init(_ activation: Activation) { self.activation = activation }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputs[0])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { inputs[0].count }
  package var attributes: String { activation.rawValue }
}

/// The sum of two tensors of one shape, with an activation fused where given.
package struct Addition: Operation {
  package static let name = "addition"
  package var activation: Activation
  package init(activation: Activation = .none) { self.activation = activation }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    guard inputs[0] == inputs[1] else {
      throw ShapeError("a sum needs two tensors of one shape, not \(inputs[0]) and \(inputs[1])")
    }
    return [OperationResult(inputs[0])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { inputs[0].count }
  package var attributes: String { activation == .none ? "" : activation.rawValue }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), let output = node.outputs[0] else {
      return [nil, nil]
    }
    let inner = try context.activationGradient(activation, of: incoming, result: output, node.name)
    return node.inputs.map { context.isWanted($0) ? inner : nil }
  }
}

/// Channels of several tensors, one after the other.
///
/// - Inputs: `[N, C_i, H, W]`. Result: `[N, sum of C_i, H, W]`.
package struct Concatenation: Operation {
  package static let name = "concatenation"
  package init() {}
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    var shape = inputs[0]
    shape[1] = 0
    for input in inputs {
      guard input.rank == 4, input[0] == shape[0], input[2] == shape[2], input[3] == shape[3] else {
        throw ShapeError("channels can be joined only over equal pictures, not \(inputs)")
      }
      shape[1] += input[1]
    }
    return [OperationResult(shape)]
  }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]) else {
      return node.inputs.map { _ in nil }
    }
    var gradients: [ValueID?] = []
    var first = 0
    for input in node.inputs {
      let channels = context.shape(input)[1]
      gradients.append(
        context.isWanted(input)
          ? try context.append(
            ChannelSlice(first: first, count: channels), [incoming], name: node.name + ".grad")[0]
          : nil)
      first += channels
    }
    return gradients
  }
}

/// A run of channels: the gradient of a concatenation.
///
/// - Input: `[N, C, H, W]`. Result: `[N, count, H, W]`.
package struct ChannelSlice: Operation {
  package static let name = "channel_slice"
  package var first: Int
  package var count: Int
  package init(first: Int, count: Int) {
    self.first = first
    self.count = count
  }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    var shape = inputs[0]
    shape[1] = count
    return [OperationResult(shape)]
  }
  package var attributes: String { "\(first)..<\(first + count)" }
}

/// Zeroes elements at random and scales the others by `1 / (1 - p)`, as torch's `Dropout`; only in training graphs.
///
/// - Input: any shape. Result: the same shape.
/// - Draws: element i of the step is kept where the i-th draw of the node's stream is at least `p`.
/// - Source: Srivastava et al. 2014, section 4.
package struct Dropout: Operation {
  package static let name = "dropout"
  package var probability: Float
  /// Tells the streams of several dropout nodes apart.
  package var stream: UInt32
  package init(probability: Float, stream: UInt32) {
    self.probability = probability
    self.stream = stream
  }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputs[0])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { inputs[0].count }
  package var attributes: String { "p=\(probability)" }
  /// The gradient is dropout with the same draws.
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), context.isWanted(node.inputs[0])
    else { return [nil] }
    return [try context.append(self, [incoming], name: node.name + ".grad")[0]]
  }
}
