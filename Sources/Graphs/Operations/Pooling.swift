import Tensors

/// The greatest value of each window, as torch's `MaxPool2d`.
///
/// - Input: `[N, C, H, W]`. Result: `[N, C, H', W']`; with `ceilMode` the last window may hang over the edge, but
///   starts inside the picture or its left padding.
package struct MaxPooling: Operation {
  package static let name = "max_pooling"
  package var kernel: Int
  package var stride: Int
  package var padding: Int
  package var ceilMode: Bool

  package init(kernel: Int, stride: Int, padding: Int = 0, ceilMode: Bool = false) {
    self.kernel = kernel
    self.stride = stride
    self.padding = padding
    self.ceilMode = ceilMode
  }

  private func pooled(_ size: Int) -> Int {
    // With `ceilMode` even a picture smaller than the window gives one result, as in torch.
    let span = size + 2 * padding - kernel + (ceilMode ? stride - 1 : 0)
    guard span >= 0 else { return 0 }
    var count = span / stride + 1
    if ceilMode, (count - 1) * stride >= size + padding { count -= 1 }
    return count
  }

  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    let x = inputs[0]
    guard x.rank == 4 else { throw ShapeError("max pooling needs [N, C, H, W], not \(x)") }
    let (height, width) = (pooled(x[2]), pooled(x[3]))
    guard height > 0, width > 0 else {
      throw ShapeError(
        "a \(kernel)x\(kernel) window is larger than the \(x[2])x\(x[3]) picture that is left",
        help: "use larger pictures")
    }
    return [OperationResult([x[0], x[1], height, width])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    results[0].shape.count * kernel * kernel
  }
  package var attributes: String {
    "\(kernel)x\(kernel) stride=\(stride) padding=\(padding)" + (ceilMode ? " ceil" : "")
  }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), context.isWanted(node.inputs[0])
    else { return [nil] }
    return [
      try context.append(
        MaxPoolingGradient(self), [incoming, node.inputs[0]], name: node.name + ".grad")[0]
    ]
  }
}

/// Each gradient to the place of its window's maximum, the first one in reading order where several are equal.
///
/// - Inputs: the result's gradient `[N, C, H', W']`, the input `[N, C, H, W]`. Result: `[N, C, H, W]`.
package struct MaxPoolingGradient: Operation {
  package static let name = "max_pooling_grad"
  package var pooling: MaxPooling
  package init(_ pooling: MaxPooling) { self.pooling = pooling }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputs[1])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int {
    inputs[0].count * pooling.kernel * pooling.kernel
  }
  package var attributes: String { pooling.attributes }
}

/// The mean of each channel: torch's `AdaptiveAvgPool2d(1)` and `flatten` in one.
///
/// - Input: `[N, C, H, W]`. Result: `[N, C]`.
package struct GlobalAveragePooling: Operation {
  package static let name = "global_average_pooling"
  package init() {}
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    let x = inputs[0]
    guard x.rank == 4 else { throw ShapeError("average pooling needs [N, C, H, W], not \(x)") }
    return [OperationResult([x[0], x[1]])]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { inputs[0].count }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    guard let incoming = context.gradient(of: node.outputs[0]), context.isWanted(node.inputs[0])
    else { return [nil] }
    return [
      try context.append(
        GlobalAveragePoolingGradient(inputShape: context.shape(node.inputs[0])), [incoming],
        name: node.name + ".grad")[0]
    ]
  }
}

/// Each channel's gradient spread evenly over its picture.
///
/// - Input: `[N, C]`. Result: `[N, C, H, W]`.
package struct GlobalAveragePoolingGradient: Operation {
  package static let name = "global_average_pooling_grad"
  package var inputShape: Shape
  package init(inputShape: Shape) { self.inputShape = inputShape }
  package func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult] {
    [OperationResult(inputShape)]
  }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { inputShape.count }
}
