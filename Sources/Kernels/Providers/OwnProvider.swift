import CKernels
import Graphs
import Tensors

/// Our own C kernels: everything but convolutions, over torch's layout and over blocked ones.
struct OwnProvider: Provider {
  func sharedInput(of node: Node, in graph: Graph) -> Int? { Self.sharedInput(of: node) }

  /// Kernels that read each element before they write it may write over what they read.
  static func sharedInput(of node: Node) -> Int? {
    switch node.operation {
    case is ActivationOperation, is ActivationGradient, is Addition, is Dropout,
      is BatchNormalizationGradient:
      0
    case let operation as Convolution where operation.hasResidual: node.inputs.count - 1
    default: nil
    }
  }

  func kernel(for request: NodeRequest) -> (any Kernel)? {
    let node = request.node
    switch node.operation {
    case let operation as BatchNormalization: return batchNormalization(operation, request)
    case let operation as BatchNormalizationGradient: return normGradient(operation, request)
    case let operation as MaxPooling: return maxPooling(operation, request)
    case let operation as MaxPoolingGradient: return maxPoolingGradient(operation, request)
    case is GlobalAveragePooling: return averagePooling(request)
    case is GlobalAveragePoolingGradient: return averagePoolingGradient(request)
    case is Linear, is LinearInputGradient, is LinearWeightGradient: return linear(request)
    case let operation as CrossEntropy: return crossEntropy(operation, request)
    case let operation as FoldedWeights: return foldedWeights(operation, request)
    default: return pointWise(request)
    }
  }

  // MARK: Batch norm

  private func batchNormalization(
    _ operation: BatchNormalization, _ request: NodeRequest
  ) -> (any Kernel)? {
    let node = request.node
    guard let layout = request.common([node.inputs[0], node.outputs[0]]),
      !operation.hasResidual || request.inputLayout(5) == layout
    else { return nil }
    let pictures = xr_pictures(request.shape(0), layout)
    let (inputs, outputs) = (node.inputs, node.outputs)
    let activation = operation.activation.code
    return ClosureKernel("xr:batch_normalization") { context in
      withUnsafePointer(to: pictures) { pictures in
        let residual = operation.hasResidual ? UnsafePointer(context.floats(inputs[5])) : nil
        if operation.statistics == .batch {
          xr_bn_batch(
            pictures, context.floats(inputs[0]), context.floats(outputs[0]), residual,
            context.floats(inputs[1]), context.floats(inputs[2]), context.floats(inputs[3]),
            context.floats(inputs[4]), context.floats(outputs[1]), context.floats(outputs[2]),
            operation.epsilon, operation.momentum, activation)
        } else if let y = context.floats(outputs[0]) {
          xr_bn_running(
            pictures, context.floats(inputs[0]), y, residual, context.floats(inputs[1]),
            context.floats(inputs[2]), context.floats(inputs[3]), context.floats(inputs[4]),
            operation.epsilon, activation)
        }
      }
    }
  }

  private func normGradient(
    _ operation: BatchNormalizationGradient, _ request: NodeRequest
  ) -> (any Kernel)? {
    let (inputs, outputs) = (request.node.inputs, request.node.outputs)
    guard let layout = request.common([inputs[0], inputs[1], inputs[2], outputs[0], outputs[3]])
    else { return nil }
    let pictures = xr_pictures(request.shape(1), layout)
    return ClosureKernel("xr:batch_normalization_grad") { context in
      withUnsafePointer(to: pictures) { pictures in
        xr_bn_gradient(
          pictures, context.floats(inputs[0]), context.floats(inputs[1]),
          context.floats(inputs[2]), context.floats(inputs[3]), context.floats(inputs[4]),
          context.floats(inputs[5]), operation.statistics == .running ? 1 : 0, operation.epsilon,
          operation.activation.code, context.floats(outputs[0]), context.floats(outputs[1]),
          context.floats(outputs[2]), context.floats(outputs[3]))
      }
    }
  }

  private func foldedWeights(
    _ operation: FoldedWeights, _ request: NodeRequest
  ) -> (any Kernel)? {
    guard request.isPlain, let output = request.node.outputs[0] else { return nil }
    let (inputs, shape) = (request.node.inputs, request.shape(0))
    return ClosureKernel("xr:folded_weights") { context in
      xr_fold_weights(
        context.floats(inputs[0]), context.floats(inputs[1]), context.floats(inputs[2]),
        context.floats(output), shape[0], shape.count / shape[0], operation.epsilon)
    }
  }

  // MARK: Pooling

  private func maxPooling(_ p: MaxPooling, _ request: NodeRequest) -> (any Kernel)? {
    guard let output = request.node.outputs[0],
      let layout = request.common([request.node.inputs[0], output])
    else { return nil }
    let (input, result) = (request.node.inputs[0], request.graph[output].shape)
    let pictures = xr_pictures(request.shape(0), layout)
    return ClosureKernel("xr:max_pooling") { context in
      withUnsafePointer(to: pictures) { pictures in
        xr_max_pool(
          pictures, context.floats(input), context.floats(output), result[2], result[3], p.kernel,
          p.stride, p.padding)
      }
    }
  }

  private func maxPoolingGradient(
    _ operation: MaxPoolingGradient, _ request: NodeRequest
  ) -> (any Kernel)? {
    let (inputs, p) = (request.node.inputs, operation.pooling)
    guard let output = request.node.outputs[0],
      let layout = request.common([inputs[0], inputs[1], output])
    else { return nil }
    let pooled = request.shape(0)
    let pictures = xr_pictures(request.shape(1), layout)
    return ClosureKernel("xr:max_pooling_grad") { context in
      withUnsafePointer(to: pictures) { pictures in
        xr_max_pool_gradient(
          pictures, context.floats(inputs[1]), context.floats(inputs[0]), context.floats(output),
          pooled[2], pooled[3], p.kernel, p.stride, p.padding)
      }
    }
  }

  private func averagePooling(_ request: NodeRequest) -> (any Kernel)? {
    guard let output = request.node.outputs[0] else { return nil }
    let input = request.node.inputs[0]
    let pictures = xr_pictures(request.shape(0), request.inputLayout(0))
    return ClosureKernel("xr:global_average_pooling") { context in
      withUnsafePointer(to: pictures) { pictures in
        xr_average_pool(pictures, context.floats(input), context.floats(output))
      }
    }
  }

  private func averagePoolingGradient(_ request: NodeRequest) -> (any Kernel)? {
    guard let output = request.node.outputs[0] else { return nil }
    let input = request.node.inputs[0]
    let pictures = xr_pictures(request.graph[output].shape, request.outputLayout())
    return ClosureKernel("xr:global_average_pooling_grad") { context in
      withUnsafePointer(to: pictures) { pictures in
        xr_average_pool_gradient(pictures, context.floats(input), context.floats(output))
      }
    }
  }

  // MARK: Products and loss

  private func linear(_ request: NodeRequest) -> (any Kernel)? {
    guard request.isPlain else { return nil }
    let (inputs, outputs) = (request.node.inputs, request.node.outputs)
    let (one, other) = (request.shape(0), request.shape(1))
    switch request.node.operation {
    case let operation as Linear:
      guard let y = outputs[0] else { return nil }
      let (rows, channels, results) = (one[0], one[1], other[0])
      return ClosureKernel("xr:gemm") { context in
        xr_gemm(
          rows, results, channels, context.floats(inputs[0]), channels, 1,
          context.floats(inputs[1]), 1, channels, context.floats(y), results,
          operation.hasBias ? UnsafePointer(context.floats(inputs[2])) : nil, 0)
      }
    case is LinearInputGradient:
      guard let dx = outputs[0] else { return nil }
      let (rows, channels, results) = (other[0], one[1], one[0])
      return ClosureKernel("xr:gemm") { context in
        xr_gemm(
          rows, channels, results, context.floats(inputs[1]), results, 1,
          context.floats(inputs[0]), channels, 1, context.floats(dx), channels, nil, 0)
      }
    default:
      let (rows, channels, results) = (one[0], one[1], other[1])
      return ClosureKernel("xr:gemm") { context in
        let dy = context.floats(inputs[1])
        if let dw = context.floats(outputs[0]) {
          xr_gemm(
            results, channels, rows, dy, 1, results, context.floats(inputs[0]), channels, 1, dw,
            channels, nil, 0)
        }
        if let db = context.floats(outputs[1]) {
          for k in 0..<results {
            var sum = 0.0
            for n in 0..<rows { sum += Double(dy[n * results + k]) }
            db[k] = Float(sum)
          }
        }
      }
    }
  }

  private func crossEntropy(_ operation: CrossEntropy, _ request: NodeRequest) -> (any Kernel)? {
    guard request.isPlain else { return nil }
    let (inputs, outputs, shape) = (request.node.inputs, request.node.outputs, request.shape(0))
    return ClosureKernel("xr:cross_entropy") { context in
      let labels = context.integers(inputs[1])
      for n in 0..<shape[0] {
        precondition(
          labels[n] >= 0 && labels[n] < shape[1], "labels are below the number of classes")
      }
      xr_cross_entropy(
        context.floats(inputs[0]), labels, context.floats(outputs[0]), context.floats(outputs[1]),
        shape[0], shape[1], operation.labelSmoothing)
    }
  }

  // MARK: Point-wise

  private func pointWise(_ request: NodeRequest) -> (any Kernel)? {
    let (graph, inputs) = (request.graph, request.node.inputs)
    guard let output = request.node.outputs[0],
      let layout = request.common(inputs + [output])
    else { return nil }
    let shape = request.shape(0)
    let count = layout.count(shape)
    switch request.node.operation {
    case let operation as ActivationOperation:
      return ClosureKernel("xr:activation") { context in
        xr_activate(
          context.floats(inputs[0]), context.floats(output), count, operation.activation.code)
      }
    case let operation as ActivationGradient:
      return ClosureKernel("xr:activation_grad") { context in
        xr_activation_gradient(
          context.floats(inputs[0]), context.floats(inputs[1]), context.floats(output), count,
          operation.activation.code)
      }
    case let operation as Addition:
      return ClosureKernel("xr:addition") { context in
        xr_add(
          context.floats(inputs[0]), context.floats(inputs[1]), context.floats(output), count,
          operation.activation.code)
      }
    case is Concatenation:
      let parts = inputs.map { xr_pictures(graph[$0].shape, layout) }
      let whole = xr_pictures(graph[output].shape, layout)
      return ClosureKernel("xr:concatenation") { context in
        var first = 0
        for (input, part) in zip(inputs, parts) {
          withUnsafePointer(to: part) { part in
            withUnsafePointer(to: whole) { whole in
              xr_copy_channels(
                part, context.floats(input), 0, whole, context.floats(output), first,
                part.pointee.c)
            }
          }
          first += part.c
        }
      }
    case let operation as ChannelSlice:
      let whole = xr_pictures(shape, layout)
      let part = xr_pictures(graph[output].shape, layout)
      return ClosureKernel("xr:channel_slice") { context in
        withUnsafePointer(to: part) { part in
          withUnsafePointer(to: whole) { whole in
            xr_copy_channels(
              whole, context.floats(inputs[0]), operation.first, part, context.floats(output), 0,
              operation.count)
          }
        }
      }
    case let operation as Dropout:
      // Any rank counts as one row of channels where the layout is plain.
      let pictures =
        layout == .plain
        ? xr_pictures(n: shape[0], c: 1, h: 1, w: shape.count / max(1, shape[0]), block: 1)
        : xr_pictures(shape, layout)
      let factor = Float(1 / (1 - Double(operation.probability)))
      return ClosureKernel("xr:dropout") { context in
        let state = context.randomKey.stream(operation.stream).philoxState
        var key = state.key
        var tail = state.tail
        withUnsafeBytes(of: &key) { key in
          withUnsafeBytes(of: &tail) { tail in
            withUnsafePointer(to: pictures) { pictures in
              xr_dropout(
                pictures, context.floats(inputs[0]), context.floats(output),
                key.baseAddress?.assumingMemoryBound(to: UInt32.self),
                tail.baseAddress?.assumingMemoryBound(to: UInt32.self), operation.threshold,
                factor)
            }
          }
        }
      }
    default:
      return nil
    }
  }
}

extension xr_pictures {
  init(_ shape: Shape, _ layout: Layout) {
    let block: Int
    switch layout {
    case .plain: block = 1
    case .blocked(let size): block = size
    }
    self.init(n: shape[0], c: shape[1], h: shape[2], w: shape[3], block: block)
  }
}

extension Activation {
  /// As the C kernels number them.
  var code: Int32 {
    switch self {
    case .none: 0
    case .relu: 1
    case .relu6: 2
    }
  }
}

extension NodeRequest {
  /// The layout that all of the values have, where they have one.
  func common(_ values: [ValueID?]) -> Layout? {
    let layouts = Set(values.compactMap { $0 }.map { self.layout($0) })
    return layouts.count == 1 ? layouts.first : nil
  }
}
