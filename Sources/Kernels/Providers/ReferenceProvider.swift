import Graphs
import Tensors

/// The reference for every operation, over plain layouts.
struct ReferenceProvider: Provider {
  func kernel(for request: NodeRequest) -> (any Kernel)? {
    guard request.isPlain else { return nil }
    let (graph, node) = (request.graph, request.node)
    return ClosureKernel("reference:" + type(of: node.operation).name) { context in
      var operands = ReferenceOperands<Float>(inputs: [], outputs: [])
      for input in node.inputs {
        if graph[input].element == .int32 {
          operands.labels = UnsafePointer(context.integers(input))
          operands.inputs.append(nil)
        } else {
          operands.inputs.append(context.floats(input))
        }
      }
      operands.outputs = node.outputs.map { context.floats($0) }
      Reference<Float>.execute(node, in: graph, operands, context.randomKey)
    }
  }
}
