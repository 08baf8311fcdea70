import Tensors

/// A value's place in a graph.
package struct ValueID: Hashable, Sendable, Comparable {
  package let index: Int
  package init(_ index: Int) { self.index = index }
  package static func < (left: ValueID, right: ValueID) -> Bool { left.index < right.index }
}

/// What flows between nodes: its shape, its kind of element and its part in training.
package struct Value: Sendable {
  package enum Role: String, Sendable {
    /// Given for each run: pictures or labels.
    case input
    /// Weights with a name of the model's state.
    case parameter
    /// Running statistics of batch norm: read, and written by nodes that update them.
    case state
    /// Computed by a node.
    case intermediate
  }
  package enum Element: String, Sendable {
    case float32
    case int32
  }

  /// For parameters and states the name in the weight file; else the producing node's name.
  package var name: String
  package var shape: Shape
  package var role: Role
  package var element: Element
  /// Where the value was frozen by the phase: for parameters only.
  package var isTrainable: Bool

  package init(name: String, shape: Shape, role: Role, element: Element, isTrainable: Bool) {
    self.name = name
    self.shape = shape
    self.role = role
    self.element = element
    self.isTrainable = isTrainable
  }
}

/// One operation at one place: what it reads and what it makes.
package struct Node: Sendable {
  /// The module's path in the model and what is done there, such as `layer1.0.conv1`.
  package var name: String
  package var operation: any Operation
  package var inputs: [ValueID]
  /// One place for each result of the operation; nil where nobody needs it.
  package var outputs: [ValueID?]
}

/// A static graph: nodes in an order in which each reads only what was made before.
package struct Graph: Sendable {
  package private(set) var values: [Value] = []
  package var nodes: [Node] = []
  /// What is read after a run, by name: `logits`, `loss`, `gradient/<parameter>`.
  package var outputs: [String: ValueID] = [:]

  package init() {}

  package subscript(id: ValueID) -> Value {
    get { values[id.index] }
    set { values[id.index] = newValue }
  }

  /// A new value that no node makes yet.
  package mutating func add(_ value: Value) -> ValueID {
    values.append(value)
    return ValueID(values.count - 1)
  }

  /// Appends a node; its results get the shapes that the operation states.
  ///
  /// - Parameter needed: which results are wanted; all by default.
  /// - Throws: `ShapeError` where the operation refuses its inputs.
  package mutating func append(
    _ operation: any Operation, _ inputs: [ValueID], name: String, needed: [Bool]? = nil
  ) throws(ShapeError) -> [ValueID?] {
    let results: [OperationResult]
    do {
      results = try operation.results(for: inputs.map { self[$0].shape })
    } catch {
      throw error.located(at: name)
    }
    var outputs: [ValueID?] = []
    for (index, result) in results.enumerated() {
      guard needed?[index] ?? true else {
        outputs.append(nil)
        continue
      }
      outputs.append(
        add(
          Value(
            name: result.suffix.isEmpty ? name : name + "." + result.suffix, shape: result.shape,
            role: .intermediate, element: result.element, isTrainable: false)))
    }
    nodes.append(Node(name: name, operation: operation, inputs: inputs, outputs: outputs))
    return outputs
  }

  /// The parameters, in the order in which they were added.
  package var parameters: [ValueID] { ids(of: .parameter) }
  /// The running statistics, in the order in which they were added.
  package var states: [ValueID] { ids(of: .state) }
  /// The inputs, in the order in which they were added.
  package var inputs: [ValueID] { ids(of: .input) }

  private func ids(of role: Value.Role) -> [ValueID] {
    values.indices.filter { values[$0].role == role }.map(ValueID.init)
  }

  package func id(named name: String, role: Value.Role) -> ValueID? {
    values.firstIndex { $0.role == role && $0.name == name }.map(ValueID.init)
  }

  /// The node that makes each value; nil for inputs, parameters and states.
  package func producers() -> [Int?] {
    var producers = [Int?](repeating: nil, count: values.count)
    for (index, node) in nodes.enumerated() {
      for output in node.outputs { if let output { producers[output.index] = index } }
    }
    return producers
  }

  /// How many nodes and outputs read each value.
  package func useCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: values.count)
    for node in nodes { for input in node.inputs { counts[input.index] += 1 } }
    for output in outputs.values { counts[output.index] += 1 }
    return counts
  }
}
