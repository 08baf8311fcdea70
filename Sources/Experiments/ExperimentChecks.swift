import Declarations
import Diagnostics
import Optimizers
import Transforms

/// Checks that look at more than one value, or beyond the file.
package enum ExperimentChecks {
  /// What is wrong with a name that becomes part of a folder's name; nil where nothing is.
  package static func name(_ name: String) -> String? {
    if name.isEmpty { return "must not be empty" }
    if name.utf8.count > 100 { return "may have 100 bytes, not \(name.utf8.count)" }
    if name.first == "." || name.first == "-" { return "must not start with '\(name.prefix(1))'" }
    let bad = name.unicodeScalars.first {
      $0.value < 0x80
        && !($0.properties.isAlphabetic || (0x30...0x39).contains($0.value)
          || "-_.+".unicodeScalars.contains($0))
    }
    return bad.map { "must be of letters, digits, '-', '_', '.' and '+', not '\($0)'" }
  }

  /// Whether each transform can stand where it stands, and the last gives a tensor of a known size.
  ///
  /// - Parameter span: the list, for what no single transform is to blame for.
  package static func pipeline(
    _ components: [ComponentValue], at span: Span?, families: Families
  ) -> Diagnostic? {
    // Of a transform with a wrong argument nothing more can be said, nor of those behind it.
    guard components.allSatisfy({ isComplete($0, in: families.transform) }) else { return nil }
    do {
      _ = try Pipeline(components)
      return nil
    } catch {
      let blamed = error.index.map { components[$0].values }
      let place = error.parameter.flatMap { blamed?.span(of: $0) } ?? blamed?.span ?? span
      return .error(
        Diagnostic.Code(error.code), error.description, at: place, help: error.help)
    }
  }

  /// Arguments of an optimizer that are valid alone but not together.
  package static func optimizer(_ component: ComponentValue, families: Families) -> [Diagnostic] {
    guard isComplete(component, in: families.optimizer),
      OptimizerCatalogue.family.declaration(component.name) != nil
    else { return [] }
    return OptimizerCatalogue.conflicts(component).map {
      .error(
        "conflicting-arguments", $0.message, at: component.values.span(of: $0.parameter),
        help: $0.help)
    }
  }

  private static func isComplete(_ component: ComponentValue, in family: Family) -> Bool {
    guard let declaration = family.declaration(component.name) else { return false }
    return declaration.parameters.allSatisfy { component.values.entries[$0.name] != nil }
  }

  // MARK: Files

  /// The folders and files that the data needs; each is named absolutely where it is missing.
  package static func files(of data: DataSettings) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var folderIsThere = true
    if case .folder(let folder) = data.source {
      if let problem = missing(folder, .directory, at: data.places.span(of: "folder")) {
        diagnostics.append(problem)
        folderIsThere = false
      } else {
        var splits = [("train", data.trainSplit)]
        if case .folder(let val) = data.validation { splits.append(("val", val)) }
        if let test = data.testSplit, case .written? = data.places["splits.test"] {
          splits.append(("test", test))
        }
        for (key, name) in splits {
          let place =
            if case .written(let span)? = data.places["splits.\(key)"] {
              span
            } else {
              data.places.span(of: "folder")
            }
          if let problem = missing(folder + "/" + name, .directory, at: place) {
            diagnostics.append(problem)
          }
        }
      }
    }
    // A file inside a missing folder would be an echo.
    if let file = data.classNames, folderIsThere,
      let problem = missing(file, .file, at: data.places.span(of: "class_names"))
    {
      diagnostics.append(problem)
    }
    return diagnostics
  }

  /// The file or run folder that the weights come from.
  package static func files(of model: ModelSettings) -> [Diagnostic] {
    let place = model.places.span(of: "weights")
    switch model.weights {
    case .none, .builtin, .named: return []
    case .file(let path): return missing(path, .file, at: place).map { [$0] } ?? []
    case .run(let folder, let checkpoint):
      if let problem = missing(folder, .directory, at: place) { return [problem] }
      let file = folder + "/\(checkpoint.rawValue).safetensors"
      return missing(file, .file, at: place).map { [$0] } ?? []
    }
  }

  /// Both of an experiment that is there.
  package static func files(of experiment: Experiment) -> [Diagnostic] {
    files(of: experiment.data) + files(of: experiment.model)
  }

  private static func missing(
    _ path: String, _ wanted: FilePath.Entry, at span: Span?
  ) -> Diagnostic? {
    let found = FilePath.entry(at: path)
    if found == wanted { return nil }
    let what = wanted == .directory ? "folder" : "file"
    let code: Diagnostic.Code = wanted == .directory ? "missing-folder" : "missing-file"
    guard found == .none else {
      return .error(code, "'\(path)' is no \(what)", at: span)
    }
    return .error(
      code, "there is no \(what) '\(path)'", at: span,
      help: path.hasPrefix("/") ? "paths are relative to the experiment's file" : nil)
  }
}
