import Declarations
import Diagnostics

/// What `xrun explain` answers.
package enum Explanation {
  /// An explanation, or what was probably meant.
  package enum Answer: Sendable {
    case found(String)
    case unknown(suggestion: String?)
  }

  /// By name: a component, a backbone, a key, a chapter, a code, an argument, or a key's last name.
  package static func of(_ name: String) -> Answer {
    // 1. What is called so. A name may be two things, such as 'train': the section first.
    let pages = Chapter.allCases.compactMap { Manual.page(name, of: $0) }
    if !pages.isEmpty {
      return .found(pages.map { TerminalRenderer.render($0) }.joined(separator: "\n\n"))
    }
    // 2. A chapter: 'optimizers', 'codes'; one of its things: 'transform'.
    if let chapter = Chapter.allCases.first(where: { $0.rawValue == name || $0.singular == name }) {
      return .found(listing(of: chapter))
    }
    // 3. The last name of a key, and arguments of components.
    let keys = LanguageKey.all.filter { $0.path.hasSuffix(".\(name)") }
    let owners = arguments(called: name)
    if keys.count == 1, owners.isEmpty, let key = keys.first {
      return .found(TerminalRenderer.render(ReferencePage(key)))
    }
    if !keys.isEmpty || !owners.isEmpty { return .found(places(of: name, keys, owners)) }
    return .unknown(suggestion: Suggestion.closest(to: name, among: allNames))
  }

  /// All that can be explained, by chapter.
  package static func everything() -> String {
    var lines = ["What 'xrun explain NAME' can explain:", ""]
    for chapter in Chapter.allCases {
      let entries = Manual.entries(of: chapter)
      lines.append(chapter.title)
      switch chapter {
      case .keys, .codes:
        lines.append(
          Prose.wrapped(entries.map(\.name).joined(separator: " "), indent: "  "))
      default: lines.append(TerminalRenderer.list(entries))
      }
      lines.append("")
    }
    lines.append("Next: 'xrun explain RandomRotation', 'xrun explain train.batch_size'.")
    return lines.joined(separator: "\n")
  }

  private static func listing(of chapter: Chapter) -> String {
    let entries = Manual.entries(of: chapter)
    return
      [
        chapter.title, TerminalRenderer.list(entries), "",
        "Next: 'xrun explain \(entries.first?.name ?? "")'.",
      ].joined(separator: "\n")
  }

  // MARK: Arguments

  private static func arguments(called name: String) -> [(owner: Declaration, AnyParameter)] {
    Chapter.allCases.flatMap { Manual.family(of: $0).declarations }
      .compactMap { declaration in declaration.parameter(name).map { (declaration, $0) } }
  }

  private static func places(
    of name: String, _ keys: [LanguageKey], _ owners: [(owner: Declaration, AnyParameter)]
  ) -> String {
    var lines = ["'\(name)' has several places:", ""]
    let entries =
      keys.map { ($0.path, $0.parameter) } + owners.map { ("\($0.owner.name): {\(name): …}", $0.1) }
    if entries.count == 1 { lines[0] = "'\(name)' is an argument:" }
    for (place, parameter) in entries {
      let standard = ValueText.defaultValue(parameter)
      lines.append("  \(place)")
      lines.append(Prose.wrapped(Prose.sentence(parameter.doc), indent: "      "))
      lines.append(
        Prose.wrapped(
          Prose.bare(ValueText.of(parameter))
            + (standard == "required" ? " (required)" : " (default \(Prose.bare(standard)))"),
          indent: "      "))
    }
    let first = keys.first?.path ?? owners.first?.owner.name ?? ""
    lines += ["", "Next: 'xrun explain \(first)'."]
    return lines.joined(separator: "\n")
  }

  private static var allNames: [String] {
    Chapter.allCases.flatMap { Manual.entries(of: $0).map(\.name) }
      + Chapter.allCases.map(\.rawValue)
      + LanguageKey.all.compactMap { $0.path.split(separator: ".").last.map(String.init) }
      + Chapter.allCases.flatMap { Manual.family(of: $0).declarations }
      .flatMap { $0.parameters.map(\.name) }
  }
}
