import Graphs
import Tensors

/// Runs a graph with the reference in double: for tests of gradients, never for training.
package enum ReferenceInterpreter {
  /// The outputs by name; states in `values` are updated as batch norm says.
  package static func run(
    _ graph: Graph, values: inout [String: [Double]], labels: [Int32] = [],
    randomKey: RandomKey = RandomKey(seed: 0)
  ) -> [String: [Double]] {
    var memory = graph.values.map { value in
      value.role == .intermediate || value.element == .int32
        ? [Double](repeating: 0, count: value.shape.count) : values[value.name] ?? []
    }
    for node in graph.nodes {
      let touched = Set(node.inputs + node.outputs.compactMap { $0 })
      var pointers: [ValueID: UnsafeMutablePointer<Double>] = [:]
      for value in touched {
        let count = graph[value].shape.count
        precondition(memory[value.index].count == count, "'\(graph[value].name)' has its shape")
        let pointer = UnsafeMutablePointer<Double>.allocate(capacity: max(1, count))
        pointer.initialize(from: memory[value.index], count: count)
        pointers[value] = pointer
      }
      labels.withUnsafeBufferPointer { labels in
        Reference<Double>.execute(
          node, in: graph,
          ReferenceOperands(
            inputs: node.inputs.map { pointers[$0] },
            outputs: node.outputs.map { $0.flatMap { pointers[$0] } }, labels: labels.baseAddress),
          randomKey)
      }
      for (value, pointer) in pointers {
        memory[value.index] = Array(
          UnsafeBufferPointer(start: pointer, count: graph[value].shape.count))
        pointer.deallocate()
      }
    }
    for state in graph.states { values[graph[state].name] = memory[state.index] }
    return graph.outputs.mapValues { memory[$0.index] }
  }
}
