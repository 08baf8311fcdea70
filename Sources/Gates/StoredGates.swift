import Diagnostics
import Documents
import Experiments
import Runs

/// The gates that a stored run brings along.
package enum StoredGates {
  /// Of the run's `resolved.yaml`; nil where that cannot be read.
  package static func of(_ run: RunFolder) -> (gates: [Gate]?, diagnostics: [Diagnostic]) {
    let (experiment, diagnostics) = ExperimentLoader.load(path: run.resolved, checksFiles: false)
    return (experiment.map { located($0.gates, in: run) }, diagnostics)
  }

  /// Gates of the run's `resolved.yaml`, each pointing at the line that somebody wrote: in the folder's copy of the
  /// experiment, or of a file that it extends. One that stands in none of them stays where it is, and says where it
  /// came from.
  package static func located(_ gates: [Gate], in run: RunFolder) -> [Gate] {
    guard !gates.isEmpty else { return [] }
    let copies = copies(run)
    return gates.map { gate in
      guard let span = gate.spanOfOrigin else { return gate }
      let origin = ResolvedFile.origin(span)
      for copy in copies {
        for candidate in copy.gates {
          if let file = candidate.file(of: gate, origin: origin), copy.isOf(file) {
            return gate.moved(to: candidate.places)
          }
        }
      }
      return gate.moved(to: gate.places, remark: remark(origin))
    }
  }

  private static func remark(_ origin: String) -> String? {
    if origin.isEmpty { return nil }
    // `argument 2` and `argument --gate`; a place in a file has colons.
    let isArgument = origin.hasPrefix("argument ") && !origin.contains(":")
    return isArgument ? "from the command line" : "from \(origin)"
  }

  /// A file of the experiment as it was when the run began.
  private struct Copy {
    /// What the file was called; nil for the experiment's own, of which there is one.
    let name: String?
    let gates: [WrittenGate]

    func isOf(_ path: String) -> Bool {
      name == nil || name == path.split(separator: "/").last.map(String.init)
    }
  }

  /// The experiment's own first: its gates are in place of those of files that it extends.
  private static func copies(_ run: RunFolder) -> [Copy] {
    func copy(_ path: String, _ name: String?) -> Copy? {
      guard let bytes = try? WholeFile.read(path) else { return nil }
      return Copy(name: name, gates: WrittenGate.all(in: SourceText(name: path, bytes: bytes)))
    }
    let extended = FilePath.names(in: run.extended).compactMap { name -> Copy? in
      // `1-base.yaml`
      guard let dash = name.firstIndex(of: "-") else { return nil }
      return copy("\(run.extended)/\(name)", String(name[name.index(after: dash)...]))
    }
    return [copy(run.experiment, nil)].compactMap { $0 } + extended
  }
}
