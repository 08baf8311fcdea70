extension Graph {
  /// The graph in Graphviz's language: operations as boxes, what flows as arrows with its shape.
  ///
  /// Frozen parameters are blue, trained ones orange, running statistics grey; results have a double border.
  ///
  /// - Parameter name: the title.
  package func dot(name: String) -> String {
    var lines = [
      "digraph \(Self.dotQuoted(name)) {",
      "  label=\(Self.dotQuoted(name)); labelloc=t; rankdir=TB;",
      "  node [shape=box, style=filled, fillcolor=white, fontname=\"Helvetica\", fontsize=10];",
      "  edge [fontname=\"Helvetica\", fontsize=8];",
    ]
    let made = producers()
    let uses = useCounts()
    // 1. What is given.
    for index in values.indices where made[index] == nil && uses[index] > 0 {
      let value = values[index]
      let colour =
        switch value.role {
        case .input: "palegreen"
        case .parameter: value.isTrainable ? "orange" : "lightblue"
        case .state: "lightgrey"
        case .intermediate: "white"
        }
      lines.append(
        "  v\(index) [shape=ellipse, fillcolor=\(colour), "
          + "label=\(Self.dotQuoted("\(value.name)\n\(value.shape)"))];")
    }
    // 2. What is done.
    for (index, node) in nodes.enumerated() {
      let operation = type(of: node.operation).name
      let attributes = node.operation.attributes
      lines.append(
        "  n\(index) [label="
          + Self.dotQuoted(
            node.name + "\n" + operation + (attributes.isEmpty ? "" : " " + attributes)) + "];")
      for input in node.inputs {
        let from = made[input.index].map { "n\($0)" } ?? "v\(input.index)"
        let shape = made[input.index] == nil ? "" : self[input].shape.description
        lines.append(
          "  \(from) -> n\(index)"
            + (shape.isEmpty ? ";" : " [label=\(Self.dotQuoted(shape))];"))
      }
    }
    // 3. What is read.
    for (index, output) in outputs.sorted(by: { $0.key < $1.key }).enumerated() {
      lines.append("  o\(index) [peripheries=2, label=\(Self.dotQuoted(output.key))];")
      let from = made[output.value.index].map { "n\($0)" } ?? "v\(output.value.index)"
      lines.append(
        "  \(from) -> o\(index) [label=\(Self.dotQuoted(self[output.value].shape.description))];")
    }
    return (lines + ["}"]).joined(separator: "\n")
  }

  /// A double-quoted ID: only quotes are escaped in it, and backslashes, which begin escapes in labels.
  private static func dotQuoted(_ text: String) -> String {
    var result = "\""
    for character in text {
      switch character {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result + "\""
  }
}
