/// Reference pages as files of `docs/reference`.
package enum MarkdownRenderer {
  /// Said at the end of each, so that nobody mends a page by hand.
  private static let footer =
    "<!-- Made by `make generate` from the declarations in Sources. -->\n"

  package static func render(_ page: ReferencePage) -> String {
    let root = page.chapter == .keys ? "" : "../"
    var blocks = [
      "# \(page.chapter == .keys ? page.chapter.title : page.name)",
      "[Reference](\(root)README.md) > "
        + (page.chapter == .keys
          ? "Keys of an experiment"
          : "[\(page.chapter.title)](\(root)README.md#\(anchor(page.chapter.title)))"),
    ]
    for part in page.parts { blocks.append(render(part, root: root)) }
    blocks.append(footer)
    return blocks.joined(separator: "\n\n")
  }

  private static func render(_ part: ReferencePage.Part, root: String) -> String {
    switch part {
    case .heading(let title): return "## \(title)"
    case .text(let text): return Prose.wrapped(Prose.markdown(text), width: 100)
    case .block(let text, let language): return "```\(language)\n\(text)\n```"
    case .table(let header, let rows): return table(header, rows)
    case .facts(let facts):
      return facts.map {
        Prose.wrapped(
          "**\($0.label)**: \(Prose.markdown($0.text))", width: 100, indent: "- ", hanging: "  ")
      }.joined(separator: "\n")
    case .names(let chapter, let names): return list(chapter, names, root: root)
    }
  }

  private static func table(_ header: [String], _ rows: [ReferencePage.Row]) -> String {
    var lines = [
      "| \(header.joined(separator: " | ")) |",
      "|\(header.map { _ in " --- " }.joined(separator: "|"))|",
    ]
    for row in rows {
      let cells = ["`\(row.name)`"] + row.cells.map { Prose.markdown($0) }
      lines.append("| \(cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ")) |")
    }
    return lines.joined(separator: "\n")
  }

  private static func list(
    _ chapter: Chapter, _ names: [(name: String, summary: String)], root: String
  ) -> String {
    names.map {
      "- [\($0.name)](\(root)\(chapter.rawValue)/\($0.name).md): \(Prose.markdown(Prose.capitalized($0.summary)))"
    }.joined(separator: "\n")
  }

  /// The page that links to all others.
  package static func index() -> String {
    var blocks = [
      "# Reference",
      Prose.wrapped(
        "One page for each name that an experiment may have and for each message that xrun may give. "
          + "`xrun explain NAME` says the same in the terminal.", width: 100),
    ]
    for chapter in Chapter.allCases {
      blocks.append("## \(chapter.title)")
      blocks.append(
        chapter == .keys
          ? "All on one page: [keys](keys.md)."
          : list(chapter, Manual.entries(of: chapter), root: ""))
    }
    blocks.append(footer)
    return blocks.joined(separator: "\n\n")
  }

  /// The anchor that Markdown gives a heading.
  private static func anchor(_ title: String) -> String {
    title.lowercased().replacing(" ", with: "-")
  }
}
