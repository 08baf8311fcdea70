import Models

/// Reads `freeze.json` back.
package enum FreezeReader {
  package static func read(_ path: String) throws(WholeFile.Problem) -> [FreezeReport.Phase] {
    let bytes = try WholeFile.read(path)
    guard let json = try? JSON(bytes) else {
      throw WholeFile.Problem(path, "is torn, or is not JSON")
    }
    guard case .array(let phases)? = json["phases"] else {
      throw WholeFile.Problem(path, "has no 'phases'")
    }
    var read: [FreezeReport.Phase] = []
    for phase in phases {
      guard let name = phase["phase"]?.text, case .array(let elements)? = phase["tensors"] else {
        throw WholeFile.Problem(path, "a phase has no name or no tensors")
      }
      var tensors: [FreezeReport.Tensor] = []
      for element in elements {
        guard let name = element["name"]?.text, case .boolean(let isFrozen)? = element["frozen"],
          let before = element["before"]?.text, let after = element["after"]?.text
        else { throw WholeFile.Problem(path, "a tensor is not described whole") }
        tensors.append(
          FreezeReport.Tensor(name: name, isFrozen: isFrozen, before: before, after: after))
      }
      read.append(FreezeReport.Phase(name: name, tensors: tensors))
    }
    return read
  }
}
