import Tensors

extension Graph {
  /// What is wrong with the graph, in words; empty for a sound one. Runs after every pass.
  package func mistakes() -> [String] {
    var mistakes: [String] = []
    var isMade = values.map { $0.role != .intermediate }

    for node in nodes {
      for input in node.inputs where !isMade[input.index] {
        mistakes.append("'\(node.name)' reads '\(self[input].name)' before it is made")
      }
      for position in node.operation.updatedInputs
      where self[node.inputs[position]].role != .state {
        mistakes.append("'\(node.name)' updates '\(self[node.inputs[position]].name)', not a state")
      }
      do {
        let results = try node.operation.results(for: node.inputs.map { self[$0].shape })
        if results.count != node.outputs.count {
          mistakes.append(
            "'\(node.name)' has \(node.outputs.count) places for \(results.count) results")
        }
        for (result, output) in zip(results, node.outputs) {
          guard let output else { continue }
          if self[output].shape != result.shape {
            mistakes.append("'\(node.name)' makes \(result.shape), stated as \(self[output].shape)")
          }
          if isMade[output.index] { mistakes.append("'\(self[output].name)' is made twice") }
          isMade[output.index] = true
        }
      } catch {
        mistakes.append("'\(node.name)': \(error.message)")
      }
    }
    for (name, output) in outputs {
      if !isMade[output.index] { mistakes.append("output '\(name)' is never made") }
      if name.hasPrefix("gradient/") {
        let parameter = id(named: String(name.dropFirst("gradient/".count)), role: .parameter)
        if parameter.map({ self[$0].shape }) != self[output].shape {
          mistakes.append("'\(name)' has the shape \(self[output].shape), not its parameter's")
        }
      }
    }
    return mistakes
  }
}
