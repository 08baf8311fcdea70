import Tensors

/// Zeros added round a picture; TensorFlow's SAME padding may add more at the end.
package struct Padding: Sendable, Hashable {
  package var top, left, bottom, right: Int
  package init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }
  /// The same on all sides.
  package init(_ all: Int) { self.init(top: all, left: all, bottom: all, right: all) }

  /// TensorFlow's SAME: the output is `ceil(size / stride)`, the odd zero comes last (timm's `Conv2dSame`).
  package static func same(height: Int, width: Int, kernel: Int, stride: Int) -> Padding {
    func total(_ size: Int) -> Int {
      max(0, ((size + stride - 1) / stride - 1) * stride + kernel - size)
    }
    let (v, h) = (total(height), total(width))
    return Padding(top: v / 2, left: h / 2, bottom: v - v / 2, right: h - h / 2)
  }
}

/// What a convolution and its gradients share.
package struct ConvolutionGeometry: Sendable, Hashable {
  package var kernel: Int
  package var stride: Int
  package var padding: Padding
  package var groups: Int
  package init(kernel: Int, stride: Int, padding: Padding, groups: Int) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.groups = groups
  }
  package var attributes: String {
    let p = padding
    let sides =
      p == Padding(p.top) ? "\(p.top)" : "\(p.top),\(p.left),\(p.bottom),\(p.right)"
    return "\(kernel)x\(kernel) stride=\(stride) padding=\(sides)"
      + (groups == 1 ? "" : " groups=\(groups)")
  }
}

/// Two-dimensional cross-correlation, as torch's `conv2d`, with bias, sum and activation fused where given.
///
/// - Inputs: pictures `[N, C, H, W]`, weights `[O, C / groups, k, k]`, then bias `[O]` where `hasBias`, then a
///   summand of the result's shape where `hasResidual`.
/// - Result: `activation(conv + bias + residual)`, `[N, O, H', W']`.
package struct Convolution: Operation {
  package static let name = "convolution"
  package var geometry: ConvolutionGeometry
  package var hasBias: Bool
  package var hasResidual: Bool
  package var activation: Activation

  package init(
    _ geometry: ConvolutionGeometry, hasBias: Bool, hasResidual: Bool = false,
    activation: Activation = .none
  ) {
    self.geometry = geometry
    self.hasBias = hasBias
    self.hasResidual = hasResidual
    self.activation = activation
  }

  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    let (x, w) = (inputs[0], inputs[1])
    guard x.rank == 4, w.rank == 4 else {
      throw ShapeError("a convolution needs pictures [N, C, H, W], not \(x)")
    }
    guard x[1] == w[1] * geometry.groups, w[0] % geometry.groups == 0 else {
      throw ShapeError(
        "a convolution with weights \(w) in \(geometry.groups) groups cannot read \(x[1]) channels")
    }
    let p = geometry.padding
    let height = (x[2] + p.top + p.bottom - geometry.kernel)
    let width = (x[3] + p.left + p.right - geometry.kernel)
    guard height >= 0, width >= 0 else {
      throw ShapeError(
        "a \(geometry.kernel)x\(geometry.kernel) kernel is larger than the padded \(x[2])x\(x[3]) picture",
        help: "use larger pictures")
    }
    return [
      OperationResult([x[0], w[0], height / geometry.stride + 1, width / geometry.stride + 1])
    ]
  }

  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    2 * results[0].shape.count * inputs[1][1] * geometry.kernel * geometry.kernel
  }

  package var attributes: String {
    geometry.attributes + (hasBias ? " bias" : "") + (hasResidual ? " residual" : "")
      + (activation == .none ? "" : " \(activation)")
  }

  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), let output = node.outputs[0] else {
      return node.inputs.map { _ in nil }
    }
    // The activation first: it needs only the result. The sum passes the gradient on as it is.
    let inner = try context.activationGradient(activation, of: incoming, result: output, node.name)
    var gradients = [ValueID?](repeating: nil, count: node.inputs.count)
    let (x, w) = (node.inputs[0], node.inputs[1])
    let biasIndex = hasBias ? 2 : nil
    let wantsBias = biasIndex.map { context.isWanted(node.inputs[$0]) } ?? false
    if context.isWanted(w) || wantsBias {
      let made = try context.append(
        ConvolutionWeightGradient(geometry, weightShape: context.shape(w), hasBias: wantsBias),
        [x, inner], name: node.name + ".grad_weights", needed: [context.isWanted(w), wantsBias])
      gradients[1] = made[0]
      if let biasIndex { gradients[biasIndex] = made[1] }
    }
    if context.isWanted(x) {
      gradients[0] = try context.append(
        ConvolutionInputGradient(geometry, inputShape: context.shape(x)), [w, inner],
        name: node.name + ".grad_input")[0]
    }
    if hasResidual, let residual = node.inputs.last, context.isWanted(residual) {
      gradients[node.inputs.count - 1] = inner
    }
    return gradients
  }
}

/// The gradient of a convolution with respect to its input.
///
/// - Inputs: weights `[O, C / groups, k, k]`, the result's gradient `[N, O, H', W']`.
/// - Result: `[N, C, H, W]`.
package struct ConvolutionInputGradient: Operation {
  package static let name = "convolution_grad_input"
  package var geometry: ConvolutionGeometry
  package var inputShape: Shape
  package init(_ geometry: ConvolutionGeometry, inputShape: Shape) {
    self.geometry = geometry
    self.inputShape = inputShape
  }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputShape)]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    2 * inputs[1].count * inputs[0][1] * geometry.kernel * geometry.kernel
  }
  package var attributes: String { geometry.attributes }
}

/// The gradient of a convolution with respect to its weights, and its bias where `hasBias`.
///
/// - Inputs: pictures `[N, C, H, W]`, the result's gradient `[N, O, H', W']`.
/// - Results: `[O, C / groups, k, k]`, `[O]`.
package struct ConvolutionWeightGradient: Operation {
  package static let name = "convolution_grad_weights"
  package var geometry: ConvolutionGeometry
  package var weightShape: Shape
  package var hasBias: Bool
  package init(_ geometry: ConvolutionGeometry, weightShape: Shape, hasBias: Bool) {
    self.geometry = geometry
    self.weightShape = weightShape
    self.hasBias = hasBias
  }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(weightShape), OperationResult([weightShape[0]], suffix: "bias")]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    2 * inputs[1].count * weightShape[1] * geometry.kernel * geometry.kernel
  }
  package var attributes: String { geometry.attributes + (hasBias ? " bias" : "") }
}
