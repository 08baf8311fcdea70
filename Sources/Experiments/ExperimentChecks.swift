import Declarations
import Diagnostics
import Models
import Optimizers
import Petals
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
      return error.diagnostic(components, at: span)
    }
  }

  /// Arguments of an optimizer that are valid alone but not together.
  package static func optimizer(_ component: ComponentValue, families: Families) -> [Diagnostic] {
    guard isComplete(component, in: families.optimizer),
      OptimizerCatalogue.family.declaration(component.name) != nil
    else { return [] }
    return OptimizerCatalogue.conflicts(component).map { conflict in
      // The other arguments that it is about, where they are written.
      let others = component.values.origins.keys.sorted().filter {
        $0 != conflict.parameter && "\(conflict.message) \(conflict.help)".contains("'\($0)'")
      }
      return .error(
        "conflicting-arguments", conflict.message,
        at: component.values.span(of: conflict.parameter),
        labels: others.compactMap { name in
          guard case .written(let span)? = component.values.origins[name] else { return nil }
          return Diagnostic.Label(span, "'\(name)' is set here")
        }, help: conflict.help)
    }
  }

  private static func isComplete(_ component: ComponentValue, in family: Family) -> Bool {
    guard let declaration = family.declaration(component.name) else { return false }
    return declaration.parameters.allSatisfy { component.values.entries[$0.name] != nil }
  }

  // MARK: Files

  /// The folders and files that the data needs; each is named absolutely where it is missing.
  ///
  /// - Parameter directory: what the paths at a place are relative to.
  static func files(
    of data: DataSettings, directory: (Span?) -> String
  ) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    var folderIsThere = true
    var inside: String?
    if case .folder(let folder) = data.source {
      inside = folder
      let span = data.places.span(of: "folder")
      if let problem = missing(folder, .directory, at: span, in: directory(span)) {
        diagnostics.append(problem)
        folderIsThere = false
      } else {
        var splits = [("train", data.trainSplit)]
        if case .folder(let val) = data.validation { splits.append(("val", val)) }
        if let test = data.testSplit, case .written? = data.places["splits.test"] {
          splits.append(("test", test))
        }
        for (key, name) in splits {
          var place = span
          var isWritten = false
          if case .written(let own)? = data.places["splits.\(key)"] {
            place = own
            isWritten = true
          }
          if let problem = missingSplit(key, name, of: folder, at: place, isWritten: isWritten) {
            diagnostics.append(problem)
          }
        }
      }
    }
    // A file inside a missing folder would be an echo.
    let place = data.places.span(of: "class_names")
    if let file = data.classNames, folderIsThere,
      let problem = missing(
        file, .file, at: place, in: inside ?? directory(place),
        baseName: inside == nil ? nil : "the data's folder")
    {
      diagnostics.append(problem)
    }
    return diagnostics
  }

  /// The folder of runs: what is there must be a folder, and so must whatever is above it.
  static func files(ofRuns runs: String, at span: Span?) -> [Diagnostic] {
    var path = runs
    while FilePath.entry(at: path) == .none, path != "/" { path = FilePath.directory(of: path) }
    guard FilePath.entry(at: path) == .file else { return [] }
    return [
      .error(
        "missing-folder", "'\(path)' is a file, so run folders cannot be made in '\(runs)'",
        at: span,
        help: "name a folder; it is made where it is not there")
    ]
  }

  /// The file or run folder that the weights come from.
  static func files(
    of model: ModelSettings, directory: (Span?) -> String
  ) -> [Diagnostic] {
    let place = model.places.span(of: "weights")
    switch model.weights {
    case .none, .builtin, .named: return []
    case .file(let path):
      return missing(path, .file, at: place, in: directory(place)).map { [$0] } ?? []
    case .run(let folder, let checkpoint):
      if FilePath.entry(at: folder) == .file {
        return [
          .error(
            "missing-folder", "'\(folder)' is a file, but neither of weights nor a run's folder",
            at: place, help: "write \(ModelSection.weights.doc)")
        ]
      }
      if let problem = missing(folder, .directory, at: place, in: directory(place)) {
        if let near = nearWeights(folder, place) {
          return [
            .error(
              problem.code, problem.message, at: place, label: "did you mean '\(near.name)'?",
              help: near.help)
          ]
        }
        // `runs/` stands for the folder of runs, wherever that is.
        if let written = place?.unquoted, written.hasPrefix("runs/") {
          return [
            .error(
              problem.code, problem.message, at: place, label: problem.primary?.text ?? "",
              help: "'runs/' is the folder that the key 'runs' names, here "
                + "'\(FilePath.directory(of: folder))': by default 'runs' in the working directory")
          ]
        }
        // A file's name without its ending has the form of a run.
        let ending = WeightsFormat.endings.first { FilePath.entry(at: folder + $0) == .file }
        guard let place, let ending else { return [problem] }
        return [
          .error(
            problem.code, problem.message, at: place,
            label: "did you mean '\(place.unquoted)\(ending)'?",
            help: "a file of weights is named with its ending")
        ]
      }
      let file = folder + "/\(checkpoint.rawValue).safetensors"
      guard let problem = missing(file, .file, at: place, in: folder) else { return [] }
      let others = Checkpoint.allCases.filter {
        FilePath.entry(at: folder + "/\($0.rawValue).safetensors") == .file
      }
      return [
        .error(
          problem.code, problem.message, at: place,
          help: others.first.map { "the run has '\($0.rawValue)': write it behind the folder" }
            ?? "it is no run's folder, or the run was ended before its first epoch")
      ]
    }
  }

  /// What was probably meant by a run's folder that is not there, and has the form of one for a slip.
  private static func nearWeights(_ folder: String, _ place: Span?) -> (name: String, help: String)?
  {
    guard let written = place?.unquoted else { return nil }
    // 1. `runs/x/bst`: the run is there.
    let run = FilePath.directory(of: folder)
    let last = String(folder.dropFirst(run.utf8.count).drop { $0 == "/" })
    let names = Checkpoint.allCases.map(\.rawValue)
    let stored = names.filter { FilePath.entry(at: "\(run)/\($0).safetensors") == .file }
    if !stored.isEmpty, written.hasSuffix(last),
      let near = Suggestion.closest(to: last, among: names)
    {
      return (
        written.dropLast(last.count) + near, "the run has \(Suggestion.list(stored))"
      )
    }
    // 2. `x.safetensor`.
    return nearEnding(written).map { ($0, "a file of weights is told by its ending") }
  }

  /// The name with the ending of a file of weights that its own is near to.
  static func nearEnding(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), dot != name.startIndex else { return nil }
    let ending = String(name[name.index(after: dot)...])
    // Of shorter ones everything is near.
    guard ending.utf8.count > 3, !ending.contains("/") else { return nil }
    let near = Suggestion.closest(to: ending, among: ["safetensors", "ckpt"])
    return near.map { name[...dot] + $0 }
  }

  /// Whether the data has a test split, as far as folders tell.
  static func hasTest(_ data: DataSettings) -> Bool {
    guard let split = data.testSplit else { return false }
    switch data.source {
    case .folder(let folder):
      // Of a folder that is missing as a whole something else is said.
      return FilePath.entry(at: folder + "/" + split) == .directory
        || FilePath.entry(at: folder) != .directory
    case .builtin(let name):
      guard let set = PetalSet.named(name) else { return true }
      return PetalSet.Split(rawValue: split).map { set.count(of: $0) > 0 } ?? false
    }
  }

  /// Splits and classes that an embedded set does not have.
  static func builtin(_ data: DataSettings) -> [Diagnostic] {
    guard case .builtin(let name) = data.source, let set = PetalSet.named(name) else { return [] }
    var splits = [("train", data.trainSplit)]
    if case .folder(let val) = data.validation { splits.append(("val", val)) }
    if let test = data.testSplit, case .written? = data.places["splits.test"] {
      splits.append(("test", test))
    }
    let names = PetalSet.Split.allCases.filter { set.count(of: $0) > 0 }.map(\.rawValue)
    var diagnostics: [Diagnostic] = splits.compactMap { key, split in
      guard !names.contains(split) else { return nil }
      return .error(
        "missing-folder", "the embedded set '\(name)' has no split '\(split)'",
        at: data.places.span(of: "splits.\(key)"),
        label: Suggestion.label(for: split, among: names),
        help: "it has \(Suggestion.list(names))")
    }
    for missing in data.classes ?? [] where !set.folders.contains(missing) {
      diagnostics.append(
        .error(
          "unknown-class", "the embedded set '\(name)' has no class '\(missing)'",
          at: data.span(ofClass: missing),
          label: Suggestion.label(for: missing, among: set.folders),
          help: "its classes are called '\(set.folders.first ?? "")' to '\(set.folders.last ?? "")'"
        ))
    }
    return diagnostics
  }

  /// A file or folder that is not there, or is the other of the two; nil where it is as it should be.
  ///
  /// - Parameter baseName: what the path is relative to, in words; by default the file it is written in.
  package static func missing(
    _ path: String, _ wanted: FilePath.Entry, at span: Span?, in base: String,
    baseName: String? = nil
  ) -> Diagnostic? {
    let found = FilePath.entry(at: path)
    if found == wanted { return nil }
    let what = wanted == .directory ? "folder" : "file"
    let code: Diagnostic.Code = wanted == .directory ? "missing-folder" : "missing-file"
    guard found == .none else {
      return .error(
        code, "'\(path)' is no \(what)", at: span,
        help: wanted == .directory ? "name the folder itself" : "name a file in it")
    }
    let isArgument = span?.source.name.hasPrefix("<argument") ?? true
    let hint = PathHint(
      path, wanted, written: span?.unquoted, base: base,
      baseName: baseName ?? (isArgument ? "the experiment's file" : "this file"))
    return .error(
      code, "there is no \(what) '\(path)'", at: span, label: hint.label,
      help: hint.help ?? (baseName == nil ? "paths are relative to the experiment's file" : nil)
        ?? "paths are relative to \(baseName ?? "")")
  }

  /// A split's folder that is not there, with the folders that are.
  private static func missingSplit(
    _ key: String, _ name: String, of folder: String, at span: Span?, isWritten: Bool
  ) -> Diagnostic? {
    let path = folder + "/" + name
    let found = FilePath.entry(at: path)
    if found == .directory { return nil }
    let names = FilePath.names(in: folder).filter {
      FilePath.entry(at: folder + "/" + $0) == .directory
    }
    var help = "each split is a folder in it, with a folder per class"
    if names.count == 1 || !names.isEmpty && names.count <= 8 {
      help =
        "in it \(names.count == 1 ? "is" : "are") \(Suggestion.list(names)): say in 'data.splits.\(key)' which one it is"
    }
    return .error(
      "missing-folder",
      found == .none ? "there is no folder '\(path)'" : "'\(path)' is no folder", at: span,
      label: isWritten ? Suggestion.label(for: name, among: names) : "", help: help)
  }
}
