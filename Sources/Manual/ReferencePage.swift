/// What is said of one name, in parts that a terminal and Markdown each show in their own way.
///
/// Text has names of the language in backquotes; `Prose` knows both forms.
package struct ReferencePage: Sendable {
  /// A row of a table: an argument, a key or a layer.
  package struct Row: Sendable {
    package let name: String
    /// The columns behind the name, as the part's header has them; the last is a sentence.
    package let cells: [String]

    init(_ name: String, _ cells: [String]) {
      self.name = name
      self.cells = cells
    }
  }

  package enum Part: Sendable {
    case heading(String)
    case text(String)
    /// Shown as it is.
    case block(String, language: String)
    case table(header: [String], [Row])
    /// Short statements, each behind its label.
    case facts([(label: String, text: String)])
    /// Names of a chapter, with what each is.
    case names(Chapter, [(name: String, summary: String)])
  }

  package let chapter: Chapter
  package let name: String
  /// One phrase without a full stop.
  package let summary: String
  package let parts: [Part]
  /// What to type next, for the terminal alone.
  package let next: String

  /// Where the page stands below `docs/reference`; keys share one page.
  package var path: String {
    chapter == .keys ? "keys.md" : "\(chapter.rawValue)/\(name).md"
  }
}
