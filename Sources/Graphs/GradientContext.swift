import Tensors

/// What gradient rules work with: the graph so far, the gradients that have arrived, and what is wanted.
package struct GradientContext {
  package private(set) var graph: Graph
  /// Which values need a gradient: trainable parameters and all that depends on one.
  private let wanted: [Bool]
  private var gradients: [ValueID: ValueID] = [:]

  init(_ graph: Graph, wanted: [Bool]) {
    self.graph = graph
    self.wanted = wanted
  }

  package func shape(_ value: ValueID) -> Shape { graph[value].shape }

  package func isWanted(_ value: ValueID) -> Bool {
    value.index < wanted.count && wanted[value.index]
  }

  /// The gradient that has arrived at a value; nil where none has.
  package func gradient(of value: ValueID?) -> ValueID? { value.flatMap { gradients[$0] } }

  package mutating func append(
    _ operation: any Operation, _ inputs: [ValueID], name: String, needed: [Bool]? = nil
  ) throws(ShapeError) -> [ValueID?] {
    try graph.append(operation, inputs, name: name, needed: needed)
  }

  /// The gradient before an activation that was fused into `node`; the same value where there is none.
  package mutating func activationGradient(
    _ activation: Activation, of incoming: ValueID, result: ValueID, _ name: String
  ) throws(ShapeError) -> ValueID {
    guard activation != .none else { return incoming }
    guard
      let made = try append(
        ActivationGradient(activation), [incoming, result], name: name + ".grad_activation")[0]
    else { preconditionFailure("the only result is needed") }
    return made
  }

  /// Adds a gradient to what has arrived at a value before.
  mutating func accumulate(_ gradient: ValueID, for value: ValueID) throws(ShapeError) {
    guard let before = gradients[value] else {
      gradients[value] = gradient
      return
    }
    gradients[value] = try append(
      Addition(), [before, gradient], name: graph[value].name + ".grad_sum")[0]
  }

  mutating func name(_ output: String, _ value: ValueID) { graph.outputs[output] = value }
}
