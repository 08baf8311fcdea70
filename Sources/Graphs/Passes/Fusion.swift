import Tensors

/// Operations that can add a second tensor to their result and apply an activation to the sum.
private protocol TakesEpilogue: Operation {
  var activation: Activation { get set }
  var hasResidual: Bool { get set }
}
extension Convolution: TakesEpilogue {}
extension BatchNormalization: TakesEpilogue {}

extension Graph {
  /// Moves sums and activations into the operation that makes their input, where nobody else reads it.
  ///
  /// The fused node stands where the sum or activation stood: all that it reads has been made by then.
  package func fusingPointWise() throws(ShapeError) -> Graph {
    var graph = self
    var index = 0
    while index < graph.nodes.count {
      if let removed = graph.fuse(at: index) {
        graph.nodes.remove(at: removed)
        index -= 1
      }
      index += 1
    }
    return graph
  }

  /// Fuses the producer of the node's input into the node's place; the index of the node that is gone.
  private mutating func fuse(at index: Int) -> Int? {
    let node = nodes[index]
    let producers = producers()
    let uses = useCounts()

    func producer(of value: ValueID) -> Int? {
      guard uses[value.index] == 1, let producer = producers[value.index],
        nodes[producer].outputs[0] == value
      else { return nil }
      return producer
    }

    switch node.operation {
    case let activation as ActivationOperation:
      guard let source = producer(of: node.inputs[0]) else { return nil }
      var fused = nodes[source]
      if var operation = fused.operation as? any TakesEpilogue, operation.activation == .none {
        operation.activation = activation.activation
        fused.operation = operation
      } else if var sum = fused.operation as? Addition, sum.activation == .none {
        sum.activation = activation.activation
        fused.operation = sum
      } else {
        return nil
      }
      fused.outputs[0] = node.outputs[0]
      nodes[index] = fused
      return source
    case let sum as Addition:
      guard node.inputs[0] != node.inputs[1] else { return nil }
      for (position, input) in node.inputs.enumerated() {
        guard let source = producer(of: input),
          var operation = nodes[source].operation as? any TakesEpilogue,
          operation.activation == .none, !operation.hasResidual
        else { continue }
        var fused = nodes[source]
        operation.hasResidual = true
        operation.activation = sum.activation
        fused.operation = operation
        fused.inputs.append(node.inputs[1 - position])
        fused.outputs[0] = node.outputs[0]
        nodes[index] = fused
        return source
      }
      return nil
    default:
      return nil
    }
  }
}
