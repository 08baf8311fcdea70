import Tensors

/// One result of an operation: its shape, and what it is called after the node's name.
package struct OperationResult: Sendable {
  package let shape: Shape
  package let element: Value.Element
  package let suffix: String

  package init(_ shape: Shape, element: Value.Element = .float32, suffix: String = "") {
    self.shape = shape
    self.element = element
    self.suffix = suffix
  }
}

/// What a node computes. One file each: what it does, what shape it gives, what it costs, its gradient.
///
/// Operations say what is computed, never how: kernels are chosen by providers in the target `Kernels`.
package protocol Operation: Sendable {
  /// The name that the printer shows, such as `convolution`.
  static var name: String { get }

  /// The shapes of all results for the shapes of the inputs.
  func results(for inputs: [Shape]) throws(ShapeError) -> [OperationResult]

  /// Multiplications and additions, each counted as one, for one run.
  func flops(inputs: [Shape], results: [OperationResult]) -> Int

  /// Indices of inputs that a run overwrites: running statistics. Such nodes are never pruned.
  var updatedInputs: [Int] { get }

  /// Attributes for the printer: `stride=2 padding=1`.
  var attributes: String { get }

  /// Adds the nodes that give the gradients of the wanted inputs from those of the results.
  ///
  /// - Returns: one place for each input; nil where it is not wanted or has no gradient.
  func gradient(of node: Node, in context: inout GradientContext) throws(ShapeError) -> [ValueID?]
}

extension Operation {
  package var updatedInputs: [Int] { [] }
  package var attributes: String { "" }
  package func flops(inputs: [Shape], results: [OperationResult]) -> Int { 0 }
  package func gradient(
    of node: Node, in context: inout GradientContext
  ) throws(ShapeError) -> [ValueID?] {
    preconditionFailure("'\(Self.name)' belongs to the backward pass and has no gradient")
  }
}

/// Shapes that do not fit an operation: for people, with what to do.
package struct ShapeError: Error, Sendable, CustomStringConvertible {
  /// The rule and the value found, one phrase.
  package let message: String
  package let help: String?
  /// The node's name, where it is known.
  package private(set) var place: String?

  package init(_ message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }

  package func located(at place: String) -> ShapeError {
    var error = self
    if error.place == nil { error.place = place }
    return error
  }

  package var description: String { place.map { "\(message) (at '\($0)')" } ?? message }
}

/// A point-wise function that other operations can apply to their result.
package enum Activation: String, Sendable, Hashable {
  case none
  /// max(x, 0)
  case relu
  /// min(max(x, 0), 6)
  case relu6
}
