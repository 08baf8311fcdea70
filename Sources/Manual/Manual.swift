import Declarations
import Diagnostics
import Experiments
import Models

/// Everything that can be explained.
package enum Manual {
  /// The names of a chapter with what each is, in the order in which they are listed.
  package static func entries(of chapter: Chapter) -> [(name: String, summary: String)] {
    switch chapter {
    case .backbones: BackboneCatalogue.all.map { ($0.name, $0.doc) }
    case .keys: LanguageKey.all.map { ($0.path, $0.parameter.doc) }
    case .codes:
      CodeCatalogue.all.map {
        ($0.code.rawValue, $0.summary + ($0.severity == .warning ? " (warning)" : ""))
      }
    default: family(of: chapter).declarations.map { ($0.name, $0.doc) }
    }
  }

  /// The page of a name of a chapter, made when it is asked for: some networks are large.
  package static func page(_ name: String, of chapter: Chapter) -> ReferencePage? {
    switch chapter {
    case .backbones: BackboneCatalogue.backbone(named: name).map { ReferencePage($0) }
    case .keys: LanguageKey.all.first { $0.path == name }.map { ReferencePage($0) }
    case .codes: CodeCatalogue.page(name).map { ReferencePage($0) }
    default: family(of: chapter).declaration(name).map { ReferencePage($0, of: chapter) }
    }
  }

  /// The family of a chapter of components.
  package static func family(of chapter: Chapter) -> Family {
    Families.standard.all.first { $0.name == chapter.singular } ?? Family(chapter.singular, [])
  }

  /// The files of `docs/reference` by their paths in it.
  package static func files() -> [(path: String, text: String)] {
    var files = [(path: "README.md", text: MarkdownRenderer.index())]
    for chapter in Chapter.allCases {
      guard chapter != .keys else {
        files.append(("keys.md", MarkdownRenderer.render(.allKeys())))
        continue
      }
      for entry in entries(of: chapter) {
        guard let page = page(entry.name, of: chapter) else {
          preconditionFailure("'\(entry.name)' is listed, so it has a page")
        }
        files.append((page.path, MarkdownRenderer.render(page)))
      }
    }
    return files
  }
}
