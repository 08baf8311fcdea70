import Declarations
import Diagnostics
import Documents

/// The files that an experiment is made of: its own, and those that it extends.
struct ExperimentFiles {
  /// In the order in which they were first read: the experiment's own comes first.
  private(set) var files: [(source: SourceText, directory: String)] = []
  private(set) var diagnostics: [Diagnostic] = []
  /// Whether something that was meant to be there could not be read.
  private(set) var isIncomplete = false

  /// Far more than anyone needs, and few enough that extending both ways cannot explode.
  private static let limit = 64

  private let environment: (String) -> String?

  init(environment: @escaping (String) -> String?) {
    self.environment = environment
  }

  var sources: [SourceText] { files.map(\.source) }

  /// Absolute paths, the experiment's own first; a text without a file has none.
  var paths: [String] {
    files.map { FilePath.absolute(Self.lastComponent($0.source.name), in: $0.directory) }
  }

  /// What paths in a source are relative to; arguments count as the experiment's own file.
  func directory(of span: Span?) -> String {
    let file = span.flatMap { span in files.first { $0.source === span.source } }
    return file?.directory ?? files.first?.directory ?? FilePath.workingDirectory
  }

  /// The tree of a file over those that it extends.
  ///
  /// - Parameter chain: absolute paths of the files that lead here.
  mutating func compose(_ source: SourceText, in directory: String, chain: [String] = []) -> Node? {
    files.append((source, directory))
    let (root, problems) = DocumentParser.parse(source)
    diagnostics += problems
    guard let root else {
      isIncomplete = true
      return nil
    }
    let key = ExperimentSection.extends.name
    guard case .mapping(let entries) = root.content, let extends = root[key] else { return root }
    let own = Node(.mapping(entries.filter { $0.key != key }), span: root.span)

    // 1. What is extended, in order.
    var interpolation = Interpolation(environment: environment)
    let resolved = interpolation.resolve(extends)
    guard interpolation.diagnostics.isEmpty else {
      diagnostics += interpolation.diagnostics
      isIncomplete = true
      return own
    }
    let names: [Node] =
      if case .sequence(let elements) = resolved.content { elements } else { [resolved] }
    if names.isEmpty {
      report(
        "wrong-count", "'extends' must have at least 1 element, not 0", extends.span,
        help: "leave it out, or name a file")
    }
    let path = FilePath.absolute(Self.lastComponent(source.name), in: directory)
    let kind = Kind.section(ExperimentSection.declaration)
    var base: Node?
    for name in names {
      guard case .string(let text)? = name.scalar?.value else {
        report(
          "wrong-kind", "'extends' must be a file or a list of files", name.span,
          help: "for example 'extends: base.yaml'")
        continue
      }
      guard let node = file(text, at: name.span, from: source, in: directory, chain + [path])
      else { continue }
      base = base.map { $0.overlaid(by: node, kind) } ?? node
    }
    // 2. This file over them.
    return base.map { $0.overlaid(by: own, kind) } ?? own
  }

  private mutating func file(
    _ name: String, at span: Span, from source: SourceText, in directory: String, _ chain: [String]
  ) -> Node? {
    let path = FilePath.absolute(name, in: directory)
    if let start = chain.firstIndex(of: path) {
      let cycle = (chain[start...] + [path]).map { Self.lastComponent($0) }
      report(
        "extends-cycle", "'\(name)' extends itself: \(cycle.joined(separator: " > "))", span,
        help: "put what both need into a file of its own")
      return nil
    }
    guard files.count < Self.limit else {
      report(
        "too-many-files", "an experiment may be of \(Self.limit) files", span,
        help: "extend fewer files, or each of them once")
      return nil
    }
    switch FilePath.read(path, limit: DocumentParser.Limits().bytes) {
    case .failure(let failure):
      if let problem = ExperimentChecks.missing(path, .file, at: span, in: directory) {
        isIncomplete = true
        diagnostics.append(problem)
      } else {
        report(
          "missing-file", "'\(path)' cannot be read: \(failure.reason)", span,
          help: "look at its permissions")
      }
      return nil
    case .success(let bytes):
      // Called as the user would call it, seen from where the experiment was called from.
      let shown = FilePath.shortened(
        name.hasPrefix("/") || !source.name.contains("/")
          ? name : FilePath.directory(of: source.name) + "/" + name)
      let node = compose(
        SourceText(name: shown, bytes: bytes), in: FilePath.directory(of: path), chain: chain)
      guard let node else { return nil }
      guard case .mapping = node.content else {
        report(
          "wrong-kind", "'\(name)' must hold a mapping of keys", span,
          help: "a file that is extended is an experiment, or parts of one")
        return nil
      }
      return node
    }
  }

  private mutating func report(
    _ code: Diagnostic.Code, _ message: String, _ span: Span, help: String? = nil
  ) {
    isIncomplete = true
    diagnostics.append(.error(code, message, at: span, help: help))
  }

  private static func lastComponent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
  }
}
