/// The forms that diagnostics can be written in.
package enum DiagnosticFormat: Sendable, Hashable {
  /// For people: excerpt with carets; colours, and lines broken at a terminal's width, only where asked for.
  case text(isColoured: Bool, width: Int? = nil)
  /// For machines: an array with one object per diagnostic and line.
  case json
  /// For GitHub's CI: workflow commands, which it shows beside the changed lines.
  case github
  /// For code-scanning services: a SARIF 2.1.0 log of one run, with this version of xrun as its tool.
  case sarif(version: String)
}

extension [Diagnostic] {
  /// All of them in one form, each ending in a newline.
  package func rendered(as format: DiagnosticFormat) -> String {
    switch format {
    case .text(let isColoured, let width):
      let renderer = TextRenderer(isColoured: isColoured, width: width)
      return map { renderer.render($0) }.joined(separator: "\n")
    case .json:
      return JSONRenderer.render(self)
    case .github:
      return GitHubRenderer.render(self)
    case .sarif(let version):
      return SARIFRenderer.render(self, version: version)
    }
  }

  package var hasErrors: Bool { contains { $0.severity == .error } }

  package var hasWarnings: Bool { contains { $0.severity == .warning } }

  /// `2 errors, 1 warning`; empty where there is neither.
  package var summary: String {
    func count(_ severity: Diagnostic.Severity) -> String? {
      let count = self.count { $0.severity == severity }
      return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
    }
    return [count(.error), count(.warning)].compactMap { $0 }.joined(separator: ", ")
  }

  /// In the order of the sources given, in each from top to bottom; what has no place comes last.
  ///
  /// What an alias or a merge brings to several places is said once.
  package func inOrder(of sources: [SourceText]) -> [Diagnostic] {
    var ranked: [Ranked] = []
    for (index, diagnostic) in enumerated() {
      var source = Int.max
      var offset = 0
      if let span = diagnostic.primary?.span {
        source = sources.firstIndex { $0 === span.source } ?? sources.count
        offset = span.range.lowerBound
      }
      ranked.append(Ranked(source: source, offset: offset, index: index, diagnostic: diagnostic))
    }
    ranked.sort { ($0.source, $0.offset, $0.index) < ($1.source, $1.offset, $1.index) }
    var told = Set<Told>()
    return ranked.map(\.diagnostic).filter { diagnostic in
      guard let span = diagnostic.primary?.span else { return true }
      return told.insert(
        Told(
          code: diagnostic.code, message: diagnostic.message,
          source: ObjectIdentifier(span.source), range: span.range)
      ).inserted
    }
  }
}

/// What makes two diagnostics one.
private struct Told: Hashable {
  var code: Diagnostic.Code
  var message: String
  var source: ObjectIdentifier
  var range: Range<Int>
}

/// A diagnostic with what it is sorted by.
private struct Ranked {
  var source: Int
  var offset: Int
  var index: Int
  var diagnostic: Diagnostic
}
