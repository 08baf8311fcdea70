import Tensors

/// One tensor of a network's state, as torch's `state_dict` lists it.
package struct TensorSpec: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable {
    case parameter
    case runningMean
    case runningVariance
    /// How many batches moved the running statistics: a 64-bit integer that nothing computes with.
    case batchesTracked
  }

  /// The full name, such as `layer1.0.conv1.weight`.
  package let name: String
  /// Of rank 0 for counters.
  package let shape: Shape
  package let kind: Kind
  /// The name without its last part: `layer1.0.conv1`.
  package let layer: String
  package let isHead: Bool

  package init(name: String, shape: Shape, kind: Kind, layer: String, isHead: Bool) {
    self.name = name
    self.shape = shape
    self.kind = kind
    self.layer = layer
    self.isHead = isHead
  }

  /// Whether its values are float32: all but counters.
  package var isFloat: Bool { kind != .batchesTracked }
}
