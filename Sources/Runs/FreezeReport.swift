import Diagnostics
import Tensors

/// `freeze.json`: the digest of every tensor before and after each phase, so that frozen ones are proved unchanged.
package struct FreezeReport: Sendable {
  package struct Tensor: Sendable {
    package let name: String
    /// Whether the phase may not change it.
    package let isFrozen: Bool
    /// SHA-256.
    package let before: String
    package let after: String
    package init(name: String, isFrozen: Bool, before: String, after: String) {
      self.name = name
      self.isFrozen = isFrozen
      self.before = before
      self.after = after
    }
  }

  package struct Phase: Sendable {
    package let name: String
    package let tensors: [Tensor]
    package init(name: String, tensors: [Tensor]) {
      self.name = name
      self.tensors = tensors
    }
    /// Frozen tensors that changed all the same: a bug, wherever they are.
    package var movedFrozenTensors: [String] {
      tensors.filter { $0.isFrozen && $0.before != $0.after }.map(\.name)
    }
  }

  package var phases: [Phase] = []
  package init() {}

  package func write(to folder: RunFolder) throws(FileError) {
    try AtomicFile.write(path: folder.freeze, text: text())
  }

  func text() -> String {
    let phases = phases.map { phase -> String in
      let lines = phase.tensors.map { tensor in
        "      {\"name\": \(JSONRenderer.quoted(tensor.name)), \"frozen\": \(tensor.isFrozen), "
          + "\"changed\": \(tensor.before != tensor.after), \"before\": \"\(tensor.before)\", "
          + "\"after\": \"\(tensor.after)\"}"
      }
      let moved = phase.movedFrozenTensors.map(JSONRenderer.quoted).joined(separator: ", ")
      return """
            {
              "phase": \(JSONRenderer.quoted(phase.name)),
              "frozen_but_changed": [\(moved)],
              "tensors": [
        \(lines.joined(separator: ",\n"))
              ]
            }
        """
    }
    return "{\n  \"phases\": [\n" + phases.joined(separator: ",\n") + "\n  ]\n}\n"
  }
}
