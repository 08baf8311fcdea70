import Reports
import Runs

/// What one should know before believing the numbers.
enum NotesSection {
  static func section(_ comparison: Comparison, _ runs: [RunReader]) -> Page.Section? {
    var parts = HTML()
    for note in comparison.notes { parts += "<p class=\"note warn\">\(note)</p>" }
    for note in comparison.hiddenText + comparison.unfinishedText {
      parts += "<p class=\"note\">\(note)</p>"
    }
    let problems = runs.flatMap(\.problems) + comparison.problems
    if !problems.isEmpty {
      let items = problems.prefix(50).map { "<li>\($0)</li>" as HTML }
      let rest: HTML =
        problems.count > 50 ? "<li>and \(problems.count - 50) more</li>" : ""
      parts += """
        <div class="note warn"><b>Not everything could be read:</b><ul>\(items.joined())\(rest)</ul></div>
        """
    }
    return parts.isEmpty ? nil : Page.Section("notes", "What to know", parts)
  }
}
