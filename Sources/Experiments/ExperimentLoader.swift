import Declarations
import Diagnostics
import Documents
import Glibc

/// From an experiment's file and overrides to checked values, and everything that is wrong with them.
package enum ExperimentLoader {
  /// Reads a file; the experiment is there only where nothing is wrong.
  ///
  /// - Parameters:
  ///   - overrides: arguments `key=value`, later ones over earlier ones.
  ///   - checksFiles: whether folders and files that the experiment names must be there.
  package static func load(
    path: String, overrides: [String] = [], families: Families = .standard,
    checksFiles: Bool = true,
    environment: @escaping (String) -> String? = processVariable
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    switch FilePath.read(path, limit: DocumentParser.Limits().bytes) {
    case .failure(let failure):
      return (
        nil,
        [
          .error(
            "missing-file", "'\(path)' cannot be read: \(failure.reason)", at: nil,
            help: helpForMissing(path))
        ]
      )
    case .success(let bytes):
      return load(
        SourceText(name: path, bytes: bytes),
        in: FilePath.absolute(FilePath.directory(of: path), in: FilePath.workingDirectory),
        overrides: overrides, families: families, checksFiles: checksFiles,
        environment: environment)
    }
  }

  /// What to do where an experiment's file is not there.
  private static func helpForMissing(_ path: String) -> String {
    let absolute = FilePath.absolute(path, in: FilePath.workingDirectory)
    switch FilePath.entry(at: absolute) {
    case .file: return "look at its permissions"
    case .directory:
      let names = FilePath.names(in: absolute).filter {
        $0.hasSuffix(".yaml") || $0.hasSuffix(".yml")
      }
      let list = Suggestion.list(Array(names.prefix(6)))
      return names.isEmpty ? "name a file in it" : "name a file in it, such as \(list)"
    case .none:
      let shelf = "experiments/" + path
      if FilePath.entry(at: shelf) == .file { return "did you mean '\(shelf)'?" }
      let hint = PathHint(
        absolute, .file, written: path, base: FilePath.workingDirectory,
        baseName: "the working directory")
      return hint.label.isEmpty ? hint.help ?? "name an experiment's file" : hint.label
    }
  }

  /// The same from a text; `directory` is what its paths are relative to, absolute.
  package static func load(
    _ source: SourceText, in directory: String, overrides: [String] = [],
    families: Families = .standard,
    checksFiles: Bool = true, environment: @escaping (String) -> String? = processVariable
  ) -> (experiment: Experiment?, diagnostics: [Diagnostic]) {
    // 1. Text to tree, with what the file extends below it.
    var files = ExperimentFiles(environment: environment)
    let root = files.compose(source, in: directory)
    var sources = files.sources
    var diagnostics = files.diagnostics

    // 2. Overrides into the tree.
    var parsed: [Override] = []
    for (index, argument) in overrides.enumerated() {
      let (override, text, problems) = Override.parse(argument, number: index + 1)
      sources.append(text)
      diagnostics += problems
      if let override { parsed.append(override) }
    }
    guard var tree = root else { return (nil, diagnostics.inOrder(of: sources)) }
    for override in parsed {
      if let misplaced = misplaced(override, in: tree) {
        diagnostics.append(misplaced)
        continue
      }
      let (changed, problems) = override.apply(
        to: tree, ExperimentSection.declaration, families: families.all)
      tree = changed
      diagnostics += problems
    }

    // The environment's part, in what is left after all that is laid over each other.
    var interpolation = Interpolation(environment: environment)
    tree = interpolation.resolve(tree)
    let unresolved = interpolation.diagnostics
    diagnostics += unresolved
    diagnostics += Allowances.mistakes(in: files.sources, known: WarningCodes.all)

    // 3. Tree to values, values to the experiment.
    var decoder = Decoder(families: families.all)
    let values = decoder.section(tree, ExperimentSection.declaration)
    let hasLostValues =
      files.isIncomplete || diagnostics.contains { lossy.contains($0.code) }
    diagnostics += decoder.diagnostics.filter { !hasLostValues || !missing.contains($0.code) }
      .map(FreezeSection.helped)
    var experiment: Experiment?
    if let values {
      var builder = ExperimentBuilder(files: files, families: families)
      experiment = builder.experiment(values)
      if checksFiles { builder.checkFiles() }
      if experiment == nil || diagnostics.hasErrors || builder.diagnostics.hasErrors {
        builder.checkFreezing()
      }
      diagnostics += builder.diagnostics.filter { !hasLostValues || !missing.contains($0.code) }
    }
    // Whatever else is said of a value that is not known would be an echo.
    diagnostics.removeAll { diagnostic in
      guard let span = diagnostic.primary?.span else { return false }
      return unresolved.contains { problem in
        guard let place = problem.primary?.span, problem.code != diagnostic.code else {
          return false
        }
        return place.source === span.source && place.range.overlaps(span.range)
      }
    }
    precondition(
      experiment != nil || diagnostics.hasErrors, "an experiment is refused only with a reason")
    return (diagnostics.hasErrors ? nil : experiment, diagnostics.inOrder(of: sources))
  }

  /// A variable of this process's environment.
  package static func processVariable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// After these a value is not in the tree though something was written.
  private static let lossy: Set<Diagnostic.Code> = [
    "unknown-anchor", "recursive-alias", "complex-key",
  ]
  private static let missing: Set<Diagnostic.Code> = ["missing-key", "missing-parameter"]

  /// `optimizer.lr=…` where the optimizers stand in the phases.
  private static func misplaced(_ override: Override, in root: Node) -> Diagnostic? {
    guard let first = override.path.first, case .key(let key) = first.target else { return nil }
    if key == ExperimentSection.extends.name {
      return .error(
        "bad-override", "'extends' works in a file alone", at: first.span,
        help: "write a small file that extends it")
    }
    guard root[key] == nil,
      let phases = root[ExperimentSection.phases.name],
      case .sequence(let elements) = phases.content
    else { return nil }
    let isPhaseOnly = PhaseSection.phaseOnly.contains { $0.erased.name == key }
    guard isPhaseOnly || elements.contains(where: { $0[key] != nil }) else { return nil }
    let names = elements.enumerated().map { $1["name"]?.scalar.map { ".\($0.text)" } ?? "[\($0)]" }
    let range = 0..<override.source.bytes.count
    let rest = String(decoding: override.source.bytes[range], as: UTF8.self)
    return .error(
      "bad-override", "'\(key)' stands in the phases here", at: first.span,
      help:
        "say in which: \(names.prefix(3).map { "'phases\($0).\(rest)'" }.joined(separator: " or "))"
    )
  }
}
